package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogProgress;
import dev.longshore.alerting.rule.AlertingRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One rule with its alerts, and what became of its last evaluation. Owned by the loop's thread.
final class RuleState {
  final RuleIdentity identity;

  /// What alerts about it call it: its name, and which of that name in its group it is.
  final String shownName;

  final ActiveAlerts active;

  AlertingRule rule;
  Health health = Health.UNKNOWN;
  @Nullable String lastError;
  @Nullable Instant lastEvaluation;
  List<String> warnings = List.of();
  Duration evaluationTime = Duration.ZERO;

  /// When its alerts were last known to be what they are; null when it was never evaluated, by this
  /// process or one before it.
  @Nullable Instant knownAt;

  /// Whether its alerts are those of a process before this one, not evaluated yet.
  boolean restored;

  /// Whether `for` may have to be restored from the source.
  boolean neverEvaluated;

  /// Failed evaluations since the last that succeeded.
  int failures;

  @Nullable Instant failingSince;

  /// Whether its firing alerts say that they are not known.
  boolean stale;

  /// How far a log rule has been evaluated; null before the first time.
  @Nullable LogProgress progress;

  /// What is not complete of its logs, for people; empty when nothing is behind.
  String behind = "";

  /// When the lines of its alerts were looked up.
  final Map<Labels, Instant> evidenceAt = new HashMap<>();

  /// Alerts that stay until then, however short they were, so that they are told.
  final Map<Labels, Instant> staysUntil = new HashMap<>();

  /// What it raised and ended lately, the latest last.
  final ArrayDeque<LogSteps.Past> past = new ArrayDeque<>();

  /// Whether the state on disk is another.
  boolean unsaved;

  enum Health {
    UNKNOWN,
    OK,
    ERR
  }

  RuleState(RuleIdentity identity, String shownName, AlertingRule rule, ActiveAlerts active) {
    this.identity = identity;
    this.shownName = shownName;
    this.rule = rule;
    this.active = active;
  }

  /// Takes over what an earlier version of the rule knew.
  static RuleState successor(
      RuleIdentity identity, String shownName, AlertingRule rule, RuleState before) {
    RuleState state = new RuleState(identity, shownName, rule, before.active);
    state.health = before.health;
    state.lastError = before.lastError;
    state.lastEvaluation = before.lastEvaluation;
    state.evaluationTime = before.evaluationTime;
    state.knownAt = before.knownAt;
    state.restored = before.restored;
    state.neverEvaluated = before.neverEvaluated;
    state.failures = before.failures;
    state.failingSince = before.failingSince;
    state.stale = before.stale;
    state.progress = before.progress;
    state.behind = before.behind;
    state.evidenceAt.putAll(before.evidenceAt);
    state.past.addAll(before.past);
    state.staysUntil.putAll(before.staysUntil);
    state.unsaved = true;
    return state;
  }

  /// Has times that belong to a wall clock which has jumped follow it: what is pending has been so
  /// for as long as before, not for longer or shorter by the jump.
  ///
  /// @param jump forward, or back
  void clockJumped(Duration jump, Instant now) {
    active.all().forEach(alert -> alert.clockJumped(jump, now));
    Instant known = knownAt;
    if (known != null) {
      // Log rules go on from the time of lines, which does not jump.
      Instant moved = progress == null ? known.plus(jump) : known;
      knownAt = moved.isAfter(now) ? now : moved;
    }
    LogProgress reached = progress;
    if (reached != null && reached.knownTo() != null && reached.knownTo().isAfter(now)) {
      progress = new LogProgress(now, reached.returnsSeen());
    }
    evidenceAt.replaceAll((_, at) -> at.plus(jump));
    staysUntil.replaceAll((_, until) -> until.plus(jump));
    unsaved = true;
  }

  /// Whether the time up to which it is known is of use after a restart: for its alerts, and for a
  /// log rule always, which goes on from there.
  boolean isConfirmed() {
    return active.size() > 0 || progress != null;
  }

  boolean hasFiring() {
    return active.all().stream().anyMatch(ActiveAlert::isFiring);
  }
}
