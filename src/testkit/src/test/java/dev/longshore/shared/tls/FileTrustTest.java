package dev.longshore.shared.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An authority that is replaced on disk is in force at the next connection to Elasticsearch, and a
/// file that can't be used removes none.
final class FileTrustTest {
  private static final Clock CLOCK = Clock.system();
  private static final Certificates OLD = Certificates.create("CN=Old authority", 0, 2);
  private static final Certificates NEW = Certificates.create("CN=New authority", 0, 2);

  @TempDir Path folder;

  @Test
  void anAuthorityThatReplacesAnotherIsTrustedWithoutARestart() throws IOException {
    Path caFile = Files.copy(OLD.caFile(), folder.resolve("ca.crt"));
    HttpsServer oldServer = server(OLD);
    HttpsServer newServer = server(NEW);
    try (Elastic before = elastic(oldServer, caFile);
        Elastic after = elastic(newServer, caFile)) {
      assertThat(before.request("GET", "/", null).status()).isEqualTo(200);
      assertThatThrownBy(() -> after.request("GET", "/", null)).isInstanceOf(IOException.class);

      replace(caFile, NEW.caFile());

      assertThat(after.request("GET", "/", null).status()).isEqualTo(200);
    } finally {
      oldServer.stop(0);
      newServer.stop(0);
    }
  }

  @Test
  void anAuthorityThatWasReplacedIsTrustedNoLonger() throws IOException {
    Path caFile = Files.copy(OLD.caFile(), folder.resolve("ca.crt"));
    HttpsServer server = server(OLD);
    try (Elastic elastic = elastic(server, caFile)) {
      replace(caFile, NEW.caFile());

      assertThatThrownBy(() -> elastic.request("GET", "/", null)).isInstanceOf(IOException.class);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aFileThatCanNotBeUsedLeavesTheAuthoritiesInForce() throws IOException {
    Path caFile = Files.copy(OLD.caFile(), folder.resolve("ca.crt"));
    HttpsServer server = server(OLD);
    try (Elastic elastic = elastic(server, caFile)) {
      Files.writeString(caFile, "-----BEGIN CERTIFICATE-----\nMIIB");
      assertThat(elastic.request("GET", "/", null).status()).isEqualTo(200);
    }
    try (Elastic elastic = elastic(server, Files.copy(OLD.caFile(), folder.resolve("other.crt")))) {
      Files.delete(folder.resolve("other.crt"));
      assertThat(elastic.request("GET", "/", null).status()).isEqualTo(200);
    } finally {
      server.stop(0);
    }
  }

  /// As Kubernetes does it for a volume: another file under the same name.
  private void replace(Path file, Path by) throws IOException {
    Path other = Files.copy(by, folder.resolve("new"));
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Elastic elastic(HttpsServer server, Path caFile) {
    return new Elastic(
        new ElasticConfig(
            List.of(URI.create("https://localhost:" + server.getAddress().getPort())),
            null,
            null,
            null,
            caFile,
            false,
            Duration.ofSeconds(10)),
        CLOCK);
  }

  private static HttpsServer server(Certificates certificates) throws IOException {
    SSLContext context =
        TlsContexts.of(
            null,
            Pem.ofFile("certificate", certificates.certificateFile()),
            Pem.ofFile("key", certificates.keyFile()),
            false,
            CLOCK);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'{', '}'});
          }
        });
    server.start();
    return server;
  }
}
