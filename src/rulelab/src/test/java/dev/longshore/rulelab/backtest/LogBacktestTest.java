package dev.longshore.rulelab.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.eval.EvalRig;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogHistory;
import dev.longshore.alerting.logs.LogProgress;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Promise: other thresholds are tried on one answer of history, and say what the rule would have
/// done had it been written with them.
final class LogBacktestTest {
  private static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// Minutes with as many lines as there are, for one key; it answers what it is asked.
  private static final class Minutes implements LogHistory {
    private final double[] figures;
    private final List<LogCondition> asked = new ArrayList<>();

    private Minutes(double... figures) {
      this.figures = figures;
    }

    @Override
    public LogAnswer replay(LogCondition condition, Instant from, Instant to, Duration interval) {
      asked.add(condition);
      List<LogAnswer.Step> steps = new ArrayList<>();
      for (Instant at = from.plus(interval); !at.isAfter(to); at = at.plus(interval)) {
        double figure = figures[(int) Duration.between(BEGIN, at).toMinutes() - 1];
        LogAnswer.LogSample sample =
            new LogAnswer.LogSample(Labels.of(Map.of("service", "cart")), figure);
        steps.add(
            new LogAnswer.Step(
                at,
                LogAnswer.Certainty.COMPLETE,
                Thresholds.holds(condition.test(), figure) ? List.of(sample) : List.of()));
      }
      return new LogAnswer.Seen(steps, LogProgress.from(to), "");
    }

    @Override
    public @Nullable Instant begins(LogCondition condition) {
      return BEGIN;
    }
  }

  private static LogBacktest ask(LogHistory history, LogPredicate test, int minutes) {
    AlertingRule rule =
        EvalRig.logRule(
            "Errors", new LogCondition("*", "logs", List.of(), MINUTE, null, test), Duration.ZERO);
    return switch (LogBacktest.ask(
        history,
        rule,
        new LogBacktest.Question(BEGIN, BEGIN.plus(MINUTE.multipliedBy(minutes)), MINUTE, null),
        _ -> {})) {
      case LogBacktest.Asked.Answered answered -> answered.backtest();
      case LogBacktest.Asked.Failed failed -> throw new AssertionError(failed.cause());
    };
  }

  private static BacktestResult tried(LogBacktest backtest, String threshold) {
    return backtest.withOtherThresholds(ZoneOffset.UTC).stream()
        .filter(it -> it.threshold().equals(threshold))
        .map(LogBacktest.Tried::backtestResult)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void historyIsAskedOnceForTheLoosestThreshold() {
    Minutes minutes = new Minutes(0, 12, 0, 5, 6, 0, 25, 0, 31, 0);
    LogBacktest backtest = ask(minutes, new LogPredicate.Frequency(10), 10);

    assertThat(minutes.asked)
        .singleElement()
        .extracting(LogCondition::test)
        .isEqualTo(new LogPredicate.Frequency(5));
    assertThat(backtest.asItIs(ZoneOffset.UTC).episodes()).hasSize(3);
    assertThat(tried(backtest, "num_events: 5").episodes()).hasSize(4);
    assertThat(tried(backtest, "num_events: 5").longest()).isEqualTo(Duration.ofMinutes(2));
    assertThat(tried(backtest, "num_events: 20").episodes()).hasSize(2);
    assertThat(tried(backtest, "num_events: 30").pings()).isEqualTo(1);
  }

  @Test
  void whatGrewFromNothingIsASpikeOfAnyHeight() {
    double nothingBefore = Double.POSITIVE_INFINITY;
    Minutes minutes = new Minutes(1, nothingBefore, 1, 2.5, 1, 3, 1, 1, 1, 1);
    LogBacktest backtest =
        ask(minutes, new LogPredicate.Spike(3, LogPredicate.Spike.Direction.UP, 0, 0, true), 10);

    assertThat(backtest.asItIs(ZoneOffset.UTC).episodes()).hasSize(2);
    assertThat(tried(backtest, "spike_height: 2.5").episodes()).hasSize(3);
    assertThat(tried(backtest, "spike_height: 7").episodes()).hasSize(1);
  }

  @Test
  void whatFiresAtTheSameTimeIsCountedOnceInAll() {
    BacktestResult backtestResult =
        BacktestResult.of(
            Duration.ZERO,
            List.of(episode("a", 0, 10), episode("b", 5, 15), episode("c", 20, 22)),
            ZoneOffset.UTC);
    assertThat(backtestResult.firing()).isEqualTo(Duration.ofMinutes(17));
    assertThat(backtestResult.medianLength()).isEqualTo(Duration.ofMinutes(10));
    assertThat(backtestResult.longest()).isEqualTo(Duration.ofMinutes(10));
    assertThat(backtestResult.pings()).isEqualTo(3);
    assertThat(backtestResult.pingsAtNight()).isEqualTo(3);
  }

  @Test
  void ofTwoLengthsTheMedianLiesBetween() {
    assertThat(
            BacktestResult.of(
                    Duration.ZERO, List.of(episode("a", 0, 2), episode("a", 5, 11)), ZoneOffset.UTC)
                .medianLength())
        .isEqualTo(Duration.ofMinutes(4));
  }

  private static BacktestResult.Episode episode(String service, int from, int to) {
    return new BacktestResult.Episode(
        Labels.of(Map.of("service", service)),
        BEGIN.plus(MINUTE.multipliedBy(from)),
        BEGIN.plus(MINUTE.multipliedBy(to)),
        true);
  }
}
