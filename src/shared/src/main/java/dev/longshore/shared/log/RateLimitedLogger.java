package dev.longshore.shared.log;

import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/// Warnings that may repeat at any rate and are written at most once per key and interval, with the
/// count of those left out since the last (`suppressed`). Safe for use by any thread.
///
/// At most [#MAX_KEYS] keys are remembered; beyond, those whose interval is over are forgotten, and
/// if there are none the new ones share one key.
public final class RateLimitedLogger {

  /// How many keys are told apart at a time; bounds memory where a key names a file or a pod.
  public static final int MAX_KEYS = 1024;

  private static final String OTHERS = "\0others";

  private final Logger logger;
  private final Clock clock;
  private final long intervalNanos;

  /// Guarded by this.
  private final Map<String, Seen> seenByKey = new HashMap<>();

  public RateLimitedLogger(Logger logger, Clock clock, Duration interval) {
    this.logger = logger;
    this.clock = clock;
    this.intervalNanos = interval.toNanos();
  }

  /// Warns, unless this key warned less than an interval ago; then it is only counted.
  ///
  /// @param key what is told apart, for example the file's path
  /// @param fill sets message, key-values and cause; called only when the warning is written
  public void warn(String key, Consumer<LoggingEventBuilder> fill) {
    if (!logger.isWarnEnabled()) {
      return;
    }
    long suppressed = admit(key);
    if (suppressed < 0) {
      return;
    }
    LoggingEventBuilder event = logger.atWarn();
    fill.accept(event);
    if (suppressed > 0) {
      event = event.addKeyValue("suppressed", suppressed);
    }
    event.log();
  }

  /// How many were suppressed since the last, or −1 when this one is.
  private synchronized long admit(String key) {
    long now = clock.nanoTime();
    Seen seen = seenByKey.get(key);
    if (seen == null) {
      String kept = key;
      if (seenByKey.size() >= MAX_KEYS) {
        seenByKey.values().removeIf(old -> now - old.sinceNanos >= intervalNanos);
        if (seenByKey.size() >= MAX_KEYS) {
          kept = OTHERS;
        }
      }
      seen = seenByKey.get(kept);
      if (seen == null) {
        seenByKey.put(kept, new Seen(now));
        return 0;
      }
    }
    if (now - seen.sinceNanos < intervalNanos) {
      seen.suppressed++;
      return -1;
    }
    long suppressed = seen.suppressed;
    seen.sinceNanos = now;
    seen.suppressed = 0;
    return suppressed;
  }

  private static final class Seen {
    private long sinceNanos;
    private long suppressed;

    Seen(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }
}
