package dev.longshore.agent.ship;

import java.time.Duration;

/// When a batch of one destination goes that is neither full nor worth a request for its length:
/// its first record is [#LINGER] old, and the last such request [#PACE]. A lone line does not wait
/// for others; what trickles in costs a request a second.
final class Pacing {

  /// How long a record waits for others to share its request. All files are read at the same ticks,
  /// so that what comes together is queued within milliseconds.
  static final Duration LINGER = Duration.ofMillis(50);

  /// How far apart requests are that go for their age alone: one costs the node and the server as
  /// much as some hundred lines.
  static final Duration PACE = Duration.ofSeconds(1);

  private long lastNanos;

  Pacing(long nowNanos) {
    lastNanos = nowNanos - PACE.toNanos();
  }

  /// When a batch is due, monotonic.
  long dueNanos(Batch batch) {
    long lingered = batch.openedNanos() + LINGER.toNanos();
    long paced = lastNanos + PACE.toNanos();
    return lingered - paced > 0 ? lingered : paced;
  }

  /// A batch goes because it is due.
  void went(long nowNanos) {
    lastNanos = nowNanos;
  }
}
