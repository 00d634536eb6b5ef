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
import java.util.function.Predicate;

/// The alerts of one rule and how evaluations change them: Prometheus' state machine. Knows no
/// clock, no source and no disk. Owned by the loop's thread.
public final class ActiveAlerts {
  private final Map<Labels, ActiveAlert> byLabels = new LinkedHashMap<>();

  Collection<ActiveAlert> all() {
    return byLabels.values();
  }

  boolean has(Labels labels) {
    return byLabels.containsKey(labels);
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
  public List<Transition> apply(
      Instant at, List<MatchedSeries> found, Duration hold, Duration keep) {
    return apply(at, found, hold, keep, _ -> false);
  }

  /// The same, but for what stays as it is though its condition is gone.
  ///
  /// @param spared what stays
  List<Transition> apply(
      Instant at,
      List<MatchedSeries> found,
      Duration hold,
      Duration keep,
      Predicate<ActiveAlert> spared) {
    List<Transition> transitions = new ArrayList<>();
    Set<Labels> seen = refresh(at, found, transitions);
    Iterator<ActiveAlert> alerts = byLabels.values().iterator();
    while (alerts.hasNext()) {
      ActiveAlert alert = alerts.next();
      if (seen.contains(alert.labels())) {
        hit(alert, transitions);
      } else if (spared.test(alert)) {
        continue;
      } else if (!stays(alert, at, keep, transitions)) {
        alerts.remove();
        continue;
      }
      if (!alert.activeAt().isAfter(at)) {
        holds(alert, at, hold, transitions);
      }
    }
    return transitions;
  }

  /// Takes what is true at a time of which not all is known: what is not may become so, and stays
  /// as it is.
  ///
  /// @param unsure alerts for which a time before was not known to be true; they can't have held on
  ///   since they began, as far as is known. Those of this time are added
  List<Transition> applySoFar(
      Instant at, List<MatchedSeries> found, Duration hold, Set<Labels> unsure) {
    List<Transition> transitions = new ArrayList<>();
    Set<Labels> seen = refresh(at, found, transitions);
    for (ActiveAlert alert : byLabels.values()) {
      if (!seen.contains(alert.labels())) {
        unsure.add(alert.labels());
      } else if (!alert.activeAt().isAfter(at)) {
        hit(alert, transitions);
        if (hold.isZero() || !unsure.contains(alert.labels())) {
          holds(alert, at, hold, transitions);
        }
      }
    }
    return transitions;
  }

  private static void hit(ActiveAlert alert, List<Transition> transitions) {
    if (alert.keepFiringSince() != null) {
      alert.keep(null);
      transitions.add(new Transition(alert, Transition.Kind.HIT_AGAIN));
    }
  }

  /// @return what was found
  private Set<Labels> refresh(Instant at, List<MatchedSeries> found, List<Transition> transitions) {
    Set<Labels> seen = new HashSet<>();
    for (MatchedSeries matchedSeries : found) {
      seen.add(matchedSeries.labels());
      ActiveAlert known = byLabels.get(matchedSeries.labels());
      if (known == null) {
        ActiveAlert alert = new ActiveAlert(matchedSeries, at);
        byLabels.put(matchedSeries.labels(), alert);
        transitions.add(new Transition(alert, Transition.Kind.PENDING));
      } else if (known.refresh(matchedSeries)) {
        transitions.add(new Transition(known, Transition.Kind.REFRESHED));
      }
    }
    return seen;
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
