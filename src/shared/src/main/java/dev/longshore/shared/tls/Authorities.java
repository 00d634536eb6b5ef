package dev.longshore.shared.tls;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate authorities of a PEM text, trusted instead of the JVM's own. A bundle in which
/// some have expired still serves, as it does while an authority is being replaced.
final class Authorities {
  private static final Logger LOG = LoggerFactory.getLogger(Authorities.class);

  private Authorities() {}

  /// @throws IllegalArgumentException when it is not PEM, or all that it holds has expired
  static TrustManager[] trust(Pem pem, Clock clock) throws GeneralSecurityException, IOException {
    List<X509Certificate> valid = valid(pem, Certificates.read(pem), clock);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < valid.size(); i++) {
      store.setCertificateEntry("ca-" + i, valid.get(i));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  @SuppressWarnings("JavaUtilDate") // the only type that a certificate checks against
  private static List<X509Certificate> valid(
      Pem pem, List<? extends Certificate> certificates, Clock clock) {
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
      throw new IllegalArgumentException(
          pem.name() + " holds no valid certificate: " + String.join("; ", invalid));
    }
    for (String reason : invalid) {
      LOG.atWarn()
          .addKeyValue("caFile", pem.name())
          .addKeyValue("certificate", reason)
          .log("A certificate authority is passed over; the others of the file serve");
    }
    return valid;
  }
}
