package dev.longshore.shared.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.testkit.CertificateAuthority;
import dev.longshore.testkit.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that wants a certificate sees the one that the files hold: another from the next
/// connection on, an expired one never again, and the old one while only half of a pair is there.
final class FileTlsTest {
  private static final Clock CLOCK = Clock.system();
  private static final CertificateAuthority AUTHORITY =
      CertificateAuthority.create("CN=Authority of clients", 0, 2);
  private static final Certificates OLD = AUTHORITY.client("agent-old", 0, 2);
  private static final Certificates NEW = AUTHORITY.client("agent-new", 0, 2);

  @TempDir Path folder;
  private final List<String> clients = Collections.synchronizedList(new ArrayList<>());
  private Path cert;
  private Path key;
  private HttpsServer server;
  private Path serverCa;

  @BeforeEach
  void start() throws IOException {
    cert = Files.copy(OLD.certificateFile(), folder.resolve("tls.crt"));
    key = Files.copy(OLD.keyFile(), folder.resolve("tls.key"));
    Certificates own = Certificates.create();
    serverCa = own.caFile();
    SSLContext context =
        ServerContext.of(
            Pem.ofFile("certificate", own.certificateFile()),
            Pem.ofFile("key", own.keyFile()),
            Pem.ofFile("clients", AUTHORITY.caFile()),
            CLOCK);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            clients.add(((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName());
            exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
            // So that each request has a connection of its own, as a later one would.
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {'{', '}'});
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Elastic elastic() {
    return new Elastic(
        new ElasticConfig(
            List.of(URI.create("https://localhost:" + server.getAddress().getPort())),
            null,
            null,
            null,
            null,
            null,
            serverCa,
            cert,
            key,
            false,
            Duration.ofSeconds(10)),
        CLOCK);
  }

  /// As Kubernetes does it for a volume: another file under the same name.
  private void replace(Path file, Path by) throws IOException {
    Path other = Files.copy(by, folder.resolve("new"));
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aCertificateIsReplacedWithoutARestart() throws IOException {
    try (Elastic elastic = elastic()) {
      elastic.request("GET", "/", null);
      elastic.request("GET", "/", null);
      replace(cert, NEW.certificateFile());
      replace(key, NEW.keyFile());
      elastic.request("GET", "/", null);
    }

    assertThat(clients).containsExactly("CN=agent-old", "CN=agent-old", "CN=agent-new");
  }

  @Test
  void theOldPairIsShownWhileHalfOfTheNewOneIsThere() throws IOException {
    try (Elastic elastic = elastic()) {
      replace(cert, NEW.certificateFile());
      elastic.request("GET", "/", null);
      Files.delete(key);
      elastic.request("GET", "/", null);
      replace(key, NEW.keyFile());
      elastic.request("GET", "/", null);
    }

    assertThat(clients).containsExactly("CN=agent-old", "CN=agent-old", "CN=agent-new");
  }

  @Test
  void anExpiredCertificateIsRefusedAndWorksAgainOnceItIsRenewed() throws IOException {
    Certificates expired = AUTHORITY.client("agent-expired", -3, 2);
    replace(cert, expired.certificateFile());
    replace(key, expired.keyFile());
    try (Elastic elastic = elastic()) {
      assertThatThrownBy(() -> elastic.request("GET", "/", null)).isInstanceOf(IOException.class);
      replace(cert, NEW.certificateFile());
      replace(key, NEW.keyFile());
      elastic.request("GET", "/", null);
    }

    assertThat(clients).containsExactly("CN=agent-new");
  }

  @Test
  void whoHasNoCertificateIsToldWhichFileIsWrong() throws IOException {
    Files.writeString(key, Files.readString(NEW.keyFile()));
    assertThatThrownBy(this::elastic)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("elasticsearch.keyFile " + key + " is not the private key of")
        .hasMessageContaining(cert.toString());
    Files.delete(cert);
    assertThatThrownBy(this::elastic)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("elasticsearch.certFile " + cert + " does not exist");
  }
}
