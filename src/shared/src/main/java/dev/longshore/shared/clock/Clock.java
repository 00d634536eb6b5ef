package dev.longshore.shared.clock;

import java.time.Duration;
import java.time.Instant;

/// What time it is, and how to wait. Safe for use by any thread.
public interface Clock {

  /// Nanoseconds from an arbitrary origin; never goes back. For intervals and deadlines only, and
  /// compared by difference.
  long nanoTime();

  /// The wall clock, in milliseconds since the epoch; it may jump either way.
  long epochMillis();

  /// The wall clock, with the precision of [#epochMillis].
  default Instant now() {
    return Instant.ofEpochMilli(epochMillis());
  }

  /// Waits for as long as [#nanoTime] takes to move by `duration`; not at all when it is zero or
  /// negative.
  ///
  /// @throws InterruptedException when the thread was or is interrupted
  void sleep(Duration duration) throws InterruptedException;

  /// The machine's own time.
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
