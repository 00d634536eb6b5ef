package dev.longshore.agent.ship;

/// Why nothing was sent: an earlier request with the same records may still be running, and what it
/// will index can't be looked up yet.
final class TooEarly extends Exception {
  private static final long serialVersionUID = 1L;

  private final long untilNanos;

  /// @param untilNanos when that request has ended for certain, monotonic
  TooEarly(long untilNanos) {
    super("an earlier request may still be running", null, false, false);
    this.untilNanos = untilNanos;
  }

  long untilNanos() {
    return untilNanos;
  }
}
