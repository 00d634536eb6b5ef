package dev.longshore.shared.elastic;

import dev.longshore.shared.clock.Clock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate authorities of a PEM file, trusted instead of the JVM's own. A bundle in which
/// some have expired still serves, as it does while an authority is being replaced.
final class Trust {
  private static final Logger LOG = LoggerFactory.getLogger(Trust.class);

  private Trust() {}

  /// @throws IllegalArgumentException when the file is missing, is not PEM, or all that it holds
  ///   has expired
  static SSLContext of(Path caFile, Clock clock) {
    List<X509Certificate> valid = valid(caFile, read(caFile), clock);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < valid.size(); i++) {
        store.setCertificateEntry("ca-" + i, valid.get(i));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM can't do TLS: " + e.getMessage(), e);
    }
  }

  private static Collection<? extends Certificate> read(Path caFile) {
    byte[] pem;
    try {
      pem = Files.readAllBytes(caFile);
    } catch (NoSuchFileException e) {
      throw refused(caFile, "does not exist", e);
    } catch (IOException e) {
      throw refused(caFile, "can't be read: " + e.getMessage(), e);
    }
    if (!new String(pem, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE-----")) {
      throw refused(caFile, "holds no PEM certificate (-----BEGIN CERTIFICATE-----)", null);
    }
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem));
    } catch (CertificateException e) {
      throw refused(caFile, "holds a certificate that is damaged: " + e.getMessage(), e);
    }
  }

  @SuppressWarnings("JavaUtilDate") // the only type that a certificate checks against
  private static List<X509Certificate> valid(
      Path caFile, Collection<? extends Certificate> certificates, Clock clock) {
    List<X509Certificate> valid = new ArrayList<>();
    List<String> invalid = new ArrayList<>();
    Date now = new Date(clock.epochMillis());
    for (Certificate certificate : certificates) {
      if (!(certificate instanceof X509Certificate authority)) {
        continue;
      }
      String name = authority.getSubjectX500Principal().getName();
      try {
        authority.checkValidity(now);
        valid.add(authority);
      } catch (CertificateExpiredException e) {
        invalid.add(name + " expired at " + authority.getNotAfter().toInstant());
      } catch (CertificateNotYetValidException e) {
        invalid.add(name + " is valid only from " + authority.getNotBefore().toInstant());
      }
    }
    if (valid.isEmpty()) {
      throw refused(caFile, "holds no valid certificate: " + String.join("; ", invalid), null);
    }
    for (String reason : invalid) {
      LOG.atWarn()
          .addKeyValue("caFile", caFile)
          .addKeyValue("certificate", reason)
          .log("A certificate authority is passed over; the others of the file serve");
    }
    return valid;
  }

  private static IllegalArgumentException refused(
      Path caFile, String why, @Nullable Throwable cause) {
    return new IllegalArgumentException("elasticsearch.caFile " + caFile + " " + why, cause);
  }
}
