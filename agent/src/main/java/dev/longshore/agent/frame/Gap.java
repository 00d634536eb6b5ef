package dev.longshore.agent.frame;

/// How near a line is to the one before, by the runtime's own times.
final class Gap {
  /// Later than within one write.
  static final int APART = 0;

  /// Within one write, which the runtime may have read in parts.
  static final int SAME_WRITE = 1;

  /// As near as lines of one write are on a node that isn't busy.
  static final int NEAR = 2;

  /// At once: the runtime read both together.
  static final int BURST = 3;

  /// The format has no times.
  static final int UNTIMED = 4;

  /// Lines that the runtime stamped no further apart were written at once, or as good as: it reads
  /// them from a pipe, and may be held up in between on a busy node.
  static final long WRITE_NANOS = 100_000_000;

  private static final long NEAR_NANOS = 5_000_000;

  /// Lines that it read together are stamped microseconds apart.
  private static final long BURST_NANOS = 200_000;

  private Gap() {}

  static int of(long gapNanos) {
    if (gapNanos <= BURST_NANOS) {
      return BURST;
    }
    if (gapNanos <= NEAR_NANOS) {
      return NEAR;
    }
    return gapNanos <= WRITE_NANOS ? SAME_WRITE : APART;
  }
}
