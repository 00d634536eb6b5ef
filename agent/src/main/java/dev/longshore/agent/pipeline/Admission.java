package dev.longshore.agent.pipeline;

import dev.longshore.agent.buffer.Buffer;
import dev.longshore.agent.buffer.Room;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.pipeline.Decision.Admit;
import dev.longshore.agent.pipeline.Decision.Wait;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.units.DataSize;
import org.jspecify.annotations.Nullable;

/// Decides, once for each slice, whether a file may be read now: there is room in the queue, its
/// container has not had its share, its pod is known, its pod's own limit allows it. What is not
/// read stays in its file. Owned by the reading thread.
final class Admission {
  /// What one slice may put into the queue at most: its bytes, and a group that was open.
  private static final long ROOM_BYTES = 3 << 20;

  /// With so many blocks in the queue, a live file is read only when it makes a large one: after a
  /// long outage with many quiet containers it is their number that fills the memory.
  private static final long MANY_BLOCKS = 100_000;

  private static final Admit ADMIT = new Admit();
  private static final Wait OUT_OF_MEMORY =
      new Wait(PauseReason.MEMORY, "the memory for open and long records is spent");

  private final Buffer buffer;
  private final FairShare fairShare;
  private final ReadOrder readOrder = new ReadOrder();
  private final MetadataResolver metadataResolver;
  private final RateLimits rateLimits;
  private final RecordMemory memory;
  private final Clock clock;
  private final RateLimitedLogger warnings;
  private boolean shareSpent;

  Admission(
      Buffer buffer,
      FairShare fairShare,
      MetadataResolver metadataResolver,
      RateLimits rateLimits,
      RecordMemory memory,
      Clock clock,
      RateLimitedLogger warnings) {
    this.buffer = buffer;
    this.fairShare = fairShare;
    this.metadataResolver = metadataResolver;
    this.rateLimits = rateLimits;
    this.memory = memory;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// Decides about a file's next slice.
  Decision decide(FileState state) {
    if (state.goesOn()) {
      return new Wait(
          PauseReason.OPEN_RECORD, "its last record goes on in the next file and is open there");
    }
    long now = clock.nanoTime();
    if (readOrder.isBehindAnother(state, now)) {
      return new Wait(
          PauseReason.READ_ORDER, "a file of the container that is nearer to deletion goes first");
    }
    Wait noRoom = noRoom(buffer.room(ROOM_BYTES));
    if (noRoom != null) {
      warnings.warn(
          noRoom.reason().label(),
          log -> log.addKeyValue("reason", noRoom.detail()).setMessage(message(noRoom.reason())));
      return noRoom;
    }
    if (fairShare.spent(state)) {
      shareSpent = true;
      return new Wait(PauseReason.FAIR_SHARE, "the container has its share of the buffer");
    }
    if (buffer.pendingBlocks() > MANY_BLOCKS && fairShare.canWaitForMore(state)) {
      return new Wait(
          PauseReason.SMALL_BLOCKS, "the buffer holds many small blocks; waiting for more lines");
    }
    String failure = state.framingFailure(now);
    if (!failure.isEmpty()) {
      return new Wait(PauseReason.FRAMING_FAILED, failure);
    }
    String missing = metadataResolver.describe(state);
    if (!missing.isEmpty()) {
      return new Wait(PauseReason.METADATA, "metadata: " + missing);
    }
    if (rateLimits.delays(state, now)) {
      return new Wait(
          PauseReason.OVER_LIMIT,
          "longshore.dev/max-bytes-per-second is " + state.rules.maxBytesPerSecond());
    }
    if (!memory.admits(state)) {
      return OUT_OF_MEMORY;
    }
    return ADMIT;
  }

  private static @Nullable Wait noRoom(Room room) {
    return switch (room) {
      case Room.Available _ -> null;
      case Room.Full(String detail) -> new Wait(PauseReason.BUFFER_FULL, detail);
      case Room.BelowMinFree(long freeBytes, long minFreeBytes) ->
          new Wait(
              PauseReason.BELOW_MIN_FREE,
              "free space %s is below buffer.minFree %s"
                  .formatted(DataSize.ofBytes(freeBytes), DataSize.ofBytes(minFreeBytes)));
      case Room.Failed(String detail) -> new Wait(PauseReason.BUFFER_FAILED, detail);
    };
  }

  private static String message(PauseReason reason) {
    return switch (reason) {
      case BUFFER_FULL -> "buffer is full; reading paused";
      case BELOW_MIN_FREE -> "free disk space is below buffer.minFree; reading paused";
      default -> "the buffer's disk failed; reading paused";
    };
  }

  /// So much of the file was read.
  void passed(FileState state, int bytes) {
    fairShare.took(bytes);
    rateLimits.took(state, bytes);
  }

  /// A round over all files begins.
  void measure() {
    shareSpent = false;
    fairShare.measure(clock.nanoTime());
  }

  /// Whether a file was refused for its container's share in this round: shipping may make room for
  /// it at any moment.
  boolean awaitsShipping() {
    return shareSpent;
  }

  void came(FileState state) {
    readOrder.came(state, clock.nanoTime());
  }

  void went(FileState state) {
    readOrder.went(state);
  }

  /// The container has neither files nor records any more.
  void forget(ContainerRef container) {
    metadataResolver.forget(container);
    rateLimits.forget(container);
    fairShare.forget(container);
  }
}
