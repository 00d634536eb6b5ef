package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An alert of a rule that is pending or fires. Owned by the loop's thread.
public final class ActiveAlert {
  private final Labels labels;
  private Labels annotations;
  private double value;

  /// What was looked up of it last; not on disk, and looked up anew.
  private Evidence evidence;

  /// Since when the condition holds; moved when `for` is restored.
  private Instant activeAt;

  /// Null while it is pending.
  private @Nullable Instant firedAt;

  /// When it fired, also after it went back to pending.
  private @Nullable Instant lastFiredAt;

  private double firedValue = Double.NaN;

  /// Since when the condition is gone and `keep_firing_for` keeps it.
  private @Nullable Instant keepFiringSince;

  ActiveAlert(MatchedSeries matchedSeries, Instant activeAt) {
    this.labels = matchedSeries.labels();
    this.annotations = matchedSeries.annotations();
    this.value = matchedSeries.value();
    this.evidence = matchedSeries.evidence();
    this.activeAt = activeAt;
  }

  /// As it was saved.
  ActiveAlert(
      MatchedSeries matchedSeries,
      Instant activeAt,
      @Nullable Instant firedAt,
      double firedValue,
      @Nullable Instant keepFiringSince) {
    this(matchedSeries, activeAt);
    this.firedAt = firedAt;
    this.lastFiredAt = firedAt;
    this.firedValue = firedValue;
    this.keepFiringSince = keepFiringSince;
  }

  /// What identifies it within its rule.
  public Labels labels() {
    return labels;
  }

  Labels annotations() {
    return annotations;
  }

  double value() {
    return value;
  }

  Evidence evidence() {
    return evidence;
  }

  Instant activeAt() {
    return activeAt;
  }

  @Nullable Instant firedAt() {
    return firedAt;
  }

  /// Since when it fires or fired last; since when it is active when it never did.
  Instant startsAt() {
    return lastFiredAt == null ? activeAt : lastFiredAt;
  }

  double firedValue() {
    return firedValue;
  }

  @Nullable Instant keepFiringSince() {
    return keepFiringSince;
  }

  boolean isFiring() {
    return firedAt != null;
  }

  /// Takes what the last evaluation found.
  ///
  /// @return whether anything changed that people see
  boolean refresh(MatchedSeries matchedSeries) {
    boolean changed =
        Double.compare(value, matchedSeries.value()) != 0
            || !annotations.equals(matchedSeries.annotations())
            || isNew(matchedSeries.evidence());
    if (isNew(matchedSeries.evidence())) {
      evidence = matchedSeries.evidence();
    }
    annotations = matchedSeries.annotations();
    value = matchedSeries.value();
    return changed;
  }

  private boolean isNew(Evidence seen) {
    return !seen.equals(Evidence.NONE) && !seen.equals(evidence);
  }

  void fire(Instant at) {
    firedAt = at;
    lastFiredAt = at;
    firedValue = value;
  }

  void backToPending() {
    firedAt = null;
    firedValue = Double.NaN;
    keepFiringSince = null;
  }

  void keep(@Nullable Instant since) {
    keepFiringSince = since;
  }

  /// Has its times follow a wall clock that has jumped. When it began to fire stays, for people,
  /// unless that is in the future now.
  void clockJumped(Duration jump, Instant now) {
    if (firedAt == null) {
      activeAt = activeAt.plus(jump);
    }
    activeAt = activeAt.isAfter(now) ? now : activeAt;
    firedAt = firedAt != null && firedAt.isAfter(now) ? now : firedAt;
    lastFiredAt = lastFiredAt != null && lastFiredAt.isAfter(now) ? now : lastFiredAt;
    keepFiringSince = keepFiringSince == null ? null : keepFiringSince.plus(jump);
  }

  void moveActiveAt(Instant to) {
    activeAt = to;
  }
}
