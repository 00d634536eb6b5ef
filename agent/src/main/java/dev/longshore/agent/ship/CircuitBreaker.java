package dev.longshore.agent.ship;

import dev.longshore.agent.ship.ShipStatus.LastError;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a destination is held back, why and until when. When the time is over, one request at a
/// time probes it; the first that is answered closes the breaker. Owned by the shipping thread.
final class CircuitBreaker {

  /// An open breaker that lasts longer is for a person to see, whatever it is for.
  static final Duration SHORT = Duration.ofSeconds(30);

  /// Why the breaker is open.
  enum Kind {
    /// Too much or too slow: it passes by itself, usually.
    BUSY,
    /// No server is reached.
    AWAY,
    /// Credentials, rights, a block, a path: somebody has to change something.
    REFUSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(CircuitBreaker.class);

  private final String dataStream;
  private final Backoff backoff;
  private final Clock clock;
  private final ShipMetrics metrics;
  private final RateLimitedLogger warnings;

  private @Nullable String reason;
  private @Nullable LastError lastError;
  private long untilNanos;
  private int failures;
  private Kind kind = Kind.BUSY;
  private long sinceNanos;
  private long lastSuccess;

  /// Meaningful once there was one.
  private long lastSuccessNanos;

  private long lastSuccessEpochMillis;

  CircuitBreaker(
      String dataStream,
      Backoff backoff,
      Clock clock,
      ShipMetrics metrics,
      RateLimitedLogger warnings) {
    this.dataStream = dataStream;
    this.backoff = backoff;
    this.clock = clock;
    this.metrics = metrics;
    this.warnings = warnings;
  }

  /// Remembers what Elasticsearch said.
  void error(int status, String text) {
    lastError = new LastError(status, text, clock.epochMillis());
  }

  /// Holds the destination back, longer each time in a row.
  ///
  /// @param told what the server asked for, if it did
  void back(String why, long nowNanos, @Nullable Duration told, Kind forWhat) {
    boolean first = reason == null;
    Duration longest = forWhat == Kind.AWAY ? Backoff.LONGEST_WHILE_AWAY : Backoff.LONGEST;
    // Requests that were in flight together fail together: that is one failure.
    if (first || nowNanos - untilNanos >= 0) {
      failures++;
      untilNanos = nowNanos + backoff.nanos(failures, told, longest);
    } else if (told != null) {
      untilNanos = Math.max(untilNanos, nowNanos + backoff.nanos(failures, told, longest));
    }
    reason = why;
    kind = forWhat;
    if (first) {
      sinceNanos = nowNanos;
      metrics.paused();
    }
    warnings.warn(
        "breaker " + dataStream,
        event -> {
          var _ =
              event
                  .setMessage("Elasticsearch is not accepting documents; buffering")
                  .addKeyValue("dataStream", dataStream)
                  .addKeyValue("reason", why);
        });
  }

  /// A request was answered and not for the whole destination's sake refused.
  void lift() {
    if (reason != null && failures > 1) {
      LOG.atInfo().setMessage("delivery resumed").addKeyValue("dataStream", dataStream).log();
    }
    reason = null;
    failures = 0;
  }

  /// A document got through, in the destination's `request`-th request.
  void succeeded(long request) {
    lastSuccess = Math.max(lastSuccess, request);
    lastSuccessNanos = clock.nanoTime();
    lastSuccessEpochMillis = clock.epochMillis();
  }

  /// Whether a request that was sent after the `request`-th got something through.
  boolean succeededAfter(long request) {
    return lastSuccess > request;
  }

  /// Whether something got through not longer ago.
  boolean succeededWithin(Duration span, long nowNanos) {
    return lastSuccess > 0 && nowNanos - lastSuccessNanos <= span.toNanos();
  }

  /// How many requests may be unanswered now, of `window` in good times.
  int capacity(int window, long nowNanos) {
    if (reason == null) {
      return window;
    }
    return nowNanos - untilNanos < 0 ? 0 : 1;
  }

  @Nullable String reason() {
    return reason;
  }

  /// Whether a person should see it: somebody has to change something, or it has lasted long.
  boolean needsAttention(long nowNanos) {
    return reason != null && (kind == Kind.REFUSED || nowNanos - sinceNanos > SHORT.toNanos());
  }

  /// When the next probe may go; meaningful while there is a reason.
  long untilNanos() {
    return untilNanos;
  }

  @Nullable LastError lastError() {
    return lastError;
  }

  long lastSuccessEpochMillis() {
    return lastSuccessEpochMillis;
  }
}
