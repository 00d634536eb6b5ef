package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A server that does not know a newer feature gets the template without that one, and with all
/// others.
class NewerFeaturesTest {
  private static final String STREAM = "logs-kubernetes.container_logs-default";

  /// By what a body holds, the refusal that it gets.
  private final Map<String, String> refusals = new LinkedHashMap<>();

  private final List<String> accepted = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final Elastic elastic;

  NewerFeaturesTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    elastic =
        new Elastic(
            new ElasticConfig(List.of(url), null, null, null, null, false, Duration.ofSeconds(10)),
            Clock.system());
  }

  @AfterEach
  void stop() {
    elastic.close();
    server.stop(0);
  }

  @Test
  void textKeepsItsPositionsWhereTheServerLacksTheTypeWithout() throws IOException {
    refusals.put(
        "match_only_text", "The mapper type [match_only_text] declared on field [message]");

    Object template = installed();

    assertThat(Json.text(template, "mappings", "properties", "message", "type")).isEqualTo("text");
    assertThat(
            Json.text(
                template, "mappings", "properties", "error", "properties", "stack_trace", "type"))
        .isEqualTo("text");
    assertThat(setting(template, "index.mode")).isEqualTo("logsdb");
    assertThat(Json.at(template, "data_stream_options", "failure_store", "enabled"))
        .isEqualTo(false);
  }

  /// A server that has `logsdb` and can't be told to store documents would keep none as it was
  /// sent.
  @Test
  void isNoLogsdbWhereDocumentsCannotBeStoredAsTheyAreSent() throws IOException {
    refusals.put("source.mode", "unknown setting [index.mapping.source.mode]");

    Object template = installed();

    assertThat(setting(template, "index.mode")).isNull();
    assertThat(setting(template, "index.codec")).isEqualTo("best_compression");
    assertThat(setting(template, "index.sort.field"))
        .isEqualTo(List.of("kubernetes.pod.name", "log.level", "@timestamp"));
    assertThat(Json.text(template, "mappings", "properties", "message", "type"))
        .isEqualTo("match_only_text");
  }

  @Test
  void aServerThatKnowsNoneOfThemAndNamesNothingGetsTheRest() throws IOException {
    refusals.put("match_only_text", "no");
    refusals.put("logsdb", "no");
    refusals.put("index.codec", "no");
    refusals.put("data_stream_options", "no");
    refusals.put("ignore_dynamic_beyond_limit", "no");
    refusals.put("\"lifecycle\"", "no");

    Object template = installed();

    assertThat(Json.text(template, "mappings", "properties", "@timestamp", "type"))
        .isEqualTo("date_nanos");
    assertThat(Json.at(template, "lifecycle")).isNull();
  }

  @Test
  void whatIsRefusedWithoutAllOfThemIsAnError() {
    refusals.put("date_nanos", "no such type [date_nanos]");

    assertThatThrownBy(this::installed).hasMessageContaining("no such type [date_nanos]");
  }

  private @Nullable Object installed() throws IOException {
    new DataStreamTemplate(elastic, STREAM, Duration.ofDays(7)).install();
    assertThat(accepted).hasSize(1);
    return Json.at(Json.read(accepted.getFirst().getBytes(StandardCharsets.UTF_8)), "template");
  }

  private static @Nullable Object setting(@Nullable Object template, String name) {
    return Json.at(template, "settings", name);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    int status = 200;
    String answer = "{\"data_streams\":[]}";
    if (exchange.getRequestURI().getPath().startsWith("/_index_template/")) {
      status = exchange.getRequestMethod().equals("GET") ? 404 : 200;
      for (Map.Entry<String, String> refusal : refusals.entrySet()) {
        if (body.contains(refusal.getKey())) {
          status = 400;
          answer =
              "{\"error\":{\"type\":\"illegal_argument_exception\",\"reason\":\"%s\"},\"status\":400}"
                  .formatted(refusal.getValue());
          break;
        }
      }
      if (status == 200) {
        accepted.add(body);
      }
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("X-Elastic-Product", "Elasticsearch");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
