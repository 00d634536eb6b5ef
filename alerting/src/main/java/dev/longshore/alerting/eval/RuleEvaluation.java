package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.shared.units.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one evaluation means for its rule: the step of the state machine, what is told of it, and
/// what is left as it was when nothing is known. On the loop's thread.
final class RuleEvaluation {

  /// Windows of log rules that lie further apart say nothing of the time between.
  private static final Duration LONGEST_GAP = Duration.ofMinutes(10);

  private final EvaluationContext context;
  private final PendingWrites pendingWrites;
  private final int limit;
  private final Duration interval;
  private final MonitoredSource asked;
  private final RuleState state;
  private final Instant at;
  private final int failuresBefore;

  /// @param at the evaluation's time
  RuleEvaluation(
      EvaluationContext context,
      PendingWrites pendingWrites,
      int limit,
      Duration interval,
      MonitoredSource asked,
      RuleState state,
      Instant at) {
    this.context = context;
    this.pendingWrites = pendingWrites;
    this.limit = limit;
    this.interval = interval;
    this.asked = asked;
    this.state = state;
    this.at = at;
    this.failuresBefore = state.failures;
  }

  /// @return whether it succeeded
  boolean take(EvaluationResult evaluationResult) {
    Instant now = context.clock().now();
    switch (evaluationResult) {
      case EvaluationResult.Matched found -> {
        asked.health().answered(state.identity, now);
        return found(found);
      }
      case EvaluationResult.Windows seen -> {
        asked.health().answered(state.identity, now);
        return seen(seen);
      }
      case EvaluationResult.Refused refused -> {
        asked.health().answered(state.identity, now);
        failed(refused.cause());
        context.failures().failed(state, refused.cause(), link(), interval);
      }
      case EvaluationResult.Unavailable unavailable -> {
        failed(unavailable.cause());
        asked.health().failed(state.identity, state.rule.condition(), unavailable.cause(), now);
      }
    }
    leaveUnknown(String.valueOf(state.lastError));
    return false;
  }

  /// What [#take] threw: a fault of Longshore, which fails the rule as a refusal does. What was
  /// found until then stands.
  void broke(Throwable thrown) {
    String cause = "handling its answer failed: " + thrown;
    failed(cause);
    context.failures().failed(state, cause, link(), interval);
    leaveUnknown(cause);
  }

  private String link() {
    return asked.source().link(state.rule.condition());
  }

  /// However often in one evaluation, it is one failure.
  private void failed(String cause) {
    state.health = RuleState.Health.ERR;
    state.lastError = cause;
    state.failures = failuresBefore + 1;
    if (state.failingSince == null) {
      state.failingSince = at;
    }
  }

  /// Nothing changes; but once it is clear that this lasts, the firing alerts say so.
  private void leaveUnknown(String cause) {
    boolean lasts = state.failures >= context.config().failures() || asked.health().isDown();
    if (!lasts || state.stale) {
      return;
    }
    state.stale = true;
    for (ActiveAlert alert : state.active.all()) {
      if (alert.isFiring()) {
        pendingWrites.add(
            AlertMaker.firing(state, alert, asked.source(), context.clock().now(), cause));
        note(alert, "keeps firing, because its state is unknown: " + cause);
      }
    }
  }

  private boolean found(EvaluationResult.Matched found) {
    if (state.restored) {
      resumeAt(at);
    }
    List<ActiveAlert> firedBefore = firing();
    List<Transition> transitions =
        state.active.apply(
            at, found.candidates(), state.rule.holdFor(), state.rule.keepFiringFor());
    state.knownAt = at;
    state.warnings = found.warnings();
    found.lookedUp().forEach(labels -> state.evidenceAt.put(labels, at));
    state.evidenceAt.keySet().removeIf(labels -> !state.active.has(labels));
    if (limit > 0 && state.active.size() > limit) {
      exceeded(firedBefore);
      return false;
    }
    if (state.stale) {
      transitions = withAllThatFire(transitions);
    }
    transitions.forEach(it -> tell(it, at, null));
    restoreFromSource();
    succeeded();
    return true;
  }

  /// The windows of a log rule. What was missed while nobody looked is among them, so `for` goes on
  /// over a restart, unless that was too long ago.
  private boolean seen(EvaluationResult.Windows seen) {
    Instant before = state.knownAt;
    Instant first = seen.windows().isEmpty() ? at : seen.windows().getFirst().end();
    if (before != null && Duration.between(before, first).compareTo(LONGEST_GAP) > 0) {
      resumeAt(first);
    }
    state.restored = false;
    List<ActiveAlert> firedBefore = firing();
    List<LogSteps.Timed> transitions = new LogSteps(state, at, interval).take(seen.windows());
    state.knownAt = seen.progress().knownTo();
    state.progress = seen.progress();
    state.behind = seen.behind();
    state.warnings = seen.behind().isEmpty() ? List.of() : List.of(seen.behind());
    state.unsaved |= state.neverEvaluated;
    state.neverEvaluated = false;
    if (limit > 0 && state.active.size() > limit) {
      exceeded(firedBefore);
      return false;
    }
    transitions.forEach(it -> tell(it.transition(), it.at(), null));
    if (state.stale) {
      withAllThatFire(List.of()).forEach(it -> tell(it, at, null));
    }
    succeeded();
    return true;
  }

