package dev.longshore.rulelab.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.logs.LogProgress;
import dev.longshore.alerting.logs.LogQuestion;
import dev.longshore.alerting.logs.LogRig;
import dev.longshore.alerting.logs.Searches;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Promise: on the same lines, what a test file records answers as Elasticsearch does, whatever the
/// rule asks.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RecordedLogsIT {
  private static final String ERRORS = "log.level:error";
  private static final int LINES = 150;
  private static final Duration HOUR = Duration.ofHours(1);

  private final LogRig rig = new LogRig();
  private final List<Recording.Line> lines = new ArrayList<>();

  @BeforeAll
  void sameLinesInBoth() {
    rig.clock.advance(HOUR);
    Random random = new Random(11);
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      Instant at = LogRig.NOW.minusSeconds(1 + random.nextInt(3 * 3_600));
      Map<String, String> fields = new HashMap<>();
      put(fields, "service.name", random, "cart", "checkout", "", "billing");
      put(fields, "kubernetes.namespace", random, "shop", "shop", "back");
      put(fields, "kubernetes.pod.name", random, "a", "b", "c", "d", "e");
      put(fields, "error.fingerprint", random, "f1", "", "", i > 140 ? "f2" : "f3");
      put(fields, "log.level", random, "info", "error");
      if (random.nextInt(3) > 0) {
        fields.put("numbers.duration_ms", Integer.toString(random.nextInt(1_000)));
      }
      boolean isError = "error".equals(fields.get("log.level"));
      lines.add(new Recording.Line(at, at, fields, isError ? Set.of(ERRORS) : Set.of()));
      ObjectNode document = Searches.JSON.createObjectNode().put(Searches.TIME, at.toString());
      fields.forEach(
          (name, value) -> {
            if (name.startsWith("numbers")) {
              document.put(name, Double.parseDouble(value));
            } else {
              document.put(name, value);
            }
          });
      body.append("{\"create\":{}}\n").append(document).append('\n');
    }
    assertThat(rig.call("POST", "/" + rig.stream + "/_bulk?refresh=true", body.toString()))
        .contains("\"errors\":false");
  }

  private static void put(
      Map<String, String> fields, String name, Random random, String... values) {
    String value = values[random.nextInt(values.length)];
    if (!value.isEmpty()) {
      fields.put(name, value);
    }
  }

  @AfterAll
  void close() {
    rig.close();
  }

  private static LogPredicate metric(LogPredicate.Metric.Function function, double percentile) {
    return new LogPredicate.Metric("numbers.duration_ms", function, percentile, 0.5, null);
  }

  static Stream<LogPredicate> tests() {
    List<LogPredicate> tests = new ArrayList<>();
    tests.add(new LogPredicate.Any());
    tests.add(new LogPredicate.Frequency(2));
    tests.add(new LogPredicate.Spike(1.5, LogPredicate.Spike.Direction.BOTH, 0, 0, false));
    tests.add(new LogPredicate.Spike(1.5, LogPredicate.Spike.Direction.UP, 1, 2, true));
    tests.add(new LogPredicate.Flatline(3, HOUR));
    tests.add(new LogPredicate.NewTerm(List.of("kubernetes.pod.name"), Duration.ofMinutes(5)));
    tests.add(new LogPredicate.Change(List.of("kubernetes.pod.name"), true, HOUR));
    tests.add(new LogPredicate.Change(List.of("service.name"), false, HOUR));
    tests.add(new LogPredicate.Cardinality("kubernetes.pod.name", 2L, 2L, HOUR));
    tests.add(new LogPredicate.Percentage(ERRORS, 60.0, 40.0, 2));
    for (LogPredicate.Metric.Function function : LogPredicate.Metric.Function.values()) {
      tests.add(metric(function, 90));
    }
    tests.add(new LogPredicate.NewError(null, null, 10));
    tests.add(new LogPredicate.NewError(Duration.ofMinutes(30), 2.0, 1));
    return tests.stream();
  }

  @ParameterizedTest
  @MethodSource("tests")
  void answersAsElasticsearchDoes(LogPredicate test) {
    Recording recording =
        new Recording(List.of(new Recording.Query("*", "line 1", lines, List.of())), List.of());
    Duration ten = Duration.ofMinutes(10);
    int found = 0;
    for (List<String> by : List.of(List.<String>of(), List.of("kubernetes.namespace"))) {
      String[] fields = by.toArray(String[]::new);
      LogCondition condition = rig.condition("*", ten, test, fields);
      for (int minutes = 0; minutes < 120; minutes += 15) {
        Instant end = LogRig.NOW.minus(Duration.ofMinutes(minutes));
        LogQuestion question =
            new LogQuestion(condition, end, ten, Duration.ZERO, LogProgress.from(null));
        Map<String, Double> recorded =
            LogRig.found(new RecordedLogs(recording, rig.clock).ask(question));
        assertThat(recorded).as("%s by %s to %s", test, by, end).isEqualTo(rig.at(end, condition));
        found += recorded.size();
      }
    }
    assertThat(found).as("at least one window has something").isPositive();
  }
}
