package dev.longshore.shared.web;

import java.time.Duration;

/// `rate_limit` of a web file: how many requests all clients together have answered. A token comes
/// each interval, and as many are kept as a burst has. Safe for use by any thread.
final class RequestRate {
  static final RequestRate UNLIMITED = new RequestRate(Duration.ZERO, 1);

  private final long intervalNanos;
  private final long burst;

  // Guarded by this.
  private boolean used;
  private long spentUntilNanos;

  /// @param interval zero for no limit
  RequestRate(Duration interval, int burst) {
    this.intervalNanos = interval.toNanos();
    this.burst = burst;
  }

  /// Whether a request may be answered now.
  synchronized boolean take(long nowNanos) {
    if (intervalNanos == 0) {
      return true;
    }
    long from = used && spentUntilNanos - nowNanos > 0 ? spentUntilNanos : nowNanos;
    if (from - nowNanos > (burst - 1) * intervalNanos) {
      return false;
    }
    used = true;
    spentUntilNanos = from + intervalNanos;
    return true;
  }
}
