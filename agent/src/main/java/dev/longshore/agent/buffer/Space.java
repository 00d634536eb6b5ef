package dev.longshore.agent.buffer;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/// How much disk the buffer may take, and how much it has: the cap on allocated blocks, the floor
/// of free space, and the spare file.
///
/// Below the cap a reserve is kept for what frees space: acknowledgements, relocated blocks, and a
/// new file whose committed positions let the old ones go. The spare is that new file, allocated
/// ahead: with it the buffer can be tidied, and opened, on a disk without a free block.
///
/// Guarded by the buffer's lock.
final class Space {

  /// How much of a new file is allocated before it is used.
  static final int SPARE_BYTES = 1 << 20;

  /// With less than that a new file can't even hold its head.
  private static final int LEAST_SPARE_BYTES = 256 << 10;

  /// How far a file is allocated ahead.
  static final int STEP_BYTES = 1 << 20;

  /// What a reader asks for at most, and a step.
  private static final long ROOM_BYTES = 4L << 20;

  private static final long LEAST_ROLL_BYTES = 4L << 20;
  private static final long MOST_ROLL_BYTES = 32L << 20;

  /// How long what the file system said of its free space is believed by [#recentFreeBytes].
  private static final Duration FREE_BELIEVED = Duration.ofMillis(100);

  private final QueueFiles files;
  private final FileStore store;
  private final Clock clock;
  private final long maxBytes;
  private final long minFreeBytes;
  private final long rollBytes;
  private long diskBytes;
  private long spareBytes;
  private long freeBytes;
  private long freeKnownUntilNanos;

  Space(QueueFiles files, FileStore store, BufferConfig config, Clock clock) {
    this.files = files;
    this.store = store;
    this.clock = clock;
    freeKnownUntilNanos = clock.nanoTime();
    maxBytes = config.maxSize().bytes();
    minFreeBytes = config.minFree().bytes();
    rollBytes = Math.clamp(maxBytes / 8, LEAST_ROLL_BYTES, MOST_ROLL_BYTES);
  }

  /// A file that is longer ends.
  long rollBytes() {
    return rollBytes;
  }

  /// How much evidence of damage is kept.
  long evidenceBytes() {
    return maxBytes / 16;
  }

  /// What the folder occupies, in bytes of allocated blocks.
  long diskBytes() {
    return diskBytes;
  }

  /// Above it, blocks that hold back old files are relocated: before a reader finds the buffer
  /// full, who asks for room for more than one block.
  long compactAboveBytes() {
    long usable = maxBytes - reserveBytes();
    return Math.min(usable / 4 * 3, usable - ROOM_BYTES);
  }

  private long reserveBytes() {
    return rollBytes + SPARE_BYTES;
  }

  /// Counts what is there.
  void recount() throws IOException {
    diskBytes = files.allocatedBytes();
  }

  /// More was allocated.
  void grew(long bytes) {
    diskBytes += bytes;
  }

  /// Whether this many more bytes of disk are within the cap, less the reserve.
  boolean withinCap(long moreBytes) {
    return diskBytes + moreBytes <= maxBytes - reserveBytes();
  }

  /// Whether this many more bytes of disk are within the cap when the reserve is used.
  boolean withinReserve(long moreBytes) {
    return diskBytes + moreBytes <= maxBytes;
  }

  /// What is free on the file system.
  long freeBytes() throws IOException {
    return store.getUsableSpace();
  }

  /// What was free on the file system just now: each file that is read asks, many in one turn. The
  /// floor of free space is an early warning; whether a block has its place is asked by allocating.
  long recentFreeBytes() throws IOException {
    long now = clock.nanoTime();
    if (now - freeKnownUntilNanos >= 0) {
      freeBytes = freeBytes();
      freeKnownUntilNanos = now + FREE_BELIEVED.toNanos();
    }
    return freeBytes;
  }

  /// How large the file system is.
  long volumeBytes() throws IOException {
    return store.getTotalSpace();
  }

  /// The floor of free space.
  long minFreeBytes() {
    return minFreeBytes;
  }

  /// The cap.
  long maxBytes() {
    return maxBytes;
  }

  boolean hasSpare() {
    return spareBytes > 0;
  }

  /// Whether the spare is missing though there may be one.
  boolean lacksSpare() {
    return !hasSpare() && withinReserve(SPARE_BYTES);
  }

  /// Makes the spare, where it is missing and the disk has room.
  ///
  /// @return whether there is one
  boolean makeSpare() throws IOException {
    Path spare = files.spare();
    if (spareBytes > 0) {
      if (Files.exists(spare)) {
        return true;
      }
      // Somebody has deleted it.
      diskBytes -= spareBytes;
      spareBytes = 0;
    }
    Files.deleteIfExists(spare);
    for (int bytes = SPARE_BYTES; bytes >= LEAST_SPARE_BYTES; bytes /= 2) {
      Files.createFile(spare, OwnerOnly.FILE);
      if (Disk.allocate(spare, 0, bytes) == Disk.Allocation.DONE) {
        spareBytes = bytes;
        diskBytes += bytes;
        return true;
      }
      Files.delete(spare);
    }
    return false;
  }

  /// Whether a spare that an earlier run left can be used: allocated, and nothing in it.
  boolean adoptSpare() {
    try {
      return isSpare(files.spare());
    } catch (IOException e) {
      // It is deleted and made anew.
      return false;
    }
  }

  private boolean isSpare(Path spare) throws IOException {
    if (!Files.isRegularFile(spare)) {
      return false;
    }
    byte[] content = Files.size(spare) > SPARE_BYTES ? new byte[0] : Files.readAllBytes(spare);
    for (byte b : content) {
      if (b != 0) {
        return false;
      }
    }
    if (content.length < LEAST_SPARE_BYTES
        || Disk.allocate(spare, 0, content.length) != Disk.Allocation.DONE) {
      return false;
    }
    spareBytes = content.length;
    return true;
  }

  /// Makes the spare at least this long.
  ///
  /// @return false when the disk is full
  boolean growSpare(long bytes) throws IOException {
    if (bytes <= spareBytes) {
      return true;
    }
    if (Disk.allocate(files.spare(), 0, bytes) == Disk.Allocation.FULL) {
      return false;
    }
    diskBytes += bytes - spareBytes;
    spareBytes = bytes;
    return true;
  }

  /// Turns a queue file that nothing was written to into the spare again.
  void returnSpare(Path from, long bytes) throws IOException {
    Files.move(from, files.spare(), StandardCopyOption.ATOMIC_MOVE);
    spareBytes = bytes;
  }

  /// Turns the spare into a queue file.
  ///
  /// @return how much of it is allocated
  long useSpare(Path as) throws IOException {
    Files.move(files.spare(), as, StandardCopyOption.ATOMIC_MOVE);
    long bytes = spareBytes;
    spareBytes = 0;
    return bytes;
  }
}
