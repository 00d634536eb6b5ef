package dev.longshore.rulelab.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.eval.EvalRig;
import dev.longshore.alerting.logs.LogRig;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Promise: a backtest says what a rule would have done, and what another `for` would have changed.
final class LogBacktestIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final LogBacktest.Question DAY_BEFORE =
      new LogBacktest.Question(LogRig.NOW.minus(Duration.ofDays(1)), LogRig.NOW, MINUTE, null);

  private final LogRig rig = new LogRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private LogBacktest backtest(AlertingRule rule, List<Double> progress) {
    LogBacktest.Asked asked = LogBacktest.ask(rig.source(), rule, DAY_BEFORE, progress::add);
    if (asked instanceof LogBacktest.Asked.Answered answered) {
      return answered.backtest();
    }
    throw new AssertionError(asked);
  }

  @Test
  void saysHowOftenHowLongAndHowManyAtNight() {
    // NOW is 07:00 UTC: at 04:00 it was night, at 20:00 it was not.
    for (String service : List.of("cart", "checkout")) {
      rig.lines(3, Duration.ofHours(3), "service.name", service);
    }
    for (int minute = 0; minute < 20; minute++) {
      rig.lines(3, Duration.ofHours(11).minusMinutes(minute), "service.name", "cart");
    }
    AlertingRule rule =
        EvalRig.logRule(
            "Errors", rig.condition(new LogPredicate.Frequency(3), "service.name"), Duration.ZERO);
    List<Double> progress = new ArrayList<>();
    LogBacktest backtest = backtest(rule, progress);

    BacktestResult backtestResult = backtest.asItIs(ZoneOffset.UTC);
    assertThat(backtestResult.episodes()).hasSize(3);
    assertThat(backtestResult.pings()).isEqualTo(2);
    assertThat(backtestResult.pingsAtNight()).isEqualTo(1);
    assertThat(backtestResult.episodes().getFirst().length())
        .isBetween(Duration.ofMinutes(23), Duration.ofMinutes(26));
    assertThat(backtestResult.medianLength())
        .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
    assertThat(backtest.asItIs(ZoneId.of("Asia/Tokyo")).pingsAtNight()).isEqualTo(1);

    BacktestResult longer = backtest.with(Duration.ofMinutes(10), ZoneOffset.UTC);
    assertThat(longer.episodes()).hasSize(1);
    assertThat(longer.pingsAtNight()).isZero();
    assertThat(progress).isSorted().last().isEqualTo(1.0);
  }

  @Test
  void whatFiresAtTheEndHasNotEnded() {
    rig.lines(3, MINUTE, "service.name", "cart");
    AlertingRule rule =
        EvalRig.logRule("Errors", rig.condition(new LogPredicate.Any()), Duration.ZERO);
    assertThat(backtest(rule, new ArrayList<>()).asItIs(ZoneOffset.UTC).episodes())
        .singleElement()
        .extracting(BacktestResult.Episode::ended)
        .isEqualTo(false);
  }

  @Test
  void saysWhyAHistoryCanNotBeAsked() {
    AlertingRule text =
        EvalRig.logRule("Errors", rig.condition(new LogPredicate.Any(), "message"), Duration.ZERO);
    LogBacktest.Asked asked = LogBacktest.ask(rig.source(), text, DAY_BEFORE, _ -> {});
    assertThat(asked)
        .isInstanceOfSatisfying(
            LogBacktest.Asked.Failed.class,
            it -> assertThat(it.cause()).contains("'message' is of type text"));
  }
}
