package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;

/// A token bucket in bytes of log: it fills at a rate, holds what a second brings, and lends what
/// the last taker needs beyond its content. One thread.
///
/// The caller decides whose time counts. A container whose lines are delayed is limited by the
/// monotonic clock. One whose lines are dropped is limited by the runtime's timestamps, so that a
/// container that never wrote faster than its limit loses nothing, however late and fast it is
/// read.
public final class RateLimiter {
  private static final double NANOS_PER_SECOND = 1e9;

  /// A log whose time goes back by more was written under a clock that was set.
  private static final long CLOCK_SET_NANOS = 60_000_000_000L;

  private final long bytesPerSecond;
  private double bytes;
  private long filledNanos = Block.NO_TIMESTAMP;

  /// @param initialBytes what the bucket holds at first
  public RateLimiter(long bytesPerSecond, long initialBytes) {
    this.bytesPerSecond = bytesPerSecond;
    bytes = initialBytes;
  }

  public long bytesPerSecond() {
    return bytesPerSecond;
  }

  /// Whether nothing may be taken now.
  ///
  /// @param nanos the time, or [Block#NO_TIMESTAMP] where it is not known
  public boolean isSpent(long nanos) {
    if (nanos != Block.NO_TIMESTAMP) {
      if (filledNanos == Block.NO_TIMESTAMP || nanos < filledNanos - CLOCK_SET_NANOS) {
        filledNanos = nanos;
      } else if (nanos > filledNanos) {
        double gained = (nanos - filledNanos) / NANOS_PER_SECOND * bytesPerSecond;
        bytes = Math.min(bytesPerSecond, bytes + gained);
        filledNanos = nanos;
      }
    }
    return bytes <= 0;
  }

  /// Takes bytes, whether or not the bucket holds them.
  public void took(long takenBytes) {
    bytes -= takenBytes;
  }
}
