package dev.longshore.shared.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
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
}
