package dev.longshore.alerting.eval;

/// What an evaluation did to an alert.
///
/// @param alert as it is now, or was when it ended
public record Transition(ActiveAlert alert, Kind kind) {

  /// What it was.
  public enum Kind {
    /// Its condition became true, and `for` runs.
    PENDING,
    /// It fires from now.
    FIRED,
    /// It fires as before; its value or annotations changed.
    REFRESHED,
    /// Its condition is gone; `keep_firing_for` keeps it.
    KEPT,
    /// Its condition is true again while it was kept.
    HIT_AGAIN,
    /// `for` was raised, and it has not held that long.
    BACK_TO_PENDING,
    /// Its condition was gone before `for` was over.
    PENDING_ENDED,
    /// It fired, and its condition is gone.
    ENDED,
    /// It fired, and its rule has more alerts than the limit.
    CLEARED
  }

  /// Whether those who are told of firing alerts are told of this.
  boolean isTold() {
    return switch (kind) {
      case FIRED, KEPT, HIT_AGAIN, BACK_TO_PENDING, ENDED, CLEARED -> true;
      case REFRESHED -> alert.isFiring();
      case PENDING, PENDING_ENDED -> false;
    };
  }

  /// Whether an alert that fired does so no more.
  boolean isEnd() {
    return switch (kind) {
      case BACK_TO_PENDING, ENDED, CLEARED -> true;
      case PENDING, FIRED, REFRESHED, KEPT, HIT_AGAIN, PENDING_ENDED -> false;
    };
  }

  /// Whether the state on disk is another now; the value is not part of it.
  boolean changesState() {
    return kind != Kind.REFRESHED;
  }
}
