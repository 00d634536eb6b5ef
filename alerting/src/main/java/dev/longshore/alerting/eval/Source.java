package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.rule.Condition;
import dev.longshore.alerting.rule.LogCondition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What evaluates rules: a source of metrics, or the one of logs.
sealed interface Source {

  /// The name that alerts and figures about it have.
  String name();

  /// What people call it, at the beginning of a sentence.
  String words();

  /// Labels of every alert that is evaluated here, where it has none of that name.
  Labels externalLabels();

  /// Where people look at a condition; empty when there is no such place.
  String link(Condition condition);

  int concurrency();

  /// Asks again what had no answer. Blocks.
  ///
  /// @return why there is none; null when there is one
  @Nullable String problem(Condition condition, Instant at);

  /// Metric rules.
  record OfMetrics(MetricSource metrics) implements Source {
    @Override
    public String name() {
      return metrics.name();
    }

    @Override
    public String words() {
      return "The metric source \"" + name() + "\"";
    }

    @Override
    public Labels externalLabels() {
      return metrics.externalLabels();
    }

    @Override
    public String link(Condition condition) {
      return metrics.link(condition.text());
    }

    @Override
    public int concurrency() {
      return metrics.concurrency();
    }

    @Override
    public @Nullable String problem(Condition condition, Instant at) {
      return metrics.query(condition.text(), at) instanceof Answer.Unavailable unavailable
          ? unavailable.cause()
          : null;
    }
  }

  /// Log rules.
  record OfLogs(LogSource logs) implements Source {
    @Override
    public String name() {
      return logs.name();
    }

    @Override
    public String words() {
      return "The source of log rules, \"" + name() + "\",";
    }

    @Override
    public Labels externalLabels() {
      return Labels.EMPTY;
    }

    @Override
    public String link(Condition condition) {
      return condition instanceof LogCondition log ? logs.link(log) : "";
    }

    @Override
    public int concurrency() {
      return logs.concurrency();
    }

    @Override
    public @Nullable String problem(Condition condition, Instant at) {
      return condition instanceof LogCondition log ? logs.problem(log, at) : null;
    }
  }
}
