package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Takes the windows of a log rule to its alerts, in order of time. On the loop's thread.
///
/// A window that is complete is an evaluation like any other, at its end. One that is not complete
/// makes true what is true in it and ends nothing. A window that is looked at again can bring an
/// alert that was not there, and change none that was. What fires stays for an interval, however
/// short it was, so that it is told.
final class LogSteps {

  /// An alert that fired, and ended.
  ///
  /// @param from since when its condition was true
  record Past(Labels labels, Instant from, Instant to) {}

  /// A transition, and the end of the window that made it.
  record Timed(Transition transition, Instant at) {}

  /// How many ended alerts of a rule are remembered, to be told from what late lines bring.
  private static final int MOST_PAST = 1_000;

  private final RuleState state;
  private final Instant now;
  private final Duration interval;
  private final List<Timed> transitions = new ArrayList<>();

  LogSteps(RuleState state, Instant now, Duration interval) {
    this.state = state;
    this.now = now;
    this.interval = interval;
  }

  List<Timed> take(List<EvaluationResult.Window> windows) {
    again(windows);
    Set<Labels> unsure = new HashSet<>();
    for (EvaluationResult.Window window : windows) {
      switch (window.certainty()) {
        case REPLAY -> {}
        case COMPLETE ->
            add(
                state.active.apply(
                    window.end(),
                    window.candidates(),
                    state.rule.holdFor(),
                    state.rule.keepFiringFor(),
                    alert -> isSpared(alert, window.end())),
                window.end());
        case PARTIAL ->
            add(
                state.active.applySoFar(
                    window.end(), window.candidates(), state.rule.holdFor(), unsure),
                window.end());
      }
      rememberEvidence(window);
    }
    state.staysUntil.values().removeIf(until -> !until.isAfter(now));
    state.evidenceAt.keySet().removeIf(labels -> !state.active.has(labels));
    return transitions;
  }

  /// Of an alert that began later an earlier window says nothing.
  private boolean isSpared(ActiveAlert alert, Instant end) {
    Instant until = state.staysUntil.get(alert.labels());
    return (until != null && until.isAfter(now)) || alert.activeAt().isAfter(end);
  }

  private void add(List<Transition> made, Instant at) {
    for (Transition transition : made) {
      transitions.add(new Timed(transition, at));
      ActiveAlert alert = transition.alert();
      switch (transition.kind()) {
        case FIRED -> state.staysUntil.put(alert.labels(), now.plus(interval));
        case ENDED -> remember(new Past(alert.labels(), alert.activeAt(), at));
        case PENDING, REFRESHED, KEPT, HIT_AGAIN, BACK_TO_PENDING, PENDING_ENDED, CLEARED -> {}
      }
    }
  }

  private void remember(Past past) {
    state.past.addLast(past);
    if (state.past.size() > MOST_PAST) {
      state.past.removeFirst();
    }
  }

  private void rememberEvidence(EvaluationResult.Window window) {
    for (MatchedSeries matchedSeries : window.candidates()) {
      if (!matchedSeries.evidence().equals(Evidence.NONE)) {
        state.evidenceAt.put(matchedSeries.labels(), window.end());
      }
    }
  }

  /// An alert that late lines make.
  ///
  /// @param last the end of the last window in which it is true
  private record Late(ActiveAlert alert, Instant last) {}

  /// Evaluates old windows by themselves, and takes over what fired in them and is not known.
  private void again(List<EvaluationResult.Window> windows) {
    ActiveAlerts alone = new ActiveAlerts();
    Map<Labels, Late> fired = new LinkedHashMap<>();
    List<Late> ended = new ArrayList<>();
    for (EvaluationResult.Window window : windows) {
      if (window.certainty() != LogAnswer.Certainty.REPLAY) {
        continue;
      }
      for (Transition made :
          alone.apply(window.end(), window.candidates(), state.rule.holdFor(), Duration.ZERO)) {
        if (made.kind() == Transition.Kind.ENDED) {
          Late late = fired.remove(made.alert().labels());
          if (late != null) {
            ended.add(late);
          }
        }
      }
      for (ActiveAlert alert : alone.all()) {
        if (alert.isFiring()) {
          fired.put(alert.labels(), new Late(alert, window.end()));
        }
      }
    }
    ended.addAll(fired.values());
    latestOfEach(ended).forEach(this::takeOver);
  }

  /// One alert of each: an alert has one life at a time, and the last is the one to be told.
  private Collection<Late> latestOfEach(List<Late> all) {
    Map<Labels, Late> latest = new HashMap<>();
    for (Late late : all) {
      if (!isKnown(late)) {
        latest.merge(late.alert.labels(), late, (a, b) -> a.last.isAfter(b.last) ? a : b);
      }
    }
    return latest.values();
  }

  private boolean isKnown(Late late) {
    Labels labels = late.alert.labels();
    for (ActiveAlert alert : state.active.all()) {
      if (alert.labels().equals(labels)
          && (alert.isFiring() || !alert.activeAt().isAfter(late.last))) {
        return true;
      }
    }
    for (Past past : state.past) {
      if (past.labels.equals(labels)
          && !late.alert.activeAt().isAfter(past.to)
          && !late.last.isBefore(past.from)) {
        return true;
      }
    }
    return false;
  }

  private void takeOver(Late late) {
    state.active.restore(late.alert);
    state.staysUntil.put(late.alert.labels(), now.plus(interval));
    transitions.add(new Timed(new Transition(late.alert, Transition.Kind.FIRED), late.last));
  }
}
