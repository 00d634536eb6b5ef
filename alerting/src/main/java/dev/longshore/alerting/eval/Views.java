package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.RecordingRule;
import dev.longshore.alerting.rule.Rule;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// From the state of groups to what is shown of it. On the loop's thread.
final class Views {
  private Views() {}

  static RuleGroupView of(GroupRunner runner) {
    MonitoredSource asked = runner.source();
    List<RuleGroupView.RuleView> rules = new ArrayList<>();
    Iterator<RuleState> states = runner.rules().iterator();
    for (Rule rule : runner.group().rules()) {
      rules.add(
          switch (rule) {
            case RecordingRule recording ->
                new RuleGroupView.RecordingRuleView(
                    recording.name(),
                    recording.expression(),
                    Labels.of(recording.labels()),
                    recording.location().toString());
            case AlertingRule _ -> of(runner, states.next());
          });
    }
    return new RuleGroupView(
        runner.group().name(),
        runner.group().file(),
        runner.interval(),
        runner.group().limit(),
        asked == null ? null : asked.source().name(),
        runner.lastEvaluation(),
        runner.evaluationTime(),
        rules);
  }

  private static RuleGroupView.AlertingRuleView of(GroupRunner runner, RuleState state) {
    MonitoredSource asked = runner.sourceOf(state);
    Source source = asked == null ? null : asked.source();
    AlertingRule rule = state.rule;
    List<RuleGroupView.ActiveAlertView> alerts =
        state.active.all().stream().map(it -> of(it, source)).toList();
    return new RuleGroupView.AlertingRuleView(
        rule.name(),
        rule.condition().text(),
        rule.holdFor(),
        rule.keepFiringFor(),
        Labels.of(rule.labelTexts()),
        Labels.of(rule.annotationTexts()),
        rule.location().toString(),
        state.hasFiring() ? "firing" : alerts.isEmpty() ? "inactive" : "pending",
        state.health.name().toLowerCase(Locale.ROOT),
        state.lastError,
        state.warnings,
        state.stale,
        state.knownAt,
        state.behind,
        source == null ? null : source.name(),
        state.lastEvaluation,
        state.evaluationTime,
        alerts);
  }

  private static RuleGroupView.ActiveAlertView of(ActiveAlert alert, @Nullable Source source) {
    return new RuleGroupView.ActiveAlertView(
        AlertMaker.fingerprint(alert, source),
        alert.labels(),
        alert.annotations(),
        alert.isFiring() ? "firing" : "pending",
        alert.activeAt(),
        alert.keepFiringSince(),
        AlertMaker.number(alert.value()));
  }
}
