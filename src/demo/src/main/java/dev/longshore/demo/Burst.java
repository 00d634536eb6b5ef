package dev.longshore.demo;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// When the dock's services fail at once: early in a run, for some seconds, and again each minute
/// when the run is long.
///
/// @param begin since the start
record Burst(Duration begin, Duration length) {
  private static final Duration EARLY = Duration.ofSeconds(8);
  private static final Duration LONG = Duration.ofSeconds(8);
  private static final Duration EVERY = Duration.ofMinutes(1);

  /// @param runFor how long the dock writes, or null when that is open
  static Burst of(@Nullable Duration runFor) {
    return runFor == null
        ? new Burst(EARLY, LONG)
        : new Burst(min(EARLY, runFor.dividedBy(4)), min(LONG, runFor.dividedBy(2)));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  /// Whether it is on.
  boolean at(Duration elapsed) {
    Duration since = elapsed.minus(begin);
    return !since.isNegative()
        && Duration.ofNanos(since.toNanos() % EVERY.toNanos()).compareTo(length) < 0;
  }

  /// Whether the first one was long enough to be noticed, and is over.
  boolean isToldAfter(Duration elapsed) {
    return length.compareTo(Duration.ofSeconds(5)) >= 0
        && elapsed.compareTo(begin.plus(length)) >= 0;
  }
}
