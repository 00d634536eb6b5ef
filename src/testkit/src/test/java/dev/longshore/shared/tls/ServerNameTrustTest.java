package dev.longshore.shared.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A server is taken for the right one by a name of its certificate, wherever it is reached.
final class ServerNameTrustTest {
  private static final CertificateAuthority AUTHORITY =
      CertificateAuthority.create("CN=Names", 0, 2);

  private static void check(Certificates server, String name) throws CertificateException {
    X509Certificate[] chain =
        dev.longshore.shared.tls.Certificates.read(Pem.ofFile("certFile", server.certificateFile()))
            .toArray(X509Certificate[]::new);
    new ServerNameTrust(new TrustAll(), name).checkServerTrusted(chain, "EC");
  }

  @ParameterizedTest
  @CsvSource({
    "alerting.shop.svc, alerting.shop.svc",
    "alerting.shop.svc, Alerting.Shop.svc.",
    "*.shop.svc, alerting.shop.svc",
  })
  void takesACertificateWithTheName(String inCertificate, String asked) {
    Certificates server = AUTHORITY.client(inCertificate, 0, 2);
    assertThatCode(() -> check(server, asked)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "alerting.shop.svc, alerting.dock.svc",
    "*.shop.svc, a.b.shop.svc",
    "*.shop.svc, shop.svc",
    "*.svc, shop.svc",
    "alerting.shop.svc, 10.1.2.3",
  })
  void refusesOneWithoutAndSaysWhoseItIs(String inCertificate, String asked) {
    Certificates server = AUTHORITY.client(inCertificate, 0, 2);
    assertThatThrownBy(() -> check(server, asked))
        .isInstanceOf(CertificateException.class)
        .hasMessage("the certificate is not for " + asked + "; it is for " + inCertificate);
  }

  @Test
  void comparesAddressesAsAddresses() {
    Certificates server = AUTHORITY.server(0, 2);
    assertThatCode(() -> check(server, "127.0.0.1")).doesNotThrowAnyException();
    assertThatThrownBy(() -> check(server, "127.0.0.2")).isInstanceOf(CertificateException.class);
  }
}
