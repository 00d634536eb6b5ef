package dev.longshore.agent.pipeline;

import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Files without timestamps of which another file holds the same bytes: a copy, or a compressed
/// one. Where the first one is deleted, the next run finds the other alone, under an identity of
/// its own; so what was read is committed for that one too.
///
/// It is committed once the file is read to its end and all of it has left the queue: were a block
/// of it lost there, it would be read again from a lower position. Owned by the reading thread.
final class CopiedFiles {
  private final Map<FileState, Copies> files = new LinkedHashMap<>();

  private static final class Copies {
    final List<GenerationId> identities = new ArrayList<>(1);

    /// How far the file was in the queue when it was looked at last.
    @Nullable Position seen;

    /// What was queued until then has a lower timestamp, in nanoseconds since the epoch.
    long seenEpochNanos;

    boolean committed;
  }

  /// Another file holds the bytes of this one.
  void found(FileState state, GenerationId copy) {
    Copies copies = files.computeIfAbsent(state, _ -> new Copies());
    if (!copies.identities.contains(copy)) {
      copies.identities.add(copy);
      copies.committed = false;
    }
  }

  /// Commits what is due.
  ///
  /// @param oldestNanos the lowest timestamp of each container in the queue
  /// @param commit throws where that fails; it is tried again with the next call then
  void commitDue(
      long epochNanos, Supplier<Map<ContainerRef, Long>> oldestNanos, Consumer<Position> commit) {
    Map<ContainerRef, Long> oldest = null;
    for (Map.Entry<FileState, Copies> entry : files.entrySet()) {
      FileState state = entry.getKey();
      Copies copies = entry.getValue();
      Position position = state.committed();
      Position seen = copies.seen;
      if (!state.isFinished() || seen == null || !seen.sameOffsets(position)) {
        copies.seen = position;
        copies.seenEpochNanos = epochNanos;
        copies.committed = false;
      } else if (!copies.committed) {
        oldest = oldest == null ? oldestNanos.get() : oldest;
        Long queued = oldest.get(state.file.container());
        if (queued == null || queued > copies.seenEpochNanos) {
          copies.identities.forEach(copy -> commit.accept(position.inCopy(copy)));
          copies.committed = true;
        }
      }
    }
  }

  /// The queue lost something of a file: what is committed of its copies is too far.
  void fellBack(FileState state, Consumer<GenerationId> forget) {
    Copies copies = files.get(state);
    if (copies != null) {
      copies.seen = null;
      copies.committed = false;
      copies.identities.forEach(forget);
    }
  }

  /// No name leads to the file's bytes any more.
  void gone(FileState state, Consumer<GenerationId> forget) {
    Copies copies = files.remove(state);
    if (copies != null) {
      copies.identities.forEach(forget);
    }
  }
}
