package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.BufferException.Reason;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;

/// One part of the buffer's maintenance. When the disk fails it, the next attempt waits: 1 s, then
/// twice as long each time, to a minute. Owned by the reading thread.
final class MaintenanceTask {
  private static final long FIRST_RETRY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LAST_RETRY_NANOS = Duration.ofMinutes(1).toNanos();

  private final String name;
  private final Runnable work;
  private final Clock clock;
  private final RateLimitedLogger limited;
  private long dueNanos;
  private long delayNanos;
  private String failure = "";

  /// @param work throws a [BufferException] when it fails
  MaintenanceTask(String name, Runnable work, Clock clock, RateLimitedLogger limited) {
    this.name = name;
    this.work = work;
    this.clock = clock;
    this.limited = limited;
  }

  /// Why the last attempt failed; empty where it did not.
  String failure() {
    return failure;
  }

  /// Does the work, unless it failed and is not due yet.
  void run() {
    if (delayNanos > 0 && clock.nanoTime() - dueNanos < 0) {
      return;
    }
    try {
      work.run();
      delayNanos = 0;
      failure = "";
    } catch (BufferException e) {
      failure = String.valueOf(e.getMessage());
      if (e.reason() != Reason.FULL && e.reason() != Reason.DISK_FULL) {
        delayNanos = Math.clamp(delayNanos * 2, FIRST_RETRY_NANOS, LAST_RETRY_NANOS);
        dueNanos = clock.nanoTime() + delayNanos;
      }
      limited.warn(
          name,
          log -> {
            var _ =
                log.setMessage("buffer maintenance failed; retrying")
                    .addKeyValue("task", name)
                    .setCause(e);
          });
    }
  }
}
