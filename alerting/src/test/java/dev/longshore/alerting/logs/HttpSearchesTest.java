package dev.longshore.alerting.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An answer that is not of all lines is none: a rule must not resolve by what was left out.
final class HttpSearchesTest {
  private static final String ALL_SHARDS =
      "\"timed_out\":false,\"_shards\":{\"total\":2,\"successful\":2,\"skipped\":0,\"failed\":0}";

  private HttpServer server;
  private Elastic elastic;
  private String clusters = "";
  private @Nullable String another;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String answer = another == null ? "{" + ALL_SHARDS + clusters + "}" : another;
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
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

  /// Of what Prometheus or a login page answers nothing may be concluded about logs, nor about
  /// rules.
  @ParameterizedTest
  @ValueSource(strings = {"{\"status\":\"success\"}", "[]", "null", "<html>Log in</html>"})
  void anotherServerThanElasticsearchIsASourceWithoutAnAnswer(String answer) {
    another = answer;
    LogCondition condition =
        new LogCondition(
            "log.level:error",
            "logs-*",
            List.of(),
            Duration.ofMinutes(5),
            null,
            new LogPredicate.Any());

    assertThatThrownBy(this::search)
        .isInstanceOfSatisfying(
            SearchException.class,
            it -> assertThat(it.answer()).isInstanceOf(LogAnswer.Unavailable.class))
        .hasMessageContaining("elasticsearch.urls may name another server than Elasticsearch");
    assertThatThrownBy(
            () ->
                new Preflight(new HttpSearches(elastic, Duration.ofSeconds(5)), Clock.system())
                    .check(condition))
        .isInstanceOfSatisfying(
            SearchException.class,
            it -> assertThat(it.answer()).isInstanceOf(LogAnswer.Unavailable.class))
        .hasMessageNotContainingAny("Unexpected character", "REDACTED", "sound");
  }

  private JsonNode search() throws SearchException {
    return new HttpSearches(elastic, Duration.ofSeconds(5))
        .search("*:logs-*", new ObjectMapper().createObjectNode());
  }
}
