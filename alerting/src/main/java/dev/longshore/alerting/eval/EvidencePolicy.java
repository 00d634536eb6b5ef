package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Of which alerts of a rule something is to be looked up in logs: of those that are about to fire,
/// and again of those that fire on.
///
/// @param known the rule's alerts before the evaluation, by their labels
/// @param hold the rule's `for`
record EvidencePolicy(Map<Labels, Known> known, Duration hold) {

  /// So many alerts at a time; others have theirs the next time.
  static final int MOST = 10;

  /// What was looked up of an alert that fires on is looked up again after this.
  private static final Duration AGE = Duration.ofMinutes(5);

  /// An alert before this evaluation.
  ///
  /// @param lookedUpAt null when nothing was looked up
  record Known(Instant activeAt, boolean firing, @Nullable Instant lookedUpAt) {}

  /// As the rule is now. On the loop's thread.
  static EvidencePolicy of(RuleState state) {
    Map<Labels, Known> known = new HashMap<>();
    for (ActiveAlert alert : state.active.all()) {
      known.put(
          alert.labels(),
          new Known(alert.activeAt(), alert.isFiring(), state.evidenceAt.get(alert.labels())));
    }
    return new EvidencePolicy(known, state.rule.holdFor());
  }

  /// @param at when the alert is true
  boolean wants(Labels labels, Instant at) {
    Known before = known.get(labels);
    if (before == null) {
      return hold.isZero();
    }
    if (!before.firing) {
      return Duration.between(before.activeAt, at).compareTo(hold) >= 0;
    }
    return before.lookedUpAt == null || Duration.between(before.lookedUpAt, at).compareTo(AGE) >= 0;
  }

  /// Since when an alert is true, as far as is known.
  Instant since(Labels labels, Instant at) {
    Known before = known.get(labels);
    return before == null || before.activeAt.isAfter(at) ? at : before.activeAt;
  }
}
