package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.ship.Dispatcher;
import dev.longshore.shared.clock.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Up to when this node's logs are searchable: every line that the runtime stamped earlier is in
/// Elasticsearch and was refreshed, but for the containers that are named as behind: those of which
/// something older than [ReadWatermarkTracker#BEHIND] is unread, queued, or not yet searchable.
public final class SearchableWatermark {
  private final Buffer buffer;
  private final Dispatcher dispatcher;
  private final Clock clock;
  private volatile @Nullable ReadWatermark readWatermark;

  SearchableWatermark(Buffer buffer, Dispatcher dispatcher, Clock clock) {
    this.buffer = buffer;
    this.dispatcher = dispatcher;
    this.clock = clock;
  }

  /// Told by the reading thread.
  void read(@Nullable ReadWatermark upTo) {
    readWatermark = upTo;
  }

  /// The watermark.
  ///
  /// @param epochNanos nanoseconds since the epoch
  /// @param behind containers that are too far behind to be waited for, with their own timestamp
  public record Watermark(long epochNanos, Map<String, Long> behind) {

    /// Up to when all lines are searchable, those of the containers that are behind included; of
    /// files that could never be read nothing is known.
    long oldestKnownEpochNanos() {
      long oldest = epochNanos;
      for (long nanos : behind.values()) {
        if (nanos != ReadWatermarkTracker.EVER) {
          oldest = Math.min(oldest, nanos);
        }
      }
      return oldest;
    }
  }

  /// The watermark now; none before the first complete scan of the node's files.
  public Optional<Watermark> watermark() {
    // The order matters: a line that moves on between two looks is still seen by the later one.
    ReadWatermark read = readWatermark;
    if (read == null) {
      return Optional.empty();
    }
    Map<ContainerRef, Long> pending = new HashMap<>(buffer.oldestTimestamps());
    dispatcher
        .lowestNotSearchableNanos()
        .forEach((container, nanos) -> pending.merge(container, nanos, Math::min));
    long awaitedNanos = clock.epochMillis() * 1_000_000 - ReadWatermarkTracker.BEHIND.toNanos();
    long lowest = read.epochNanos();
    Map<String, Long> behind = new TreeMap<>(read.behind());
    for (Map.Entry<ContainerRef, Long> entry : pending.entrySet()) {
      long nanos = entry.getValue();
      if (nanos < awaitedNanos) {
        behind.merge(entry.getKey().toString(), nanos, Math::min);
      } else {
        lowest = Math.min(lowest, nanos);
      }
    }
    return Optional.of(new Watermark(lowest, behind));
  }
}
