package dev.longshore.alerting.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An answer that is not of all lines is none: a rule must not resolve by what was left out.
final class HttpSearchesTest {
  private static final String ALL_SHARDS =
      "\"timed_out\":false,\"_shards\":{\"total\":2,\"successful\":2,\"skipped\":0,\"failed\":0}";

  private HttpServer server;
  private Elastic elastic;
  private String clusters = "";

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = ("{" + ALL_SHARDS + clusters + "}").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    elastic =
        new Elastic(
            ElasticConfig.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
            Clock.system());
  }

  @AfterEach
  void close() {
    elastic.close();
    server.stop(0);
  }

  @Test
  void aRemoteClusterThatWasSkippedIsNoAnswer() throws Exception {
    clusters = ",\"_clusters\":{\"total\":3,\"successful\":3,\"skipped\":0}";
    assertThat(search().path("_clusters").path("total").asInt()).isEqualTo(3);

    clusters = ",\"_clusters\":{\"total\":3,\"successful\":2,\"skipped\":1}";
    assertThatThrownBy(this::search)
        .isInstanceOf(SearchException.class)
        .hasMessageContaining("1 of 3 clusters did not answer for all of *:logs-*");
  }

  private JsonNode search() throws SearchException {
    return new HttpSearches(elastic, Duration.ofSeconds(5))
        .search("*:logs-*", new ObjectMapper().createObjectNode());
  }
}
