package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Snapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The snapshots that were read last, by where they lie; the least recently used go first. Bounded
/// in bytes, as one snapshot may have half a megabyte of annotations and the next a hundred bytes.
///
/// One thread.
final class SnapshotCache {

  /// Some thousand usual snapshots; two of these caches exist.
  static final long MAX_BYTES = 1 << 20;

  /// What a snapshot costs besides its fields, about.
  private static final int OBJECT_BYTES = 512;

  private final Map<Long, Snapshot> snapshots = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /// What a snapshot occupies in the heap, about.
  static long bytesOf(Snapshot snapshot) {
    return (long) OBJECT_BYTES + snapshot.fieldsJson().length + snapshot.path().length();
  }

  @Nullable Snapshot get(long reference) {
    return snapshots.get(reference);
  }

  /// Keeps a snapshot that was not there; one that is larger than all the room is not kept.
  void put(long reference, Snapshot snapshot) {
    long more = bytesOf(snapshot);
    if (more > MAX_BYTES) {
      return;
    }
    snapshots.put(reference, snapshot);
    bytes += more;
    var eldest = snapshots.values().iterator();
    while (bytes > MAX_BYTES) {
      bytes -= bytesOf(eldest.next());
      eldest.remove();
    }
  }

  int count() {
    return snapshots.size();
  }

  /// What the snapshots occupy together, about.
  long bytes() {
    return bytes;
  }
}