  private List<ActiveAlert> firing() {
    return limit <= 0
        ? List.of()
        : state.active.all().stream().filter(ActiveAlert::isFiring).toList();
  }

  /// Last of all: should the alert about the rule fail to end, the rule's own are told all the
  /// same.
  private void succeeded() {
    context.failures().succeeded(state);
    state.health = RuleState.Health.OK;
    state.lastError = null;
    state.failures = 0;
    state.failingSince = null;
    state.stale = false;
  }

  /// As Prometheus: the rule has no alerts then, and begins anew.
  private void exceeded(List<ActiveAlert> firedBefore) {
    String cause = "exceeded limit of " + limit + " with " + state.active.size() + " alerts";
    state.active.clear();
    state.unsaved = true;
    state.stale = false;
    for (ActiveAlert alert : firedBefore) {
      tell(new Transition(alert, Transition.Kind.CLEARED), at, "cleared: the rule " + cause);
    }
    failed(cause);
    context.failures().failed(state, cause, link(), interval);
  }

  private List<Transition> withAllThatFire(List<Transition> transitions) {
    List<Transition> all = new ArrayList<>(transitions);
    for (ActiveAlert alert : state.active.all()) {
      if (alert.isFiring()) {
        all.add(new Transition(alert, Transition.Kind.REFRESHED));
      }
    }
    return all;
  }

  /// @param when the time of the transition
  private void tell(Transition transition, Instant when, @Nullable String why) {
    ActiveAlert alert = transition.alert();
    if (transition.changesState()) {
      state.unsaved = true;
    }
    Instant now = context.clock().now();
    switch (transition.kind()) {
      case PENDING -> {
        if (!state.rule.holdFor().isZero()) {
          context.decisions().subject(AlertMaker.labels(alert, asked.source()));
          note(
              alert,
              "pending with value "
                  + AlertMaker.number(alert.value())
                  + "; fires when it has held for "
                  + Durations.format(state.rule.holdFor()));
        }
      }
      case FIRED ->
          note(
              alert,
              "fires with value "
                  + AlertMaker.number(alert.value())
                  + ", true since "
                  + AlertMaker.time(alert.activeAt()));
      case KEPT ->
          note(
              alert,
              "the condition is no longer true; keeps firing for "
                  + Durations.format(state.rule.keepFiringFor())
                  + " (keep_firing_for)");
      case HIT_AGAIN -> note(alert, "the condition is true again, within keep_firing_for");
      case BACK_TO_PENDING -> note(alert, "back to pending: `for` was raised");
      case PENDING_ENDED ->
          note(alert, "no longer pending: the condition was not true for long enough");
      case ENDED -> note(alert, "resolved: the condition is no longer true");
      case CLEARED -> note(alert, "resolved, " + why);
      case REFRESHED -> {}
    }
    if (transition.kind() == Transition.Kind.BACK_TO_PENDING) {
      ended(alert, when, now, "`for` was raised to " + Durations.format(state.rule.holdFor()));
    } else if (transition.isEnd()) {
      ended(alert, when, now, why);
    } else if (transition.isTold()) {
      pendingWrites.add(AlertMaker.firing(state, alert, asked.source(), now, null));
    }
  }

  /// An alert that another rule raises too goes on as that one's.
  private void ended(ActiveAlert alert, Instant when, Instant now, @Nullable String why) {
    Fingerprint fingerprint = AlertMaker.fingerprint(alert, asked.source());
    Alert elsewhere = context.others().firing(state, fingerprint);
    if (elsewhere == null) {
      pendingWrites.add(AlertMaker.ended(state, alert, asked.source(), when, now, why));
    } else {
      pendingWrites.add(elsewhere);
      note(alert, "keeps firing: another rule raises the same alert");
    }
  }

  private void note(ActiveAlert alert, String what) {
    context
        .decisions()
        .note(AlertMaker.fingerprint(alert, asked.source()), context.clock().now(), "eval", what);
  }

  /// After a restart. A pause of an evaluation or two is no outage: time went on. What fires goes
  /// on firing in any case.
  ///
  /// @param next the first evaluation since
  private void resumeAt(Instant next) {
    state.restored = false;
    Instant seen = state.knownAt;
    if (seen == null || Duration.between(seen, next).compareTo(interval.multipliedBy(2)) <= 0) {
      return;
    }
    for (ActiveAlert alert : state.active.all()) {
      if (!alert.isFiring()) {
        Instant activeAt =
            ForRestoration.activeAt(
                next, seen, alert.activeAt(), state.rule.holdFor(), context.config());
        if (!activeAt.equals(alert.activeAt())) {
          alert.moveActiveAt(activeAt);
          state.unsaved = true;
          note(
              alert,
              "the rule was not evaluated since "
                  + AlertMaker.time(seen)
                  + "; pending as if since "
                  + AlertMaker.time(activeAt));
        }
      }
    }
  }

  private void restoreFromSource() {
    if (!state.neverEvaluated) {
      return;
    }
    state.neverEvaluated = false;
    state.unsaved = true;
    boolean pending = state.active.all().stream().anyMatch(it -> !it.isFiring());
    boolean longEnough = state.rule.holdFor().compareTo(context.config().forGrace()) >= 0;
    if (context.config().restoreFromSource() && pending && longEnough) {
      new SourceRestoration(context, asked, state, at).ask();
    }
  }
}
