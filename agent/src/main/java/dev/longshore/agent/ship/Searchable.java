package dev.longshore.agent.ship;

import dev.longshore.agent.event.ContainerRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// The lowest timestamps of what was acknowledged a moment ago and may not be searchable yet, by
/// container: an index shows what it has at its next refresh only. Safe for use by many threads.
final class Searchable {

  /// What a refresh takes, and clocks that differ.
  static final Duration MARGIN = Duration.ofSeconds(1);

  /// Times are kept this exactly.
  private static final long BUCKET_NANOS = Duration.ofMillis(250).toNanos();

  /// By when it is searchable, over BUCKET_NANOS. Guarded by this.
  private final TreeMap<Long, Map<ContainerRef, Long>> buckets = new TreeMap<>();

  /// A block is about to be acknowledged.
  ///
  /// @param timestampNanos its lowest timestamp, nanoseconds since the epoch
  /// @param refreshInterval of the index that its documents are in
  synchronized void acknowledged(
      ContainerRef container, long timestampNanos, Duration refreshInterval, long nowNanos) {
    forget(nowNanos);
    long untilNanos = nowNanos + refreshInterval.toNanos() + MARGIN.toNanos();
    buckets
        .computeIfAbsent(Math.floorDiv(untilNanos, BUCKET_NANOS) + 1, _ -> new HashMap<>())
        .merge(container, timestampNanos, Math::min);
  }

  /// The lowest timestamp of each container that may not be found yet, nanoseconds since the epoch.
  synchronized Map<ContainerRef, Long> lowestNanos(long nowNanos) {
    forget(nowNanos);
    Map<ContainerRef, Long> lowest = new HashMap<>();
    for (Map<ContainerRef, Long> bucket : buckets.values()) {
      bucket.forEach((container, nanos) -> lowest.merge(container, nanos, Math::min));
    }
    return lowest;
  }

  private void forget(long nowNanos) {
    buckets.headMap(Math.floorDiv(nowNanos, BUCKET_NANOS), true).clear();
  }
}
