package dev.longshore.rulelab.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Promise: the thresholds that are tried lie about the rule's own, and what one question to
/// history answers is enough for all of them.
final class ThresholdsTest {
  private static final Duration DAY = Duration.ofDays(1);

  private static List<String> words(LogPredicate test) {
    return Thresholds.around(test).stream().map(Thresholds.Other::words).toList();
  }

  private static LogPredicate.Spike spike(double height, LogPredicate.Spike.Direction direction) {
    return new LogPredicate.Spike(height, direction, 0, 0, false);
  }

  @Test
  void countsAreTriedAsWholeNumbersAndEachOnce() {
    assertThat(words(new LogPredicate.Frequency(50)))
        .containsExactly(
            "num_events: 25",
            "num_events: 38",
            "num_events: 75",
            "num_events: 100",
            "num_events: 150");
    assertThat(words(new LogPredicate.Frequency(1)))
        .containsExactly("num_events: 2", "num_events: 3");
    assertThat(words(new LogPredicate.Flatline(1, DAY)))
        .containsExactly("threshold: 2", "threshold: 3");
  }

  @Test
  void aRuleForAnyLineIsTriedAsOneForSoMany() {
    assertThat(words(new LogPredicate.Any()))
        .containsExactly("num_events: 2", "num_events: 5", "num_events: 10", "num_events: 20");
  }

  @Test
  void aFactorStaysAboveOne() {
    assertThat(words(spike(3, LogPredicate.Spike.Direction.UP)))
        .containsExactly(
            "spike_height: 2",
            "spike_height: 2.5",
            "spike_height: 4",
            "spike_height: 5",
            "spike_height: 7");
    assertThat(words(new LogPredicate.NewError(null, 10.0, 10)))
        .contains("growth: 5.5", "growth: 28")
        .hasSize(5);
  }

  @Test
  void eachOfTwoLimitsIsTriedByItself() {
    assertThat(words(new LogPredicate.Percentage("x", 60.0, 10.0, 1)))
        .containsExactly(
            "max_percentage: 30",
            "max_percentage: 45",
            "max_percentage: 90",
            "min_percentage: 5",
            "min_percentage: 7.5",
            "min_percentage: 15",
            "min_percentage: 20",
            "min_percentage: 30");
  }

  @Test
  void testsWithoutAThresholdHaveNoOthers() {
    assertThat(words(new LogPredicate.NewTerm(List.of("a"), DAY))).isEmpty();
    assertThat(words(new LogPredicate.Change(List.of("a"), true, DAY))).isEmpty();
    assertThat(words(new LogPredicate.NewError(DAY, null, 10))).isEmpty();
  }

  @Test
  void namedThresholdsTakeThePlaceOfTheOwnWhereTheyAreAccepted() {
    assertThat(
            Thresholds.named(
                new LogPredicate.Percentage("x", 5.0, null, 1), List.of(1.0, 5.0, 200.0)))
        .extracting(Thresholds.Other::words)
        .containsExactly("max_percentage: 1");
  }

  static Stream<LogPredicate> tests() {
    return Stream.of(
        new LogPredicate.Any(),
        new LogPredicate.Frequency(7),
        spike(3, LogPredicate.Spike.Direction.UP),
        spike(3, LogPredicate.Spike.Direction.DOWN),
        spike(2.5, LogPredicate.Spike.Direction.BOTH),
        new LogPredicate.Flatline(4, DAY),
        new LogPredicate.Cardinality("a", 8L, 3L, DAY),
        new LogPredicate.Percentage("x", 50.0, 5.0, 1),
        new LogPredicate.Metric("a", LogPredicate.Metric.Function.AVG, 0, -4.0, null),
        new LogPredicate.Metric("a", LogPredicate.Metric.Function.AVG, 0, 10.0, -4.0),
        new LogPredicate.NewError(null, 10.0, 10));
  }

  @ParameterizedTest
  @MethodSource("tests")
  void theLoosestHoldsWhereverOneHolds(LogPredicate test) {
    List<Thresholds.Other> others = Thresholds.around(test);
    LogPredicate loosest = Thresholds.loosest(test, others);
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      double figure =
          i == 0 ? Double.POSITIVE_INFINITY : Math.rint(random.nextGaussian() * 400) / 20;
      boolean any =
          Thresholds.holds(test, figure)
              || others.stream().anyMatch(it -> Thresholds.holds(it.test(), figure));
      assertThat(!any || Thresholds.holds(loosest, figure))
          .as("%s of %s", figure, loosest)
          .isTrue();
    }
  }
}
