package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What every group works with.
record EvaluationContext(
    Supplier<EvalConfig> settings,
    Clock clock,
    Loop loop,
    AlertSink sink,
    Decisions decisions,
    EvalStore store,
    EvalMetrics metrics,
    RuleFailures failures,
    OtherRules others) {

  /// As it is in force now.
  EvalConfig config() {
    return settings.get();
  }

  /// What the other rules raise. An alert is its labels: rules that give the same labels share it,
  /// and it ends with the last of them.
  interface OtherRules {

    /// The alert as another rule raises it now; null when no other does.
    ///
    /// @param ended the rule for which it has ended
    @Nullable Alert firing(RuleState ended, Fingerprint alert);
  }
}
