package dev.longshore.testkit.slack;

import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Slack's rate limits: a bucket of permits for each channel and for each method. Guarded by its
/// workspace.
final class SlackRates {
  private static final class Bucket {
    private double permits;
    private long atNanos;
  }

  private final Clock clock;
  private final Map<String, Bucket> buckets = new HashMap<>();

  SlackRates(Clock clock) {
    this.clock = clock;
  }

  /// Takes a permit.
  ///
  /// @param burst how many may be taken at once
  /// @param each how long a permit takes to come back
  /// @return zero, or how long to wait, in whole seconds
  Duration take(String key, int burst, Duration each) {
    long now = clock.nanoTime();
    Bucket bucket = buckets.get(key);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.permits = burst;
      bucket.atNanos = now;
      buckets.put(key, bucket);
    }
    double gained = (now - bucket.atNanos) / (double) each.toNanos();
    bucket.permits = Math.min(burst, bucket.permits + gained);
    bucket.atNanos = now;
    if (bucket.permits >= 1) {
      bucket.permits -= 1;
      return Duration.ZERO;
    }
    double missingNanos = (1 - bucket.permits) * each.toNanos();
    return Duration.ofSeconds(Math.max(1, (long) Math.ceil(missingNanos / 1e9)));
  }
}
