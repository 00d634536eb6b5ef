package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
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

/// What each kind of server is asked to do about a write index of an older template, and that none
/// of their refusals is in the way.
class TemplateRolloverTest {
  private static final String STREAM = "logs-kubernetes.container_logs-default";
  private static final String INDEX = ".ds-" + STREAM + "-2026.11.23-000007";
  private static final String LAZILY = "POST /" + STREAM + "/_rollover?lazy=true ";
  private static final String WHEN_OLD =
      "POST /" + STREAM + "/_rollover {\"conditions\":{\"max_age\":\"300000ms\"}}";

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(TemplateRollover.class);
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final HttpServer server;
  private final Elastic elastic;
  private boolean dataStreams = true;
  private boolean lazy = true;
  private boolean allowed = true;
  private int madeBy = 5;
  private int nextMadeBy = 6;
  private String madeWith = "";
  private int resolveStatus = 200;

  TemplateRolloverTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    elastic =
        new Elastic(
            new ElasticConfig(List.of(url), null, null, null, null, false, Duration.ofSeconds(10)),
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
  void marksTheDataStreamToRollOverWithItsNextDocument() {
    rollOver();

    assertThat(calls).contains(LAZILY).doesNotContain(WHEN_OLD);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aServerThatKnowsNoMarkRollsAnOldIndexOver() {
    lazy = false;

    rollOver();

    assertThat(calls).endsWith(LAZILY, WHEN_OLD);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aServerThatWouldNotActUponTheMarkRollsAnOldIndexOver() {
    dataStreams = false;

    rollOver();

    assertThat(calls).contains(WHEN_OLD).doesNotContain(LAZILY);
  }

  @Test
  void anIndexOfThisVersionOrANewerOneStays() {
    for (int version : List.of(6, 7)) {
      madeBy = version;

      rollOver();
    }

    assertThat(calls).noneMatch(call -> call.contains("_rollover"));
  }

  @Test
  void anIndexWithAnotherMappingRollsOverToTheOneThatIsInstalled() {
    madeBy = 6;
    madeWith = ",\"mapping\":\"dynamic\"";

    rollOver();

    assertThat(calls).contains(LAZILY);
  }

  @Test
  void anIndexOfANewerVersionStaysWhateverItsMapping() {
    madeBy = 7;
    madeWith = ",\"mapping\":\"dynamic\"";

    rollOver();

    assertThat(calls).noneMatch(call -> call.contains("_rollover"));
  }

  @Test
  void aDataStreamOfAnotherTemplateStays() {
    nextMadeBy = 0;

    rollOver();

    assertThat(calls).noneMatch(call -> call.contains("_rollover"));
  }

  @Test
  void aMissingPrivilegeIsNamedAndInNobodysWay() {
    allowed = false;

    rollOver();

    assertThat(warnings())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getMessage()).contains("indices:admin/rollover");
              assertThat(event.getKeyValuePairs().toString()).contains(STREAM, "HTTP 403");
            });
  }

  @Test
  void whoMayNotLookIsNotTold() {
    for (int status : List.of(403, 405, 410)) {
      resolveStatus = status;

      rollOver();
    }

    assertThat(warnings()).isEmpty();
  }

  private void rollOver() {
    new TemplateRollover(elastic, new TemplateRollover.Origin(6, ObjectMapping.FLATTENED))
        .rollOver("logs-kubernetes.container_logs-*");
  }

  private List<ILoggingEvent> warnings() {
    return told.list.stream().filter(event -> event.getLevel() == Level.WARN).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    URI uri = exchange.getRequestURI();
    String body =
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8).strip();
    calls.add(method + " " + uri + " " + body);
    int status = 200;
    String answer = "{\"acknowledged\":true,\"rolled_over\":true}";
    String path = uri.getPath();
    if (path.startsWith("/_resolve/")) {
      status = resolveStatus;
      answer =
          "{\"data_streams\":[{\"name\":\"%s\",\"backing_indices\":[\"%s\"]}]}"
              .formatted(STREAM, INDEX);
    } else if (path.endsWith("/_mapping")) {
      answer =
          "{\"%s\":{\"mappings\":{\"_meta\":{\"version\":%d%s}}}}"
              .formatted(INDEX, madeBy, madeWith);
    } else if (path.startsWith("/_index_template/_simulate_index/")) {
      answer = "{\"template\":{\"mappings\":{\"_meta\":{\"version\":%d}}}}".formatted(nextMadeBy);
    } else if (path.startsWith("/_data_stream/")) {
      status = dataStreams ? 200 : 405;
    } else if (!allowed) {
      status = 403;
      answer = "{\"error\":{\"type\":\"security_exception\",\"reason\":\"not allowed\"}}";
    } else if (!lazy && String.valueOf(uri.getQuery()).contains("lazy")) {
      status = 400;
      answer =
          "{\"error\":{\"type\":\"illegal_argument_exception\",\"reason\":\"unrecognized parameter: [lazy]\"}}";
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
