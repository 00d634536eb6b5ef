package dev.longshore.alerting.receiver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.tls.Pem;
import dev.longshore.shared.tls.TlsContexts;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `tls_config.server_name` decides whose certificate is taken, in place of the URL's host.
final class ServerNameTest {
  private final CertificateAuthority authority = CertificateAuthority.create("CN=Receivers", 0, 2);
  private HttpsServer server;

  @BeforeEach
  void start() throws IOException {
    Certificates own = authority.client("hooks.shop.svc", 0, 2);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsContexts.of(
                null,
                Pem.ofFile("certFile", own.certificateFile()),
                Pem.ofFile("keyFile", own.keyFile()),
                false,
                Clock.system())));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpReply postedTo(String serverName) {
    HttpSettings settings =
        new HttpSettings(
            null,
            null,
            null,
            HttpSettings.Proxy.NONE,
            Map.of(),
            new HttpSettings.Tls(
                SecretSource.file(authority.caFile()), null, null, false, serverName, List.of()));
    return new HttpSender(settings, Duration.ofSeconds(10))
        .post("https://127.0.0.1:" + server.getAddress().getPort() + "/", "text/plain", "x");
  }

  @Test
  void aCertificateOfThatNameIsTakenAndNoOther() {
    assertThat(postedTo("hooks.shop.svc").toString()).contains("204");
    assertThat(postedTo("hooks.dock.svc").toString())
        .contains("the certificate is not for hooks.dock.svc; it is for hooks.shop.svc");
  }
}
