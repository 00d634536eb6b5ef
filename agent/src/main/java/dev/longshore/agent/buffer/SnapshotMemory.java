package dev.longshore.agent.buffer;

import dev.longshore.shared.memory.MemoryBudget;
import java.util.concurrent.atomic.AtomicLong;

/// The memory for snapshots that the buffer remembers, asked of the budget's share `snapshots`.
///
/// It has several holders: a [SnapshotCache] for each reader, and [WrittenSnapshots]. None of what
/// they remember is needed: a snapshot that is forgotten is read, or written, again. So a holder
/// that is refused forgets its oldest ones, and each one that learns of a demand gives up half or
/// all. Only the snapshot that is in use is remembered whatever the budget says, as it would be
/// read or written again with each block; that overdraws it by at most one snapshot for each
/// holder.
///
/// Safe for use by many threads; each holder is used by one, or guarded by the buffer's lock.
final class SnapshotMemory {

  /// What a snapshot costs besides its fields, about.
  private static final int OBJECT_BYTES = 512;

  private final MemoryBudget.Share share;
  private final AtomicLong demands = new AtomicLong();

  SnapshotMemory(MemoryBudget.Share share) {
    this.share = share;
  }

  /// What a snapshot occupies in the heap, about.
  static long bytesOf(int fieldBytes, int pathLength) {
    return (long) OBJECT_BYTES + fieldBytes + pathLength;
  }

  /// How often the holders were told to give something up; each compares it with what it knows.
  long demands() {
    return share.takePressure() ? demands.incrementAndGet() : demands.get();
  }

  /// @return whether there was room
  boolean tryReserve(long bytes) {
    return share.tryReserve(bytes);
  }

  /// For the one that is in use.
  void reserve(long bytes) {
    share.reserve(bytes);
  }

  void release(long bytes) {
    share.release(bytes);
  }
}
