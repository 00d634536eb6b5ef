package dev.longshore.alerting.eval;

import static dev.longshore.alerting.eval.EvalRig.group;
import static dev.longshore.alerting.eval.EvalRig.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogQuestion;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.RangeAnswer;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.metrics.Series;
import dev.longshore.alerting.rule.LogCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a metric alert shows how its metric went, what its workload logged and what was rolled
/// out when it fires; that is looked up no more often than is useful, and the alert is the same
/// without it.
final class EvidenceLookupTest {
  private static final Duration TWO_MINUTES = Duration.ofMinutes(2);

  @TempDir Path dir;

  private final AtomicInteger errorsAsked = new AtomicInteger();
  private final AtomicInteger rolloutsAsked = new AtomicInteger();

  /// Knows the errors and the rollout of every workload, and of no rule.
  private final class Logs implements LogSource {
    @Override
    public Evidence errors(Labels labels, Instant from, Instant to) {
      errorsAsked.incrementAndGet();
      return Evidence.ofFact(Evidence.ERRORS, "3× no stock in " + Duration.between(from, to));
    }

    @Override
    public Evidence rollout(Labels labels, Instant at) {
      rolloutsAsked.incrementAndGet();
      return Evidence.ofFact(Evidence.ROLLOUT, "cart:1.5, was cart:1.4");
    }

    @Override
    public String name() {
      return "elasticsearch";
    }

    @Override
    public LogAnswer ask(LogQuestion question) {
      return new LogAnswer.Unavailable("not asked here");
    }

    @Override
    public Evidence evidence(LogCondition condition, Labels key, Instant end) {
      return Evidence.NONE;
    }

    @Override
    public @Nullable String problem(LogCondition condition, Instant at) {
      return null;
    }

    @Override
    public String link(LogCondition condition) {
      return "";
    }

    @Override
    public int concurrency() {
      return 1;
    }
  }

  private EvalRig rig(@Nullable LogSource logs, EvidenceConfig config) {
    return new EvalRig(dir, _ -> logs, EvalConfig.defaults().with(EvalRig.INTERVAL, config, ""));
  }

  private static String fact(EvalRig rig, String name) {
    return rig.firing().getFirst().evidence().facts().stream()
        .filter(it -> it.name().equals(name))
        .map(Evidence.Fact::text)
        .findFirst()
        .orElse("");
  }

  private static Series series(EvalRig rig, String pod, double... values) {
    List<Sample> samples = new ArrayList<>();
    Instant last = rig.clock.now();
    for (int i = 0; i < values.length; i++) {
      Instant at = last.minus(TWO_MINUTES.multipliedBy(values.length - 1 - i));
      samples.add(new Sample(Labels.EMPTY, values[i], at));
    }
    return new Series(Labels.of("__name__", "errors", "pod", pod), samples);
  }

  @Test
  void comesWithTheAlertAndAgainAfterFiveMinutes() {
    try (EvalRig rig = rig(new Logs(), EvidenceConfig.DEFAULT)) {
      rig.source.isTrue("down", 1, "cart-5c4b");
      rig.start(group(rule("PodDown", "down", TWO_MINUTES)));
      rig.pass(Duration.ofMinutes(1));
      assertThat(errorsAsked).hasValue(0);
      assertThat(rig.source.ranges).isEmpty();
      rig.pass(Duration.ofMinutes(3));

      assertThat(rig.firing().getFirst().evidence().value()).isEqualTo("1");
      assertThat(fact(rig, Evidence.ERRORS)).startsWith("3× no stock in PT7M");
      assertThat(fact(rig, Evidence.ROLLOUT)).isEqualTo("cart:1.5, was cart:1.4");
      assertThat(errorsAsked).hasValue(1);
      rig.pass(Duration.ofMinutes(4));
      assertThat(errorsAsked).hasValueLessThanOrEqualTo(2);
      assertThat(rolloutsAsked).hasValueLessThanOrEqualTo(2);
      assertThat(rig.source.ranges).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void drawsHowTheMetricWentAlsoWithoutLogs() {
    try (EvalRig rig = rig(null, EvidenceConfig.DEFAULT)) {
      rig.source.isTrue("errors / all > 0.05", 0.2, "cart-5c4b");
      rig.source.past =
          new RangeAnswer.Found(
              List.of(
                  series(rig, "checkout-7d9f", 1, 1, 1), series(rig, "cart-5c4b", 0, 0, 0.1, 0.2)));
      rig.start(group(rule("Failing", "errors / all > 0.05", Duration.ZERO)));
      rig.pass(Duration.ofMinutes(2));

      assertThat(fact(rig, Evidence.CHART))
          .contains("▁▁▅█")
          .endsWith("0 to 0.2 in 1h, true when > 0.05");
      assertThat(rig.source.ranges.getFirst())
          .isEqualTo(
              "(errors / all\n) and on (pod)"
                  + " (label_replace(vector(1), \"pod\", \"cart-5c4b\", \"\", \"\"))");
    }
  }

  @Test
  void asksForTheSeriesOfItsAlertsWhateverTheirLabelsHold() {
    try (EvalRig rig = rig(null, EvidenceConfig.DEFAULT)) {
      rig.source.isTrue("up == 0", 0, "a\"b\\c$1\nd", "e");
      rig.start(group(rule("Down", "up == 0", Duration.ZERO)));
      rig.pass(Duration.ofMinutes(1));

      assertThat(rig.source.ranges.getFirst())
          .startsWith("(up\n) and on (pod) (")
          .contains("label_replace(vector(1), \"pod\", \"a\\\"b\\\\c$$1\\nd\", \"\", \"\")")
          .contains(" or ")
          .contains("label_replace(vector(1), \"pod\", \"e\", \"\", \"\")");
      assertThat(rig.firing()).hasSize(2);
    }
  }

  @Test
  void whatIsNotFoundIsNotAskedForAtEachEvaluation() {
    try (EvalRig rig = rig(null, EvidenceConfig.DEFAULT)) {
      rig.source.isTrue("down", 1, "cart-5c4b");
      rig.start(group(rule("PodDown", "down", Duration.ZERO)));
      rig.pass(Duration.ofMinutes(4));

      assertThat(rig.firing()).hasSize(1);
      assertThat(fact(rig, Evidence.CHART)).isEmpty();
      assertThat(rig.source.ranges).hasSize(1);
    }
  }

  @Test
  void nothingIsAskedThatIsNotWanted() {
    try (EvalRig rig = rig(new Logs(), new EvidenceConfig(false, false, false))) {
      rig.source.isTrue("down", 1, "cart-5c4b");
      rig.start(group(rule("PodDown", "down", Duration.ZERO)));
      rig.pass(Duration.ofMinutes(2));

      assertThat(rig.firing()).hasSize(1);
      assertThat(rig.source.ranges).isEmpty();
      assertThat(errorsAsked).hasValue(0);
      assertThat(rolloutsAsked).hasValue(0);
    }
  }
}
