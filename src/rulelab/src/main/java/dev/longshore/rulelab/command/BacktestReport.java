package dev.longshore.rulelab.command;

import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.rulelab.backtest.BacktestResult;
import dev.longshore.rulelab.backtest.LogBacktest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a backtest is told, rule by rule.
sealed interface BacktestReport permits BacktestText, BacktestJson {

  /// What a rule would have done.
  ///
  /// @param begins when the earliest line was logged that there is; null when that is not known
  record Past(
      AlertingRule rule,
      Duration interval,
      @Nullable Instant begins,
      BacktestResult asItIs,
      List<BacktestResult> withOtherHolds,
      List<LogBacktest.Tried> withOtherThresholds) {}

  void rule(Past past);

  /// Its history could not be asked.
  void failed(AlertingRule rule, String cause);

  /// All rules were told.
  void end() throws IOException;
}
