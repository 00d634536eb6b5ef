package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;

/// How much of a container's log is kept, where its pod limits the rate and wants the rest dropped:
/// a bucket that fills at that rate, holds what a second brings, and lends what the last record
/// takes beyond its content. One thread; one for all files of a container.
///
/// Time is the log's own, by the runtime's timestamps: a container that never wrote faster than its
/// limit loses nothing, however late and fast it is read.
public final class Ration {
  private static final double NANOS_PER_SECOND = 1e9;

  /// A log whose time goes back by more was written under a clock that was set.
  private static final long CLOCK_SET_NANOS = 60_000_000_000L;

  private final long bytesPerSecond;
  private double bytes;
  private long reachedNanos = Block.NO_TIMESTAMP;

  public Ration(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
    bytes = bytesPerSecond;
  }

  public long bytesPerSecond() {
    return bytesPerSecond;
  }

  /// Whether a record that begins now is to be left out.
  ///
  /// @param nanos the log's time, or [Block#NO_TIMESTAMP] where it has none
  boolean isSpent(long nanos) {
    if (nanos != Block.NO_TIMESTAMP) {
      if (reachedNanos == Block.NO_TIMESTAMP || nanos < reachedNanos - CLOCK_SET_NANOS) {
        reachedNanos = nanos;
      } else if (nanos > reachedNanos) {
        double gained = (nanos - reachedNanos) / NANOS_PER_SECOND * bytesPerSecond;
        bytes = Math.min(bytesPerSecond, bytes + gained);
        reachedNanos = nanos;
      }
    }
    return bytes <= 0;
  }

  /// A line was kept.
  void took(long lineBytes) {
    bytes -= lineBytes;
  }
}
