package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Snapshot;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The snapshots that were read last, by where they lie; the least recently used go first. Bounded
/// in bytes, as one snapshot may have half a megabyte of annotations and the next a hundred bytes,
/// and by what [SnapshotMemory] has.
///
/// The reader's thread, and whoever closes the buffer.
final class SnapshotCache {

  /// Some thousand usual snapshots; two of these caches exist.
  static final long MAX_BYTES = 1 << 20;

  private final SnapshotMemory memory;

  // Guarded by this.
  private final Map<Long, Snapshot> snapshots = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;
  private long demandsSeen;

  SnapshotCache(SnapshotMemory memory) {
    this.memory = memory;
    this.demandsSeen = memory.demands();
  }

  /// What a snapshot occupies in the heap, about.
  static long bytesOf(Snapshot snapshot) {
    return SnapshotMemory.bytesOf(snapshot.fieldsJson().length, snapshot.path().length());
  }

  synchronized @Nullable Snapshot get(long reference) {
    return snapshots.get(reference);
  }

  /// Keeps a snapshot that was not there; one that is larger than all the room is not kept.
  synchronized void put(long reference, Snapshot snapshot) {
    giveUpOnDemand();
    long more = bytesOf(snapshot);
    if (more > MAX_BYTES) {
      return;
    }
    shrinkTo(MAX_BYTES - more);
    while (!memory.tryReserve(more)) {
      if (snapshots.isEmpty()) {
        memory.reserve(more);
        break;
      }
      forgetEldest();
    }
    snapshots.put(reference, snapshot);
    bytes += more;
  }

  /// Forgets the older half when memory is needed elsewhere; to be called often.
  synchronized void giveUpOnDemand() {
    long demands = memory.demands();
    if (demands != demandsSeen) {
      demandsSeen = demands;
      shrinkTo(bytes / 2);
    }
  }

  private void shrinkTo(long maxBytes) {
    while (bytes > maxBytes) {
      forgetEldest();
    }
  }

  private void forgetEldest() {
    Iterator<Snapshot> eldest = snapshots.values().iterator();
    long its = bytesOf(eldest.next());
    eldest.remove();
    bytes -= its;
    memory.release(its);
  }

  synchronized void clear() {
    shrinkTo(0);
  }

  synchronized int count() {
    return snapshots.size();
  }

  /// What the snapshots occupy together, about.
  synchronized long bytes() {
    return bytes;
  }
}
