package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.ship.Shipper;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Up to when this node's logs are searchable: every line that the runtime stamped earlier is in
/// Elasticsearch and was refreshed, but for the containers that are named as behind.
public final class CompletedUpTo {
  private final Buffer buffer;
  private final Shipper shipper;
  private volatile @Nullable ReadUpTo readUpTo;

  CompletedUpTo(Buffer buffer, Shipper shipper) {
    this.buffer = buffer;
    this.shipper = shipper;
  }

  /// Told by the reading thread.
  void read(@Nullable ReadUpTo upTo) {
    readUpTo = upTo;
  }

  /// The watermark.
  ///
  /// @param epochNanos nanoseconds since the epoch
  /// @param behind containers that are too far behind to be waited for, with their own timestamp
  public record Watermark(long epochNanos, Map<String, Long> behind) {}

  /// The watermark now; none before the first complete scan of the node's files.
  public Optional<Watermark> watermark() {
    // The order matters: a line that moves on between two looks is still seen by the later one.
    ReadUpTo read = readUpTo;
    if (read == null) {
      return Optional.empty();
    }
    OptionalLong queued =
        buffer.oldestTimestamps().values().stream().mapToLong(Long::longValue).min();
    OptionalLong refreshing = shipper.lowestNotSearchableNanos();
    long lowest = read.epochNanos();
    lowest = Math.min(lowest, queued.orElse(Long.MAX_VALUE));
    lowest = Math.min(lowest, refreshing.orElse(Long.MAX_VALUE));
    return Optional.of(new Watermark(lowest, read.behind()));
  }
}
