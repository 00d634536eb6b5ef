package dev.longshore.shared.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A private key from PEM in any of the three forms that tools write: PKCS #8 (`PRIVATE KEY`), PKCS
/// #1 (`RSA PRIVATE KEY`, cert-manager's default) and SEC 1 (`EC PRIVATE KEY`). The JDK reads the
/// first alone; the others are wrapped into it.
final class PrivateKeys {
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN (|RSA |EC |ENCRYPTED )PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END");

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  private PrivateKeys() {}

  /// @param publicKey of the certificate that the key belongs to
  /// @throws IllegalArgumentException when there is none that can be used
  static PrivateKey read(Pem pem, PublicKey publicKey) {
    Matcher found = requirePem(pem);
    String form = found.group(1);
    try {
      byte[] der = Base64.getMimeDecoder().decode(found.group(2));
      byte[] pkcs8 = form.isEmpty() ? der : wrapped(der, publicKey);
      return KeyFactory.getInstance(publicKey.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          pem.name()
              + " holds a private key that is damaged, or not of the certificate's kind ("
              + publicKey.getAlgorithm()
              + ")",
          e);
    }
  }

  /// Finds the key, whatever it belongs to.
  ///
  /// @throws IllegalArgumentException when there is none that can be read
  static Matcher requirePem(Pem pem) {
    Matcher found = KEY.matcher(pem.text());
    if (!found.find()) {
      throw new IllegalArgumentException(
          pem.name() + " holds no PEM private key (-----BEGIN PRIVATE KEY-----)");
    }
    if (found.group(1).equals("ENCRYPTED ")) {
      throw new IllegalArgumentException(
          pem.name() + " holds a key under a password; store it without (openssl pkey)");
    }
    return found;
  }

  private static byte[] wrapped(byte[] key, PublicKey publicKey) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(VERSION_0);
    content.writeBytes(algorithm(publicKey.getEncoded()));
    content.writeBytes(element(OCTETS, key));
    return element(SEQUENCE, content.toByteArray());
  }

  /// The algorithm with its parameters, which is the first element of a public key's encoding.
  private static byte[] algorithm(byte[] publicKey) {
    int start = contentStart(publicKey, 0);
    int content = contentStart(publicKey, start);
    return Arrays.copyOfRange(publicKey, start, content + length(publicKey, start));
  }

  private static int contentStart(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = (length << 8) | (der[at + 2 + i] & 0xff);
    }
    return length;
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    if (content.length < 0x80) {
      der.write(content.length);
    } else {
      int bytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
      der.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        der.write(content.length >> (8 * i));
      }
    }
    der.writeBytes(content);
    return der.toByteArray();
  }
}
