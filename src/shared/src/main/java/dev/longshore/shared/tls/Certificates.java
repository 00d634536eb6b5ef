package dev.longshore.shared.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;

/// The certificates of a PEM text.
final class Certificates {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  private Certificates() {}

  /// @throws IllegalArgumentException when there is none, or one is damaged
  static List<? extends Certificate> read(Pem pem) {
    if (!pem.text().contains(BEGIN)) {
      throw new IllegalArgumentException(pem.name() + " holds no PEM certificate (" + BEGIN + ")");
    }
    byte[] bytes = pem.text().getBytes(StandardCharsets.ISO_8859_1);
    try {
      return List.copyOf(
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException(
          pem.name() + " holds a certificate that is damaged: " + e.getMessage(), e);
    }
  }

  /// Refuses a key of another certificate, as it is there while files are exchanged one by one.
  ///
  /// @throws IllegalArgumentException when the two do not belong together, or can't be used
  static void requirePair(Pem certificate, Pem key) {
    PublicKey publicKey = read(certificate).getFirst().getPublicKey();
    PrivateKey privateKey = PrivateKeys.read(key, publicKey);
    String algorithm =
        switch (privateKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> privateKey.getAlgorithm();
        };
    boolean fits;
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(privateKey);
      signature.update((byte) 1);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update((byte) 1);
      fits = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      fits = false;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          key.name() + " is not the private key of " + certificate.name());
    }
  }
}
