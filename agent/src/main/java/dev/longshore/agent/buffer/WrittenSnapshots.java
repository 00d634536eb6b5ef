package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Snapshot;
import java.util.HashMap;
import java.util.Map;

/// Where the current file has which snapshot, so that it is written there once. When those that are
/// remembered occupy too much, all are forgotten, and written again where they are needed.
///
/// Guarded by the buffer's lock.
final class WrittenSnapshots {

  /// What they may occupy in the heap.
  private static final long MAX_BYTES = 2 << 20;

  private final SnapshotMemory memory;
  private final Map<Snapshot, Integer> positions = new HashMap<>();
  private long bytes;
  private long demandsSeen;

  WrittenSnapshots(SnapshotMemory memory) {
    this.memory = memory;
    this.demandsSeen = memory.demands();
  }

  /// The position in the current file, or −1.
  int find(Snapshot snapshot) {
    return positions.getOrDefault(snapshot, -1);
  }

  void add(Snapshot snapshot, int at) {
    long its = SnapshotCache.bytesOf(snapshot);
    if (bytes + its > MAX_BYTES) {
      clear();
    }
    if (!memory.tryReserve(its)) {
      clear();
      memory.reserve(its);
    }
    positions.put(snapshot, at);
    bytes += its;
  }

  /// Forgets all when memory is needed elsewhere; to be called often.
  void giveUpOnDemand() {
    long demands = memory.demands();
    if (demands != demandsSeen) {
      demandsSeen = demands;
      clear();
    }
  }

  /// Another file begins, or the buffer is closed.
  void clear() {
    positions.clear();
    memory.release(bytes);
    bytes = 0;
  }
}
