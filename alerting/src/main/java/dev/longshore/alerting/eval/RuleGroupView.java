package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A rule group as it is at one moment: what `/api/v1/rules` shows.
///
/// @param source that evaluates it; null when none takes it
/// @param lastEvaluation null before the first
/// @param rules in the order of the file
public record RuleGroupView(
    String name,
    String file,
    Duration interval,
    int limit,
    @Nullable String source,
    @Nullable Instant lastEvaluation,
    Duration evaluationTime,
    List<RuleView> rules) {
  public RuleGroupView {
    rules = List.copyOf(rules);
  }

  /// A rule.
  public sealed interface RuleView permits AlertingRuleView, RecordingRuleView {
    String name();
  }

  /// A rule that raises alerts.
  ///
  /// @param state `inactive`, `pending` or `firing`, whichever is the highest of its alerts
  /// @param health `unknown`, `ok` or `err`
  /// @param lastError of the last evaluation; null when it succeeded
  /// @param stale whether its alerts are as they were before evaluations failed
  /// @param knownAt when its alerts were last known to be what they are; null when it was never
  ///   evaluated
  /// @param behind what is not complete of its logs, for people; empty when nothing is behind
  /// @param source that evaluates it; null when none does
  public record AlertingRuleView(
      String name,
      String expression,
      Duration holdFor,
      Duration keepFiringFor,
      Labels labels,
      Labels annotations,
      String place,
      String state,
      String health,
      @Nullable String lastError,
      List<String> warnings,
      boolean stale,
      @Nullable Instant knownAt,
      String behind,
      @Nullable String source,
      @Nullable Instant lastEvaluation,
      Duration evaluationTime,
      List<ActiveAlertView> alerts)
      implements RuleView {
    public AlertingRuleView {
      warnings = List.copyOf(warnings);
      alerts = List.copyOf(alerts);
    }
  }

  /// A rule that Prometheus evaluates.
  public record RecordingRuleView(String name, String expression, Labels labels, String place)
      implements RuleView {}

  /// An alert of a rule.
  ///
  /// @param fingerprint of the alert as it is told
  /// @param state `pending` or `firing`
  public record ActiveAlertView(
      Fingerprint fingerprint,
      Labels labels,
      Labels annotations,
      String state,
      Instant activeAt,
      @Nullable Instant keepFiringSince,
      String value) {}
}
