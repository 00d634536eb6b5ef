package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A password or key that is replaced in its file goes with the next request, on the connection
/// that is open already; a file that can't be used removes none.
final class CredentialsTest {
  @TempDir Path folder;
  private final List<@Nullable String> authorizations =
      Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.getResponseHeaders().add("X-Elastic-Product", "Elasticsearch");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private ElasticConfig config(
      @Nullable String username, @Nullable Path passwordFile, @Nullable Path apiKeyFile) {
    return new ElasticConfig(
        List.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
        username,
        null,
        passwordFile,
        null,
        apiKeyFile,
        null,
        null,
        null,
        false,
        Duration.ofSeconds(10));
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aPasswordIsReplacedWithoutARestart() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "old\n");
    try (Elastic elastic = new Elastic(config("writer", file, null), Clock.system())) {
      elastic.request("GET", "/", null);
      Files.writeString(file, "newer");
      elastic.request("GET", "/", null);
      Files.writeString(file, "");
      elastic.request("GET", "/", null);
      Files.delete(file);
      elastic.request("GET", "/", null);
    }

    assertThat(authorizations)
        .containsExactly(
            basic("writer:old"),
            basic("writer:newer"),
            basic("writer:newer"),
            basic("writer:newer"));
  }

  @Test
  void anApiKeyIsReplacedWithoutARestart() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "b2xk\n");
    try (Elastic elastic = new Elastic(config(null, null, file), Clock.system())) {
      elastic.request("GET", "/", null);
      Files.writeString(file, "bmV3ZXI=\n");
      elastic.request("GET", "/", null);
    }

    assertThat(authorizations).containsExactly("ApiKey b2xk", "ApiKey bmV3ZXI=");
  }

  @Test
  void aWrongFileIsToldByItsKeyAndNeverShown() throws Exception {
    assertThatThrownBy(() -> config("writer", folder.resolve("gone"), null).readable())
        .hasMessageContaining("elasticsearch.passwordFile " + folder.resolve("gone"))
        .hasMessageContaining("does not exist");
    Path two = Files.writeString(folder.resolve("two"), "hunter2\nhunter3\n");
    assertThatThrownBy(() -> config("writer", two, null).readable())
        .hasMessageContaining("has several lines")
        .hasMessageNotContaining("hunter");
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    assertThatThrownBy(() -> config(null, null, empty).readable())
        .hasMessageContaining("elasticsearch.apiKeyFile");
  }
}
