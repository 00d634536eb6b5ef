package dev.longshore.agent.ship;

import java.time.Duration;

/// How long a destination's bodies may be: less than configured after a 413, and after several
/// requests in a row that had no readable answer. Owned by the shipping thread.
///
/// A length that was refused, or that failed just after a shorter one got through, is not tried
/// again for [#REMEMBERED], unless a body that is no shorter than what was refused gets through:
/// whoever refused it, down to single records perhaps, has been changed since. Any other limit
/// doubles with each body of about its length that gets through, so that an outage leaves nothing
/// behind.
final class BodyLimit {
  /// After this the limit doubles; whoever refused a length may have been changed.
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  /// One failure is a broken connection; two in a row may be the body's length.
  static final int MOST_FAILURES = 2;

  /// Failures alone lower the limit no further: no server and no proxy has a limit below it.
  static final long LEAST_AFTER_FAILURES_BYTES = ShipConfig.LOWEST_MAX_BATCH.bytes();

  private final long maxBytes;
  private long bytes;

  /// The limit is not raised to this while it is remembered.
  private long ceilingBytes = Long.MAX_VALUE;

  private long ceilingNanos;

  /// The shortest body that was refused for its length, and has not got through since.
  private long refusedBytes = Long.MAX_VALUE;

  private int failures;

  /// Whether the limit was raised and no body of about its length has got through since.
  private boolean probing;

  BodyLimit(long maxBytes) {
    this.maxBytes = maxBytes;
    this.bytes = maxBytes;
  }

  /// A body was refused for its length; shorter ones may get through.
  void lower(long bodyBytes, long nowNanos) {
    refused(bodyBytes);
    bytes = Math.max(1, Math.min(bytes, bodyBytes / 2));
    remember(nowNanos);
  }

  /// A body was refused for its length, and no shorter one can be made of it.
  void refused(long bodyBytes) {
    refusedBytes = Math.min(refusedBytes, bodyBytes);
  }

  /// Twice the limit is known not to get through.
  private void remember(long nowNanos) {
    ceilingBytes = bytes * 2;
    ceilingNanos = nowNanos;
    probing = false;
  }

  /// A body that was sent had no readable answer.
  void failed(long bodyBytes, long nowNanos) {
    failures++;
    if (probing && bodyBytes > bytes / 2) {
      bytes = Math.max(1, bytes / 2);
      remember(nowNanos);
    } else if (failures >= MOST_FAILURES) {
      bytes = Math.min(bytes, Math.max(LEAST_AFTER_FAILURES_BYTES, bodyBytes / 2));
      probing = false;
    }
  }

  /// Something of a body got through.
  void succeeded(long bodyBytes) {
    failures = 0;
    if (bodyBytes >= refusedBytes) {
      refusedBytes = Long.MAX_VALUE;
      ceilingBytes = Long.MAX_VALUE;
    }
    if (bodyBytes <= bytes / 2) {
      return;
    }
    long larger = Math.min(maxBytes, bytes * 2);
    probing = larger > bytes && larger < ceilingBytes;
    if (probing) {
      bytes = larger;
    }
  }

  long bytes(long nowNanos) {
    if (ceilingBytes != Long.MAX_VALUE && nowNanos - ceilingNanos >= REMEMBERED.toNanos()) {
      ceilingBytes = Long.MAX_VALUE;
      bytes = Math.min(maxBytes, bytes * 2);
      probing = true;
    }
    return bytes;
  }
}
