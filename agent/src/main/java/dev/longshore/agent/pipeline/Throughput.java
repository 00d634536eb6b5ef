package dev.longshore.agent.pipeline;

import java.time.Duration;

/// How fast the queue empties while there is something in it, in bytes of log per second: a mean
/// that forgets with a time constant of two seconds. Owned by the reading thread.
final class Throughput {
  private static final double MEMORY_NANOS = Duration.ofSeconds(2).toNanos();
  private static final double SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  /// Acknowledgements come a request at a time: between two of them nothing seems to move.
  private static final long SAMPLE_NANOS = Duration.ofMillis(100).toNanos();

  private double bytesPerSecond;
  private long goneBytes;
  private long sampledNanos;

  Throughput(long nowNanos) {
    sampledNanos = nowNanos;
  }

  /// So much left the queue since the last look.
  ///
  /// @param waiting whether more would have left it, had it been faster: an empty queue says
  ///   nothing about its speed
  void look(long bytes, boolean waiting, long nowNanos) {
    goneBytes += bytes;
    long passedNanos = nowNanos - sampledNanos;
    if (passedNanos < SAMPLE_NANOS) {
      return;
    }
    double sample = goneBytes * SECOND_NANOS / passedNanos;
    if (waiting || sample > bytesPerSecond) {
      double weight = -Math.expm1(-passedNanos / MEMORY_NANOS);
      bytesPerSecond += (sample - bytesPerSecond) * weight;
    }
    goneBytes = 0;
    sampledNanos = nowNanos;
  }

  /// What leaves the queue in that time.
  long bytesIn(Duration time) {
    return (long) (bytesPerSecond * time.toNanos() / SECOND_NANOS);
  }
}
