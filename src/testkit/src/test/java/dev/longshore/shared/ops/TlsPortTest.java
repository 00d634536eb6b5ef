package dev.longshore.shared.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.tls.ClientTls;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.web.Roles;
import dev.longshore.shared.web.WebConfig;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/// A port with TLS answers as one without does, and believes certificates that were checked.
final class TlsPortTest extends AccessFixture {
  @Test
  void speaksTlsForProbesLargeAnswersAndLargeBodies() throws Exception {
    serve(web(tlsFile(AUTHORITY.server(0, 2))));
    connectWith(AUTHORITY.caFile(), null);

    for (int i = 0; i < 3; i++) {
      assertThat(status("/healthz", null)).isEqualTo(200);
      assertThat(send(request("/large")).body()).hasSize(1_000_000);
      assertThat(
              send(request("/silence")
                      .header("Content-Type", JSON)
                      .header("X-Long", "y".repeat(9000))
                      .POST(BodyPublishers.ofByteArray(new byte[500_000])))
                  .body())
          .isEqualTo("null 500000\n");
    }
  }

  @Test
  void aHeadThatComesByteByByteInRecordsOfItsOwnIsAnswered() throws Exception {
    OpsServer made = serve(web(tlsFile(AUTHORITY.server(0, 2))));
    ClientTls tls = ClientTls.of(Pem.ofFile("ca", AUTHORITY.caFile()), null, null, false, CLOCK);

    try (SSLSocket socket =
        (SSLSocket) tls.context().getSocketFactory().createSocket("localhost", made.port())) {
      OutputStream out = socket.getOutputStream();
      for (byte one :
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII)) {
        out.write(one);
        out.flush();
      }
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .containsPattern("(?s)200 OK.*ok\n.*200 OK.*ok\n");
    }
  }

  @Test
  void whoSpeaksPlainHttpToAPortWithTlsIsTold() throws Exception {
    serve(web(tlsFile(AUTHORITY.server(0, 2))));

    assertThat(raw("GET", "/healthz", "Host: localhost"))
        .startsWith("HTTP/1.1 400 ")
        .contains("this port speaks HTTPS");
  }

  @Test
  void aCertificateIsReplacedWithoutARestart() throws Exception {
    CertificateAuthority next = CertificateAuthority.create("CN=Next", 0, 2);
    Certificates old = AUTHORITY.server(0, 2);
    Path certificate = Files.copy(old.certificateFile(), folder.resolve("tls.crt"));
    Path key = Files.copy(old.keyFile(), folder.resolve("tls.key"));
    serve(web(tlsFile(new Certificates(old.caFile(), certificate, key))));
    connectWith(AUTHORITY.caFile(), null);
    assertThat(status("/healthz", null)).isEqualTo(200);

    Certificates fresh = next.server(0, 2);
    Files.copy(fresh.certificateFile(), certificate, StandardCopyOption.REPLACE_EXISTING);
    connectWith(AUTHORITY.caFile(), null);
    assertThat(status("/healthz", null)).as("the key is still of the old one").isEqualTo(200);
    Files.copy(fresh.keyFile(), key, StandardCopyOption.REPLACE_EXISTING);

    connectWith(next.caFile(), null);
    assertThat(status("/healthz", null)).isEqualTo(200);
  }

  @Test
  void aClientsCertificateLogsInAndAnExpiredOneDoesNot() throws Exception {
    serve(
        web(
            tlsFile(
                AUTHORITY.server(0, 2),
                "  client_auth_type: RequireAndVerifyClientCert",
                "  client_ca_file: " + AUTHORITY.caFile())));

    connectWith(AUTHORITY.caFile(), AUTHORITY.client("prometheus", 0, 2));
    assertThat(send(request("/status")).body())
        .contains("\"name\" : \"prometheus\"", "\"login\" : \"certificate\"");

    connectWith(AUTHORITY.caFile(), null);
    assertThatThrownBy(() -> send(request("/status"))).isInstanceOf(IOException.class);

    connectWith(AUTHORITY.caFile(), AUTHORITY.client("prometheus", -20, 10));
    assertThatThrownBy(() -> send(request("/status")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("certificate_unknown");
    await()
        .untilAsserted(
            () ->
                assertThat(log.list)
                    .anySatisfy(
                        event ->
                            assertThat(event.getFormattedMessage() + event.getKeyValuePairs())
                                .contains("a TLS handshake failed", "from=")));

    connectWith(
        AUTHORITY.caFile(),
        CertificateAuthority.create("CN=Stranger", 0, 2).client("prometheus", 0, 2));
    assertThatThrownBy(() -> send(request("/status"))).isInstanceOf(IOException.class);
  }

  @Test
  void aCertificateThatNobodyCheckedNamesNobody() throws Exception {
    serve(
        new WebConfig(
            tlsFile(AUTHORITY.server(0, 2), "  client_auth_type: RequestClientCert"),
            List.of(
                new WebConfig.TokenFile(
                    "script", Files.writeString(folder.resolve("t"), "0123456789abcdef"))),
            Roles.STANDARD,
            null,
            null,
            List.of()));
    connectWith(
        AUTHORITY.caFile(), CertificateAuthority.create("CN=Stranger", 0, 2).client("root", 0, 2));

    assertThat(status("/status", null)).isEqualTo(401);
  }
}
