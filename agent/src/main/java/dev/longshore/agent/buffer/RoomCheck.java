package dev.longshore.agent.buffer;

import java.io.IOException;

/// Tells whether the buffer would take a block, and if not, what that waits for: shipping, or the
/// disk. A buffer whose disk keeps what was shipped is as full as one that nothing was shipped
/// from, and only the latter goes on when Elasticsearch does.
///
/// Guarded by the buffer's lock; the tasks are the reading thread's.
final class RoomCheck {
  private static final Room AVAILABLE = new Room.Available();

  private final PendingBlocks pending;
  private final Journal journal;
  private final Space space;
  private final MaintenanceTask deleting;
  private final MaintenanceTask rolling;

  /// @param deleting deletes queue files that are done
  /// @param rolling makes the next file
  RoomCheck(Opening opened, MaintenanceTask deleting, MaintenanceTask rolling) {
    this.pending = opened.pending();
    this.journal = opened.journal();
    this.space = opened.space();
    this.deleting = deleting;
    this.rolling = rolling;
  }

  /// @param bytes of the block's payload
  /// @throws IOException when the file system does not say what is free
  Room room(long bytes) throws IOException {
    if (pending.isCrowded()) {
      return new Room.Full(
          "the buffer holds %d blocks, as many as fit in memory".formatted(pending.blocks()));
    }
    if (!journal.hasRoom(bytes + EntryFormat.MAX_COMMITS * 64L)) {
      return noRoom();
    }
    long freeBytes = space.recentFreeBytes();
    return freeBytes < space.minFreeBytes()
        ? new Room.BelowMinFree(freeBytes, space.minFreeBytes())
        : AVAILABLE;
  }

  private Room noRoom() {
    if (!deleting.failure().isEmpty()) {
      return new Room.Failed(
          "queue files that are needed no more can't be deleted: " + deleting.failure());
    }
    if (space.lacksSpare()) {
      String why = rolling.failure();
      return new Room.Failed(
          "the disk has no room for the next queue file"
              + (why.isEmpty() ? ": it, its quota or its inodes are used up" : ": " + why));
    }
    return new Room.Full(
        "the buffer is full: it occupies %d bytes; buffer.maxSize is %d, less a reserve"
            .formatted(space.diskBytes(), space.maxBytes()));
  }
}
