package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// Data streams that exist get a changed retention, and where the server has no means for it that
/// is said.
class RetentionTest {
  private static final String STREAM = "logs-kubernetes.container_logs-default";
  private static final String LIFECYCLE =
      "PUT /_data_stream/" + STREAM + "/_lifecycle {\"data_retention\":\"7d\"}";

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(DataStreamTemplate.class);
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final HttpServer server;
  private final Elastic elastic;
  private boolean exists = true;
  private String managedBy = "longshore";
  private int lifecycleStatus = 200;
  private String lifecycleAnswer = "{\"acknowledged\":true}";

  RetentionTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    Duration timeout = Duration.ofSeconds(10);
    elastic =
        new Elastic(
            new ElasticConfig(List.of(url), null, null, null, null, false, timeout),
            Clock.system());
  }

  @BeforeEach
  void start() {
    told.start();
    logger.addAppender(told);
    server.start();
  }

  @AfterEach
  void stop() {
    elastic.close();
    server.stop(0);
    logger.detachAppender(told);
  }

  @Test
  void givesItToDataStreamsThatExist() throws IOException {
    install();

    assertThat(calls).contains(LIFECYCLE);
    assertThat(told.list).isEmpty();
  }

  @Test
  void asksForNothingWhereThereIsNoDataStream() throws IOException {
    exists = false;

    install();

    assertThat(calls).doesNotContain(LIFECYCLE);
  }

  @Test
  void saysWhatAServerWithoutLifecyclesLeavesAsItIs() throws IOException {
    lifecycleStatus = 400;
    lifecycleAnswer = "{\"error\":\"no handler found for uri [/_data_stream/x] and method [PUT]\"}";

    install();

    assertThat(calls).contains(LIFECYCLE);
    assertThat(told.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getMessage()).contains("can't be changed");
              assertThat(event.getKeyValuePairs().toString()).contains(STREAM, "7d");
            });
  }

  @Test
  void installsTheTemplateAllTheSameWhereItIsForbidden() throws IOException {
    lifecycleStatus = 403;
    lifecycleAnswer = "{\"error\":{\"type\":\"security_exception\",\"reason\":\"not allowed\"}}";

    install();

    assertThat(told.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getKeyValuePairs().toString()).contains("HTTP 403: not allowed"));
  }

  @Test
  void touchesNoDataStreamThatWasMadeWithAnothersTemplate() throws IOException {
    managedBy = "elastic";

    install();

    assertThat(calls).noneMatch(call -> call.contains("_lifecycle"));
  }

  private void install() throws IOException {
    assertThat(new DataStreamTemplate(elastic, STREAM, Duration.ofDays(7)).install())
        .isEqualTo(TemplateOutcome.INSTALLED);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    String body =
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).strip();
    calls.add(method + " " + path + " " + body);
    int status = 200;
    String answer = "{\"acknowledged\":true}";
    if (path.endsWith("/_lifecycle")) {
      status = lifecycleStatus;
      answer = lifecycleAnswer;
    } else if (method.equals("GET") && path.startsWith("/_data_stream/")) {
      answer =
          "{\"data_streams\":["
              + (exists
                  ? "{\"name\":\"%s\",\"_meta\":{\"managed_by\":\"%s\"}}"
                      .formatted(STREAM, managedBy)
                  : "")
              + "]}";
    } else if (method.equals("GET")) {
      status = 404;
      answer = "{}";
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
