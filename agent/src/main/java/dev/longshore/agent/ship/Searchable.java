package dev.longshore.agent.ship;

import dev.longshore.agent.event.ContainerRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// The lowest timestamps of what was acknowledged a moment ago and may not be searchable yet, by
/// container: an index shows what it has at its next refresh only. Safe for use by any thread.
final class Searchable {

  /// The refresh interval, 1 s by default, and a margin.
  static final Duration AFTER = Duration.ofSeconds(2);

  private static final int BUCKETS = 16;
  private static final long BUCKET_NANOS = AFTER.toNanos() / (BUCKETS - 2);

  // Guarded by this.
  private final Bucket[] buckets = new Bucket[BUCKETS];

  /// What was acknowledged in one stretch of time; its number is that time over BUCKET_NANOS.
  private record Bucket(long number, Map<ContainerRef, Long> lowest) {}

  /// A block is about to be acknowledged.
  ///
  /// @param timestampNanos its lowest timestamp, nanoseconds since the epoch
  synchronized void acknowledged(ContainerRef container, long timestampNanos, long nowNanos) {
    long number = Math.floorDiv(nowNanos, BUCKET_NANOS);
    int at = Math.floorMod(number, BUCKETS);
    if (buckets[at] == null || buckets[at].number != number) {
      buckets[at] = new Bucket(number, new HashMap<>());
    }
    buckets[at].lowest.merge(container, timestampNanos, Math::min);
  }

  /// The lowest timestamp of each container that was acknowledged less than [#AFTER] ago,
  /// nanoseconds since the epoch.
  synchronized Map<ContainerRef, Long> lowestNanos(long nowNanos) {
    long oldest = Math.floorDiv(nowNanos - AFTER.toNanos(), BUCKET_NANOS);
    Map<ContainerRef, Long> lowest = new HashMap<>();
    for (Bucket bucket : buckets) {
      if (bucket != null && bucket.number >= oldest) {
        bucket.lowest.forEach((container, nanos) -> lowest.merge(container, nanos, Math::min));
      }
    }
    return lowest;
  }
}
