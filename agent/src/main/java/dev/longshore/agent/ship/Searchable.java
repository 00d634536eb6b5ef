package dev.longshore.agent.ship;

import dev.longshore.agent.event.Block;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;

/// The lowest timestamps of what was acknowledged a moment ago and may not be searchable yet: an
/// index shows what it has at its next refresh only. Safe for use by any thread.
final class Searchable {

  /// The refresh interval, 1 s by default, and a margin.
  static final Duration AFTER = Duration.ofSeconds(2);

  private static final int BUCKETS = 16;
  private static final long BUCKET_NANOS = AFTER.toNanos() / (BUCKETS - 2);

  // Guarded by this. A bucket's number is the time of its acknowledgements over BUCKET_NANOS.
  private final long[] numbers = new long[BUCKETS];
  private final long[] lowest = new long[BUCKETS];

  Searchable() {
    Arrays.fill(lowest, Block.NO_TIMESTAMP);
  }

  /// A block is about to be acknowledged.
  ///
  /// @param timestampNanos its lowest timestamp, nanoseconds since the epoch
  synchronized void acknowledged(long timestampNanos, long nowNanos) {
    long number = Math.floorDiv(nowNanos, BUCKET_NANOS);
    int at = Math.floorMod(number, BUCKETS);
    if (numbers[at] != number || lowest[at] == Block.NO_TIMESTAMP) {
      numbers[at] = number;
      lowest[at] = timestampNanos;
    } else {
      lowest[at] = Math.min(lowest[at], timestampNanos);
    }
  }

  /// The lowest timestamp acknowledged less than [#AFTER] ago, nanoseconds since the epoch.
  synchronized OptionalLong lowestNanos(long nowNanos) {
    long oldest = Math.floorDiv(nowNanos - AFTER.toNanos(), BUCKET_NANOS);
    long found = Long.MAX_VALUE;
    for (int i = 0; i < BUCKETS; i++) {
      if (lowest[i] != Block.NO_TIMESTAMP && numbers[i] >= oldest) {
        found = Math.min(found, lowest[i]);
      }
    }
    return found == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(found);
  }
}
