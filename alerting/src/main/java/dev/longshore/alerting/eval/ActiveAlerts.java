package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The alerts of one rule and how evaluations change them: Prometheus' state machine. Knows no
/// clock, no source and no disk. Owned by the loop's thread.
final class ActiveAlerts {
  private final Map<Labels, ActiveAlert> byLabels = new LinkedHashMap<>();

  Collection<ActiveAlert> all() {
    return byLabels.values();
  }

  int size() {
    return byLabels.size();
  }

  void restore(ActiveAlert alert) {
    byLabels.put(alert.labels(), alert);
  }

  void clear() {
    byLabels.clear();
  }

  /// Takes the result of an evaluation.
  ///
  /// @param at the evaluation's time
  /// @param hold the rule's `for`
  /// @param keep the rule's `keep_firing_for`
  List<Transition> apply(Instant at, List<Candidate> found, Duration hold, Duration keep) {
    List<Transition> transitions = new ArrayList<>();
    Set<Labels> seen = new HashSet<>();
    for (Candidate candidate : found) {
      seen.add(candidate.labels());
      ActiveAlert known = byLabels.get(candidate.labels());
      if (known == null) {
        ActiveAlert alert = new ActiveAlert(candidate, at);
        byLabels.put(candidate.labels(), alert);
        transitions.add(new Transition(alert, Transition.Kind.PENDING));
      } else if (known.refresh(candidate)) {
        transitions.add(new Transition(known, Transition.Kind.REFRESHED));
      }
    }
    Iterator<ActiveAlert> alerts = byLabels.values().iterator();
    while (alerts.hasNext()) {
      ActiveAlert alert = alerts.next();
      if (seen.contains(alert.labels())) {
        if (alert.keepFiringSince() != null) {
          alert.keep(null);
          transitions.add(new Transition(alert, Transition.Kind.HIT_AGAIN));
        }
      } else if (!stays(alert, at, keep, transitions)) {
        alerts.remove();
        continue;
      }
      holds(alert, at, hold, transitions);
    }
    return transitions;
  }

  /// Whether an alert whose condition is gone stays.
  private static boolean stays(
      ActiveAlert alert, Instant at, Duration keep, List<Transition> transitions) {
    if (!alert.isFiring()) {
      transitions.add(new Transition(alert, Transition.Kind.PENDING_ENDED));
      return false;
    }
    if (!keep.isZero()) {
      Instant since = alert.keepFiringSince();
      if (since == null) {
        alert.keep(at);
        transitions.add(new Transition(alert, Transition.Kind.KEPT));
        return true;
      }
      if (Duration.between(since, at).compareTo(keep) < 0) {
        return true;
      }
    }
    transitions.add(new Transition(alert, Transition.Kind.ENDED));
    return false;
  }

  private static void holds(
      ActiveAlert alert, Instant at, Duration hold, List<Transition> transitions) {
    boolean held = Duration.between(alert.activeAt(), at).compareTo(hold) >= 0;
    if (held && !alert.isFiring()) {
      alert.fire(at);
      transitions.add(new Transition(alert, Transition.Kind.FIRED));
    } else if (!held && alert.isFiring()) {
      alert.backToPending();
      transitions.add(new Transition(alert, Transition.Kind.BACK_TO_PENDING));
    }
  }
}
