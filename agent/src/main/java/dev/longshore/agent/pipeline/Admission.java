package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.Limited;

/// Decides whether a file may be read now: there is room in the queue, its container has not had
/// its share, its pod is known, its pod's own limit allows it. What is not read stays in its file.
/// Owned by the reading thread.
final class Admission {
  /// What one slice may put into the queue at most: its bytes, and a group that was open.
  private static final long ROOM_BYTES = 3 << 20;

  /// With so many blocks in the queue, a live file is read only when it makes a large one: after a
  /// long outage with many quiet containers it is their number that fills the memory.
  private static final long MANY_BLOCKS = 100_000;

  private final Buffer buffer;
  private final FairShare fairShare;
  private final ReadOrder readOrder = new ReadOrder();
  private final MetadataResolver metadataResolver;
  private final RateLimits rateLimits;
  private final Clock clock;
  private final Limited warnings;
  private boolean refused;

  Admission(
      Buffer buffer,
      FairShare fairShare,
      MetadataResolver metadataResolver,
      RateLimits rateLimits,
      Clock clock,
      Limited warnings) {
    this.rateLimits = rateLimits;
    this.buffer = buffer;
    this.fairShare = fairShare;
    this.metadataResolver = metadataResolver;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// Why the file can't be read now, or empty.
  String closed(FileState state) {
    if (state.goesOn()) {
      return "its last record is still open in the next file";
    }
    long now = clock.nanoTime();
    if (readOrder.isBehindAnother(state, now)) {
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
    if (fairShare.spent(state)) {
      refused = true;
      return "the container has its share of the buffer";
    }
    if (buffer.pendingBlocks() > MANY_BLOCKS && fairShare.canWaitForMore(state)) {
      return "the buffer holds many small blocks; it waits for more lines";
    }
    String held = state.held(now);
    if (!held.isEmpty()) {
      return held;
    }
    String undescribed = metadataResolver.describe(state);
    if (!undescribed.isEmpty()) {
      return undescribed;
    }
    if (rateLimits.delays(state, now)) {
      return "longshore.dev/max-bytes-per-second is " + state.rules.maxBytesPerSecond();
    }
    return "";
  }

  /// So much of the file was read.
  void passed(FileState state, int bytes) {
    fairShare.took(bytes);
    rateLimits.took(state, bytes);
  }

  /// A round over all files begins.
  void measure() {
    refused = false;
    fairShare.measure(clock.nanoTime());
  }

  /// Whether a file was refused for its container's share in this round: shipping may make room for
  /// it at any moment.
  boolean awaitsShipping() {
    return refused;
  }

  void came(FileState state) {
    readOrder.came(state, clock.nanoTime());
  }

  void went(FileState state) {
    readOrder.went(state);
  }

  /// The container has no file any more.
  void forget(ContainerRef container) {
    rateLimits.forget(container);
    fairShare.forget(container);
  }
}
