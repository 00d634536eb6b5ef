package dev.longshore.agent.buffer;

import dev.longshore.agent.buffer.BufferException.Reason;
import java.io.IOException;

/// How the current file grows: in steps, each allocated on the disk before it is written to, and
/// within `buffer.maxSize`.
///
/// Guarded by the buffer's lock.
final class FileGrowth {
  private final QueueFiles files;
  private final Space space;
  private final QueueWriter writer;

  FileGrowth(QueueFiles files, Space space, QueueWriter writer) {
    this.files = files;
    this.space = space;
    this.writer = writer;
  }

  /// Whether a block of this length would be taken.
  boolean hasRoom(long bytes) {
    long upTo = writer.neededFor(bytes, 2);
    if (writer.end() + bytes > space.rollBytes()) {
      return space.hasSpare() && space.withinCap(bytes + Space.STEP_BYTES);
    }
    return upTo <= writer.allocated() || space.withinCap(stepped(upTo) - writer.allocated());
  }

  private static long stepped(long upTo) {
    return (upTo + Space.STEP_BYTES - 1) / Space.STEP_BYTES * Space.STEP_BYTES;
  }

  /// Makes sure that entries can be written.
  ///
  /// @param bytes how long they are together
  /// @param entries how many they are
  /// @param useReserve whether what is kept for what makes room may be used
  /// @throws BufferException when there is no room; nothing was written
  void admit(long bytes, int entries, boolean useReserve) throws IOException {
    long upTo = writer.neededFor(bytes, entries);
    if (upTo <= writer.allocated()) {
      return;
    }
    long before = writer.allocated();
    long wanted = stepped(upTo);
    boolean within =
        useReserve ? space.withinReserve(wanted - before) : space.withinCap(wanted - before);
    if (!within) {
      throw new BufferException(
          Reason.FULL,
          "the buffer holds "
              + space.diskBytes()
              + " bytes, which is all it may; reading pauses until shipping has freed some");
    }
    if (writer.allocate(wanted) == Disk.Allocation.FULL
        && writer.allocate(upTo) == Disk.Allocation.FULL) {
      throw diskFull("the disk under " + files.queue() + ", or a quota on it, is full");
    }
    space.grew(writer.allocated() - before);
  }

  static BufferException diskFull(String what) {
    return new BufferException(Reason.DISK_FULL, what + "; reading pauses until there is room");
  }
}
