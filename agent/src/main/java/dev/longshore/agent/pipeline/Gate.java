package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.enrich.OverLimit;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;
import java.util.HashMap;
import java.util.Map;

/// Decides whether a file may be read now: there is room in the queue, its container has not had
/// its share, its pod is known, its pod's own limit allows it. What is not read stays in its file.
/// Owned by the reading thread.
final class Gate {
  /// What one feed may put into the queue at most: its bytes, and a group that was open.
  private static final long ROOM_BYTES = 3 << 20;

  /// With so many blocks in the queue, a live file is read only when it makes a large one: after a
  /// long outage with many quiet containers it is their number that fills the memory.
  private static final long MANY_BLOCKS = 100_000;

  private final Buffer buffer;
  private final Shares shares;
  private final Precedence precedence = new Precedence();
  private final Descriptions descriptions;
  private final Clock clock;
  private final Limited warnings;
  private final Map<ContainerRef, Pace> paces = new HashMap<>();
  private boolean refused;

  Gate(Buffer buffer, Shares shares, Descriptions descriptions, Clock clock, Limited warnings) {
    this.buffer = buffer;
    this.shares = shares;
    this.descriptions = descriptions;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// Why the file can't be read now, or empty.
  String closed(Feed feed) {
    if (feed.goesOn()) {
      return "its last record is still open in the next file";
    }
    long now = clock.nanoTime();
    if (precedence.isBehindAnother(feed, now)) {
      return "a file of the container that is nearer to its deletion is read first";
    }
    if (!buffer.hasRoom(ROOM_BYTES)) {
      warnings.warn(
          "full",
          log -> {
            var _ =
                log.addKeyValue("bytes", buffer.diskBytes())
                    .setMessage("the buffer is full; logs wait in their files");
          });
      return "the buffer is full";
    }
    if (shares.spent(feed)) {
      refused = true;
      return "the container has its share of the buffer";
    }
    if (buffer.pendingBlocks() > MANY_BLOCKS && shares.canWaitForMore(feed)) {
      return "the buffer holds many small blocks; it waits for more lines";
    }
    String held = feed.held(now);
    if (!held.isEmpty()) {
      return held;
    }
    String undescribed = descriptions.describe(feed);
    if (!undescribed.isEmpty()) {
      return undescribed;
    }
    Long limit = feed.rules.maxBytesPerSecond();
    if (limit != null
        && feed.rules.overLimit() == OverLimit.DELAY
        && !paces.computeIfAbsent(feed.file.container(), _ -> new Pace(now)).allows(limit, now)) {
      return "longshore.dev/max-bytes-per-second is " + limit;
    }
    return "";
  }

  /// So much of the file was read.
  void passed(Feed feed, int bytes) {
    shares.took(bytes);
    if (feed.rules.maxBytesPerSecond() != null) {
      Pace pace = paces.get(feed.file.container());
      if (pace != null) {
        pace.took(bytes);
      }
    }
  }

  /// A round over all files begins.
  void measure() {
    refused = false;
    shares.measure(clock.nanoTime());
  }

  /// Whether a file was refused for its container's share in this round: shipping may make room for
  /// it at any moment.
  boolean awaitsShipping() {
    return refused;
  }

  void came(Feed feed) {
    precedence.came(feed, clock.nanoTime());
  }

  void went(Feed feed) {
    precedence.went(feed);
  }

  /// The container has no file any more.
  void forget(ContainerRef container) {
    paces.remove(container);
    shares.forget(container);
  }
}
