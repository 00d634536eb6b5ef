package dev.longshore.agent.ship;

import java.time.Duration;

/// How long a destination's bodies may be: less than configured for a while after a 413. Owned by
/// the shipping thread.
final class BodyLimit {
  /// After this the limit doubles; whoever answered 413 may have been changed.
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final long maxBytes;
  private long bytes;
  private long sinceNanos;

  BodyLimit(long maxBytes) {
    this.maxBytes = maxBytes;
    this.bytes = maxBytes;
  }

  /// A body of more than `acceptedBytes` was refused for its length.
  void lower(long acceptedBytes, long nowNanos) {
    bytes = Math.max(1, Math.min(bytes, acceptedBytes));
    sinceNanos = nowNanos;
  }

  long bytes(long nowNanos) {
    if (bytes < maxBytes && nowNanos - sinceNanos >= REMEMBERED.toNanos()) {
      bytes = Math.min(maxBytes, bytes * 2);
      sinceNanos = nowNanos;
    }
    return bytes;
  }
}
