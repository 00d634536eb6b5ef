package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// TLS contexts of servers: who they are, and whose clients they believe.
public final class ServerContext {
  private ServerContext() {}

  /// @param certificate ours and those between it and its authority
  /// @param key its private key
  /// @param clientAuthorities of clients' certificates; null where these are not verified
  /// @throws IllegalArgumentException when one of them can't be used, with its name and the reason
  public static SSLContext of(
      Pem certificate, Pem key, @Nullable Pem clientAuthorities, Clock clock) {
    List<? extends Certificate> chain = Certificates.read(certificate);
    PublicKey publicKey = chain.getFirst().getPublicKey();
    PrivateKey privateKey = PrivateKeys.read(key, publicKey);
    try {
      checkPair(certificate, key, publicKey, privateKey);
      KeyManager[] keys = ClientTls.keyManagers(certificate, key);
      TrustManager[] trust =
          clientAuthorities == null
              ? new TrustManager[] {new TrustAll()}
              : Authorities.trust(clientAuthorities, clock);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM can't do TLS: " + e.getMessage(), e);
    }
  }

  /// Refuses a key of another certificate, as it is there while files are exchanged one by one.
  private static void checkPair(
      Pem certificate, Pem key, PublicKey publicKey, PrivateKey privateKey)
      throws GeneralSecurityException {
    String algorithm =
        switch (privateKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> privateKey.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(privateKey);
    signature.update((byte) 1);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update((byte) 1);
    boolean fits;
    try {
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
