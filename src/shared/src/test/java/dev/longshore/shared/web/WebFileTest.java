package dev.longshore.shared.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A web file says all that is wrong with it, and no secret.
final class WebFileTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("web.yml"), text);
  }

  @Test
  void aPlainPasswordIsRefusedAndNotShown() throws Exception {
    Path file = file("basic_auth_users:\n  alice: hunter2hunter2\n");

    assertThatThrownBy(() -> WebFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("web.yml:2: basic_auth_users.alice: is not a bcrypt hash")
        .hasMessageContaining("htpasswd")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aHashThatWouldKeepTheServerBusyIsRefused() throws Exception {
    Path file =
        file(
            "basic_auth_users:\n  alice:"
                + " $2y$31$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi\n");

    assertThatThrownBy(() -> WebFile.read(file)).hasMessageContaining("has bcrypt cost 31");
  }

  @Test
  void allProblemsAreToldAtOnce() throws Exception {
    Path file =
        file(
            """
            tls_server_config:
              cert_file: server.crt
              client_auth_type: RequireAndVerifyClientCert
              min_version: TLS10
            basic_auth_user:
              alice: x
            """);

    assertThatThrownBy(() -> WebFile.read(file))
        .hasMessageContaining("key_file is missing")
        .hasMessageContaining("needs client_ca_file")
        .hasMessageContaining("web.yml:4: tls_server_config.min_version 'TLS10'")
        .hasMessageContaining("did you mean 'basic_auth_users'");
  }

  @Test
  void theExampleOfExporterToolkitIsTaken() throws Exception {
    Path file =
        file(
            """
            tls_server_config:
              cert_file: server.crt
              key_file: server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: tls-ca-chain.pem
              min_version: TLS13
              max_version: TLS13
              cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
              prefer_server_cipher_suites: true
              curve_preferences: [CurveP256]
            http_server_config:
              http2: true
              headers:
                Strict-Transport-Security: max-age=31536000
            basic_auth_users:
              alice: $2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze
            rate_limit:
              interval: 1s
              burst: 20
            """);

    WebFile read = WebFile.read(file);

    assertThat(read.hashByUser()).containsOnlyKeys("alice");
    assertThat(read.headers()).containsEntry("Strict-Transport-Security", "max-age=31536000");
    var tls = Objects.requireNonNull(read.tls());
    assertThat(tls.certificate().file()).isEqualTo(folder.resolve("server.crt"));
    assertThat(tls.protocols()).containsExactly("TLSv1.3");
    assertThat(tls.curves()).containsExactly("secp256r1");
    assertThat(read.toString()).doesNotContain("mDwo");
  }

  @Test
  void namesOfClientsAreAskedForOnlyWhereEachHasACertificate() throws Exception {
    Path file =
        file(
            """
            tls_server_config:
              cert_file: server.crt
              key_file: server.key
              client_auth_type: VerifyClientCertIfGiven
              client_ca_file: ca.crt
              client_allowed_sans: [prometheus.example.com]
            """);

    assertThatThrownBy(() -> WebFile.read(file))
        .hasMessageContaining("client_allowed_sans: needs client_auth_type RequireAndVerify");
  }
}
