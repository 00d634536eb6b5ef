package dev.longshore.alerting.eval;

import java.time.Duration;
import java.time.Instant;

/// Where `for` goes on after time in which nobody looked: Prometheus' formulas
/// (`Group.RestoreForState`).
final class ForRestoration {
  private ForRestoration() {}

  /// Since when an alert is to count as active.
  ///
  /// The time that nobody looked is not counted. An alert that would fire sooner than the grace
  /// fires after the grace, so that what was down too has time to come back; one that had held long
  /// enough already fires at once.
  ///
  /// @param now the first evaluation afterwards
  /// @param lastSeen the last evaluation before
  /// @param activeAt as it was then
  static Instant activeAt(
      Instant now, Instant lastSeen, Instant activeAt, Duration hold, EvalConfig config) {
    Duration down = Duration.between(lastSeen, now);
    if (hold.compareTo(config.forGrace()) < 0
        || down.compareTo(config.forOutageTolerance()) > 0
        || activeAt.isAfter(lastSeen)) {
      return now;
    }
    Duration remaining = hold.minus(Duration.between(activeAt, lastSeen));
    if (!remaining.isPositive()) {
      return activeAt;
    }
    if (remaining.compareTo(config.forGrace()) < 0) {
      return now.plus(config.forGrace()).minus(hold);
    }
    return activeAt.plus(down);
  }
}
