package dev.longshore.alerting.api;

import dev.longshore.shared.clock.Clock;
import java.time.Duration;

/// How long the expressions of one request may be compared with alerts. Of one thread.
final class FilterTime {
  static final Duration MOST = Duration.ofSeconds(5);

  /// Virtual threads are not preempted: others run in between.
  private static final int YIELD_EACH = 100;

  private final Clock clock;
  private final long deadline;
  private int checks;

  FilterTime(Clock clock) {
    this.clock = clock;
    this.deadline = clock.nanoTime() + MOST.toNanos();
  }

  /// Called before each alert.
  ///
  /// @throws ApiException when it is over
  @SuppressWarnings("ThreadPriorityCheck")
  void check() throws ApiException {
    if (clock.nanoTime() - deadline > 0) {
      throw new ApiException(
          400,
          "the expressions of the request take more than "
              + MOST.toSeconds()
              + " s with these alerts; write simpler ones");
    }
    if (++checks % YIELD_EACH == 0) {
      Thread.yield();
    }
  }
}
