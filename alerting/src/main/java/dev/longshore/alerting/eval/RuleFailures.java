package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.state.InternalAlerts;
import java.time.Duration;
import java.util.List;

/// The rules that a source refuses, each with an alert of its own. Owned by the loop's thread.
final class RuleFailures {
  private final EvalConfig config;
  private final InternalAlerts alerts;

  RuleFailures(EvalConfig config, InternalAlerts alerts) {
    this.config = config;
    this.alerts = alerts;
  }

  Labels labels(RuleState state) {
    return Labels.of(
        Labels.ALERT_NAME,
        InternalAlerts.RULE_FAILING,
        "severity",
        config.ruleFailingSeverity(),
        "rule",
        state.shownName,
        "rule_group",
        state.identity.group(),
        "file",
        state.identity.file());
  }

  void succeeded(RuleState state) {
    alerts.end(labels(state));
  }

  /// @param interval of the rule's group: a second failure is waited for when it comes soon
  void failed(RuleState state, String cause, String link, Duration interval) {
    if (state.failures < config.failures() && interval.compareTo(config.failingFor()) < 0) {
      return;
    }
    Labels annotations =
        Labels.of(
            "summary",
            "The rule " + state.shownName + " can't be evaluated",
            "description",
            state.rule.location()
                + ": "
                + cause
                + ". What it looks for is not watched; alerts that it raised stay as they are");
    alerts.raise(
        labels(state),
        annotations,
        List.of(
            new Evidence.Fact("cause", cause),
            new Evidence.Fact("place", state.rule.location().toString()),
            new Evidence.Fact("expression", state.rule.condition().text())),
        link);
  }
}
