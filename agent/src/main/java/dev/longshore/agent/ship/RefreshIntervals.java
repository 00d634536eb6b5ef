package dev.longshore.agent.ship;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// How long after it was indexed a document of a data stream can be found at the latest: the
/// refresh interval that is in force for its write index, asked for every [#READ_AGAIN] while
/// documents go there. Where it is not known, or an index is not refreshed by itself, what is
/// assumed is long: a watermark that is late is no more than that, one that is early is a lie. Safe
/// for use by any thread.
public final class RefreshIntervals {

  /// What is assumed until the server has said it, and where it does not say it.
  static final Duration UNKNOWN = Duration.ofSeconds(30);

  /// What is assumed of an index that is not refreshed by itself (`-1`).
  static final Duration NEVER = Duration.ofMinutes(5);

  static final Duration READ_AGAIN = Duration.ofMinutes(1);

  private static final Duration FORGOTTEN = Duration.ofMinutes(30);

  /// Says what is in force for the write index of a data stream.
  @FunctionalInterface
  public interface Reader {
    /// @return negative when the index is not refreshed by itself; empty when it is not known
    Optional<Duration> refreshInterval(String dataStream) throws IOException;
  }

  private record Known(Duration interval, long readNanos) {}

  private final Reader reader;
  private final Executor background;
  private final Clock clock;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /// @param background where reading may block
  public RefreshIntervals(Reader reader, Executor background, Clock clock) {
    this.reader = reader;
    this.background = background;
    this.clock = clock;
  }

  /// The interval of a data stream that documents were just sent to; never blocks.
  Duration of(String dataStream) {
    long nowNanos = clock.nanoTime();
    Known now = known.get(dataStream);
    if (now == null || nowNanos - now.readNanos >= READ_AGAIN.toNanos()) {
      Duration meanwhile = now == null ? UNKNOWN : now.interval;
      known.put(dataStream, new Known(meanwhile, nowNanos));
      background.execute(() -> read(dataStream));
      known.values().removeIf(other -> nowNanos - other.readNanos >= FORGOTTEN.toNanos());
      Known fresh = known.get(dataStream);
      return fresh == null ? meanwhile : fresh.interval;
    }
    return now.interval;
  }

  private void read(String dataStream) {
    Duration interval;
    try {
      interval = reader.refreshInterval(dataStream).orElse(UNKNOWN);
    } catch (IOException | RuntimeException e) {
      // It is asked again in a minute; what was known may have changed since.
      interval = UNKNOWN;
    }
    known.put(dataStream, new Known(interval.isNegative() ? NEVER : interval, clock.nanoTime()));
  }
}
