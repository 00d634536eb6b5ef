package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A data stream of our own in the Elasticsearch that all tests share, with lines that a test puts
/// at times that it chooses, and rules that are asked about it.
public final class LogRig implements AutoCloseable {

  /// The time of most tests.
  public static final Instant NOW = ManualClock.START.plus(Duration.ofHours(1));

  public static final Duration FIVE = Duration.ofMinutes(5);
  public static final Duration MINUTE = Duration.ofMinutes(1);

  private static final ObjectMapper JSON = new ObjectMapper();

  public final ManualClock clock = new ManualClock();

  /// What tests lock (`@ResourceLock`) that put lines into the server, or delete them: some ask for
  /// the lines of all data streams, and a stream that comes or goes meanwhile is no answer.
  public static final String ALL_LOGS = "logs-*";

  /// The server of all tests of this module; that with TLS and users, which some of them are about.
  private static final ElasticsearchServer SERVER = ElasticsearchServer.secured();

  public final Elastic elastic = new Elastic(SERVER.config(), Clock.system());

  /// The cluster that agents of this rig are in.
  public final String cluster = "it-" + UUID.randomUUID().toString().substring(0, 8);

  public final String stream = "logs-kubernetes.rules_it-" + cluster.replace('-', '_');

  private final Watermarks watermarks = new Watermarks(elastic);

  public LogRig() {
    try {
      new DataStreamTemplate(elastic, stream, null).install();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // So that it is there; out of every rule's sight.
    lines(1, NOW.minus(Duration.ofDays(200)), "message", "long ago");
  }

  /// The value of `elasticsearch` in a configuration file.
  public static String configuration() {
    ElasticConfig server = SERVER.config();
    return "{urls: ['%s'], username: %s, password: %s, caFile: '%s'}"
        .formatted(server.urls().getFirst(), server.username(), server.password(), server.caFile());
  }

  /// A source that takes lines as complete at once.
  public ElasticLogSource source() {
    return source(LogsConfig.defaults().withDelay(Duration.ZERO));
  }

  public ElasticLogSource source(LogsConfig config) {
    return new ElasticLogSource(config, elastic, clock);
  }

  /// A source that goes by the watermarks of this rig's cluster.
  public ElasticLogSource byWatermarks(Clock time) {
    return new ElasticLogSource(
        new LogsConfig(cluster, null, Duration.ofSeconds(20), 10_000, 4, null), elastic, time);
  }

  public LogCondition condition(LogPredicate test, String... by) {
    return condition("*", FIVE, test, by);
  }

  public LogCondition condition(String query, Duration within, LogPredicate test, String... by) {
    return new LogCondition(query, stream, List.of(by), within, null, test);
  }

  /// Puts lines with the same fields at a time before [#NOW]; they can be found when this returns.
  ///
  /// @param fields names and values in turn
  public void lines(int count, Duration before, Object... fields) {
    lines(count, NOW.minus(before), fields);
  }

  public void lines(int count, Instant at, Object... fields) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < count; i++) {
      ObjectNode document = JSON.createObjectNode();
      document.put("@timestamp", at.toString());
      for (int f = 0; f < fields.length; f += 2) {
        document.putPOJO((String) fields[f], fields[f + 1]);
      }
      body.append("{\"create\":{}}\n").append(document).append('\n');
    }
    String answer = call("POST", "/" + stream + "/_bulk?refresh=true", body.toString());
    if (!answer.contains("\"errors\":false")) {
      throw new IllegalStateException(answer);
    }
  }

  /// An agent says how far its node's lines are there.
  public void watermark(
      String node, @Nullable Instant to, Instant published, Watermark.Behind... behind) {
    put(new Watermark(cluster, node, published, to, false, List.of(behind)));
  }

  public void put(Watermark watermark) {
    try {
      watermarks.put(watermark);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    call("POST", "/" + Watermarks.INDEX + "/_refresh", "");
  }

  public String call(String method, String path, String body) {
    try {
      Elastic.Response reply =
          elastic.request(
              method, path, body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8));
      if (!reply.ok()) {
        throw reply.refused(method + " " + path);
      }
      return new String(reply.body(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a rule is true for at a time, when all is complete.
  public Map<String, Double> at(Instant now, LogCondition condition) {
    return found(
        source()
            .ask(new LogQuestion(condition, now, MINUTE, Duration.ZERO, LogProgress.from(null))));
  }

  public Map<String, Double> now(LogCondition condition) {
    return at(NOW, condition);
  }

  /// Labels and values of the only window.
  public static Map<String, Double> found(LogAnswer answer) {
    if (answer instanceof LogAnswer.Seen seen && seen.steps().size() == 1) {
      return found(seen.steps().getFirst());
    }
    throw new AssertionError("not the answer of one window: " + answer);
  }

  /// Labels and values of a window.
  public static Map<String, Double> found(LogAnswer.Step step) {
    Map<String, Double> found = new TreeMap<>();
    step.samples().forEach(it -> found.put(it.labels().toString(), it.value()));
    return found;
  }

  @Override
  public void close() {
    try {
      elastic.request("DELETE", "/_data_stream/" + stream, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    elastic.close();
  }
}
