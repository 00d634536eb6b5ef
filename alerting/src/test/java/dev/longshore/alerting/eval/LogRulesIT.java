package dev.longshore.alerting.eval;

import static dev.longshore.alerting.eval.EvalRig.group;
import static dev.longshore.alerting.eval.EvalRig.logRule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.logs.ElasticLogSource;
import dev.longshore.alerting.logs.LogRig;
import dev.longshore.alerting.logs.LogsConfig;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ManualClock;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Promise: log rules come to the same states as metric rules, over a real Elasticsearch; a line
/// counts once, however late; and what can't be asked names rule, line and cause, and changes
/// nothing.
@ResourceLock(LogRig.ALL_LOGS)
final class LogRulesIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final LogPredicate ANY = new LogPredicate.Any();

  private final LogRig logs = new LogRig();
  private final EvalRig rig;

  LogRulesIT(@TempDir Path dir) {
    rig = new EvalRig(dir, logs::byWatermarks);
  }

  @AfterEach
  void close() {
    rig.close();
    logs.close();
  }

  private static Instant at(double minutes) {
    return ManualClock.START.plusMillis((long) (minutes * 60_000));
  }

  private AlertingRule any(Duration within, Duration hold) {
    return logRule("Errors", logs.condition("log.level:error", within, ANY, "service.name"), hold);
  }

  private void error(double minutes) {
    logs.lines(1, at(minutes), "log.level", "error", "service.name", "cart", "message", "no stock");
  }

  /// A minute in which node-1 keeps up and node-7 is where it is said to be.
  private void minute(Instant node7) {
    Instant now = rig.clock.now();
    logs.watermark("node-1", now.minusSeconds(3), now);
    logs.watermark("node-7", node7, now);
    rig.pass(MINUTE);
  }

  private void minutes(int count) {
    for (int i = 0; i < count; i++) {
      minute(rig.clock.now().minusSeconds(4));
    }
  }

  private List<String> told() {
    return rig.told.stream()
        .map(it -> it.name() + (it.endsAt() == null ? " fires" : " ended"))
        .toList();
  }

  private long timesThatFired() {
    return rig.told.stream()
        .filter(it -> it.endsAt() == null)
        .map(Alert::startsAt)
        .distinct()
        .count();
  }

  @Test
  void anErrorFiresWithTheNextEvaluationAndResolvesWhenItsWindowIsComplete() {
    rig.start(group(any(Duration.ofMinutes(5), Duration.ZERO)));
    minutes(2);
    error(1.9);
    minutes(1);
    assertThat(rig.firing()).singleElement().satisfies(LogRulesIT::isAboutTheCart);
    minutes(3);
    assertThat(rig.firing()).hasSize(1);
    minutes(3);
    assertThat(rig.firing()).isEmpty();
    assertThat(timesThatFired()).isEqualTo(1);
    assertThat(told()).last().isEqualTo("Errors ended");
    assertThat(rig.decisionsOf(rig.ended().getFirst()))
        .last()
        .isEqualTo("resolved: the condition is no longer true");
  }

  private static void isAboutTheCart(Alert alert) {
    assertThat(alert.labels().get("service")).isEqualTo("cart");
    assertThat(alert.labels().get("severity")).isEqualTo("page");
    assertThat(alert.annotations().get("summary")).isEqualTo("1 lines");
    assertThat(alert.evidence().value()).isEqualTo("1");
    assertThat(alert.evidence().samples())
        .singleElement()
        .extracting(Evidence.Sample::lines)
        .isEqualTo("no stock");
    assertThat(alert.evidence().facts())
        .extracting(Evidence.Fact::name)
        .contains("count", "first", "last");
  }

  @Test
  void aLineThatComesFourMinutesLateCountsOnceAtItsOwnTime() {
    rig.start(group(any(MINUTE, Duration.ZERO)));
    minutes(10);
    Instant stuck = at(10);
    for (int i = 0; i < 4; i++) {
      minute(stuck);
    }
    assertThat(rig.firing()).isEmpty();
    error(10.02);
    minutes(1);
    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.firing().getFirst().startsAt()).isBetween(at(10.02), at(11.05));
    minutes(6);
    assertThat(rig.firing()).isEmpty();
    assertThat(timesThatFired()).isEqualTo(1);
  }

  @Test
  void aLineOfANodeThatReturnsAfterAnHourCountsOnceAtItsOwnTime() {
    rig.start(group(any(MINUTE, Duration.ZERO)));
    minutes(5);
    error(4.5);
    minutes(3);
    assertThat(timesThatFired()).isEqualTo(1);
    for (int tens = 0; tens < 7; tens++) {
      Instant now = rig.clock.now();
      logs.watermark("node-1", now.minusSeconds(3), now);
      rig.pass(MINUTE.multipliedBy(10));
    }
    rig.told.clear();
    error(9.5);
    minutes(1);
    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.firing().getFirst().startsAt()).isBetween(at(9.5), at(10.55));
    minutes(5);
    assertThat(rig.firing()).isEmpty();
    assertThat(timesThatFired()).isEqualTo(1);
  }

  @Test
  void aNodeThatIsBehindIsNamedInTheAlert() {
    rig.start(group(any(Duration.ofMinutes(10), Duration.ZERO)));
    minutes(3);
    Instant stuck = at(3);
    for (int i = 0; i < 4; i++) {
      minute(stuck);
    }
    error(6.9);
    minute(stuck);
    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.firing().getFirst().evidence().facts())
        .filteredOn(it -> it.name().equals("logs"))
        .singleElement()
        .extracting(Evidence.Fact::text)
        .asString()
        .startsWith("complete to 06:0")
        .contains("node-7 is 4 min behind");
  }

  @Test
  void absenceWaitsForLinesThatMayStillCome() {
    LogCondition silence =
        logs.condition("*", MINUTE.multipliedBy(2), new LogPredicate.Flatline(1, MINUTE));
    for (double minute = 0; minute < 7; minute += 0.5) {
      logs.lines(1, at(minute), "message", "alive");
    }
    rig.start(group(logRule("Silence", silence, Duration.ZERO)));
    minutes(6);
    Instant stuck = at(6);
    for (int i = 0; i < 4; i++) {
      minute(stuck);
    }
    assertThat(rig.firing()).isEmpty();
    for (double minute = 7; minute < 12; minute += 0.5) {
      logs.lines(1, at(minute), "message", "alive");
    }
    minutes(1);
    assertThat(rig.firing()).isEmpty();
    minutes(4);
    assertThat(rig.firing()).singleElement().extracting(Alert::name).isEqualTo("Silence");
    assertThat(rig.firing().getFirst().startsAt()).isAfter(at(13.4));
  }

  @Test
  void whatHappenedWhileNobodyLookedIsFoundAfterARestart() {
    AlertingRule rule = any(MINUTE, Duration.ZERO);
    rig.start(group(rule));
    minutes(3);
    error(10);
    rig.kill();
    rig.clock.advance(Duration.ofMinutes(30));
    rig.reopen();
    rig.start(group(rule));
    minutes(1);
    assertThat(rig.firing()).hasSize(1);
    assertThat(rig.firing().getFirst().startsAt()).isBetween(at(10), at(11.1));
  }

  @Test
  void whatCanNotBeAskedNamesRuleLineAndCauseAndOthersGoOn() {
    LogCondition text = logs.condition(ANY, "message");
    LogCondition broken = logs.condition("log.level:(", MINUTE, ANY);
    LogCondition absent = new LogCondition("*", "no-such-index", List.of(), MINUTE, null, ANY);
    rig.start(
        group(
            logRule("ByText", text, Duration.ZERO),
            logRule("Broken", broken, Duration.ZERO),
            logRule("Absent", absent, Duration.ZERO),
            any(MINUTE.multipliedBy(9), Duration.ZERO)));
    error(0.5);
    minutes(3);
    assertThat(rig.firing())
        .extracting(it -> it.name() + " " + it.labels().get("rule"))
        .containsExactlyInAnyOrder(
            "Errors ",
            "LongshoreRuleFailing ByText",
            "LongshoreRuleFailing Broken",
            "LongshoreRuleFailing Absent");
    assertThat(description("ByText"))
        .contains("rules/checkout.yml:9")
        .contains("the field 'message' is of type text");
    assertThat(description("Broken")).contains("Failed to parse query [log.level:(]");
    assertThat(description("Absent"))
        .contains("there is no index, data stream or alias 'no-such-index' yet");
  }

  private String description(String rule) {
    return rig.firing().stream()
        .filter(it -> it.labels().get("rule").equals(rule))
        .findFirst()
        .orElseThrow()
        .annotations()
        .get("description");
  }

  @Test
  void tooManyKeysAreAnErrorThatSaysWhatToDo(@TempDir Path dir) {
    for (int i = 0; i < 5; i++) {
      logs.lines(1, at(0.5), "service.name", "cart-" + i);
    }
    LogsConfig few = new LogsConfig(null, Duration.ZERO, Duration.ofSeconds(20), 4, 4, null);
    EvalRig limited = new EvalRig(dir, time -> new ElasticLogSource(few, logs.elastic, time));
    try {
      limited.start(group(logRule("Each", logs.condition(ANY, "service.name"), Duration.ZERO)));
      limited.pass(MINUTE.multipliedBy(3));
      assertThat(limited.rule("Each").lastError())
          .isEqualTo(
              "there are more than 4 combinations of values of service.name; at most 4 are accepted."
                  + " Leave a field out of `by`, or narrow the query");
    } finally {
      limited.close();
    }
  }

  @Test
  void aShardThatIsNotThereKeepsStatesAndIsToldWithTheRule() {
    rig.start(group(any(MINUTE, Duration.ZERO)));
    error(0.5);
    minutes(1);
    assertThat(rig.firing()).hasSize(1);
    String index = "red-" + logs.cluster;
    logs.call(
        "PUT",
        "/" + index + "?wait_for_active_shards=0",
        "{\"settings\":{\"index.number_of_shards\":1,"
            + "\"index.routing.allocation.require._name\":\"nowhere\"}}");
    try {
      LogCondition both =
          new LogCondition(
              "log.level:error",
              logs.stream + "," + index,
              List.of("service.name"),
              MINUTE,
              null,
              ANY);
      rig.reload(group(logRule("Errors", both, Duration.ZERO)));
      minutes(4);
      assertThat(rig.rule("Errors").lastError()).contains("HTTP 503");
      assertThat(rig.firing())
          .extracting(Alert::name)
          .containsExactlyInAnyOrder("Errors", "LongshoreSourceDown");
    } finally {
      logs.call("DELETE", "/" + index, "");
    }
  }

  @Test
  void withoutElasticsearchStatesStayAndOneAlertSaysSo(@TempDir Path dir) throws Exception {
    URI nobody = URI.create("http://127.0.0.1:" + FreePorts.one());
    try (Elastic elastic = new Elastic(ElasticConfig.of(nobody), logs.clock)) {
      EvalRig cut =
          new EvalRig(dir, time -> new ElasticLogSource(LogsConfig.defaults(), elastic, time));
      try {
        cut.source.isTrue("down", 1, "cart-5c4b");
        cut.start(
            group(any(MINUTE, Duration.ZERO), EvalRig.rule("PodDown", "down", Duration.ZERO)));
        cut.pass(MINUTE.multipliedBy(4));
        assertThat(cut.firing())
            .extracting(Alert::name)
            .containsExactlyInAnyOrder("PodDown", "LongshoreSourceDown");
        assertThat(cut.firing())
            .filteredOn(it -> it.name().equals("LongshoreSourceDown"))
            .singleElement()
            .extracting(it -> it.annotations().get("summary"))
            .isEqualTo("The source of log rules, \"elasticsearch\", does not answer");
      } finally {
        cut.close();
      }
    }
  }
}
