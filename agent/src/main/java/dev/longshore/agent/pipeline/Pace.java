package dev.longshore.agent.pipeline;

/// How fast a container may be read, where its pod says so: a bucket that fills at that rate and
/// holds what a second brings. A share that is larger than the bucket's content is lent, and waited
/// for before the next one. Owned by the reading thread.
final class Pace {
  private static final double NANOS_PER_SECOND = 1e9;

  private double bytes;
  private long filledNanos;

  Pace(long nowNanos) {
    bytes = 1;
    filledNanos = nowNanos;
  }

  /// Whether a share may be read now.
  boolean allows(long bytesPerSecond, long nowNanos) {
    double gained = (nowNanos - filledNanos) / NANOS_PER_SECOND * bytesPerSecond;
    bytes = Math.min(bytesPerSecond, bytes + gained);
    filledNanos = nowNanos;
    return bytes > 0;
  }

  /// A share was read.
  void took(long shareBytes) {
    bytes -= shareBytes;
  }
}
