package dev.longshore.agent.tail;

import dev.longshore.shared.memory.MemoryBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Which compressed files are inflated: a few at a time, because each holds
/// [GzipSource#WINDOW_BYTES] while it is read, and a node after an upgrade of the agent may have
/// one for each of its containers. The others wait without memory. Owned by the reading thread.
///
/// Next is the one that is nearest to its deletion: the runtime deletes the oldest file of a log
/// once there are too many, so it is of the log with the most generations.
///
/// What is inflated only to get to an offset, after a restart, is bounded too: [#SKIP_BYTES] in a
/// turn, all files together, so that a file that inflates to a thousand times its size delays the
/// others by milliseconds.
final class Decompression {

  /// How many files are inflated at once; more would be no faster on one thread.
  static final int MAX_FILES = 8;

  /// What is inflated in a turn without being read, at the most: some 10 ms.
  static final long SKIP_BYTES = 4 * 1024 * 1024;

  /// A file that is not read for this long gives its window up to one that waits.
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// The same for each byte that has to be inflated again then: four times what that takes.
  private static final long IDLE_NANOS_PER_BYTE = 20;

  private final MemoryBudget.Share memory;
  private final List<Window> windows = new ArrayList<>();
  private final Set<Generation> waiting = new LinkedHashSet<>();
  private final byte[] scratch = new byte[64 * 1024];
  private final long pollNanos;
  private long skippableBytes;
  private boolean takenBack;

  /// A file that may hold its window.
  private static final class Window {
    final Generation generation;
    final GzipSource source;
    long usedNanos;

    Window(Generation generation, GzipSource source, long now) {
      this.generation = generation;
      this.source = source;
      this.usedNanos = now;
    }

    boolean isOver() {
      return generation.source != source || generation.isFinished();
    }

    boolean isIdle(long now) {
      return now - usedNanos > Math.max(IDLE_NANOS, source.position() * IDLE_NANOS_PER_BYTE);
    }
  }

  /// @param memory what the windows are taken from
  /// @param pollNanos how often a file that waits is looked at
  Decompression(MemoryBudget.Share memory, long pollNanos) {
    this.memory = memory;
    this.pollNanos = pollNanos;
  }

  /// Starts a turn: lets those go on that may, and takes back what is no longer used. That is given
  /// away in the next turn, because the log that had it may have the next file to be read.
  ///
  /// @return whether somebody waits for what was taken back, so that the next turn is due at once
  boolean begin(long now) {
    skippableBytes = SKIP_BYTES;
    waiting.removeIf(it -> !(it.source instanceof GzipSource) || it.isFinished());
    Generation next = nearestToDeletion();
    while (next != null && hasRoom()) {
      waiting.remove(next);
      if (next.source instanceof GzipSource source) {
        windows.add(new Window(next, source, now));
      }
      next.dueNanos = now;
      next = nearestToDeletion();
    }
    takenBack = false;
    for (Iterator<Window> it = windows.iterator(); it.hasNext(); ) {
      Window window = it.next();
      if (window.isOver() || (!waiting.isEmpty() && window.isIdle(now))) {
        window.source.rest();
        memory.release(GzipSource.WINDOW_BYTES);
        it.remove();
        takenBack = true;
      }
    }
    return takenBack && !waiting.isEmpty();
  }

  private boolean hasRoom() {
    return windows.size() < MAX_FILES && memory.tryReserve(GzipSource.WINDOW_BYTES);
  }

  private @Nullable Generation nearestToDeletion() {
    Generation nearest = null;
    for (Generation generation : waiting) {
      if (nearest == null
          || generation.rotationSet().generations().size()
              > nearest.rotationSet().generations().size()) {
        nearest = generation;
      }
    }
    return nearest;
  }

  /// Whether the file may be inflated now; if not, it is due when that is worth asking again.
  boolean admits(Generation generation, GzipSource source, long now) {
    for (int i = 0; i < windows.size(); i++) {
      if (windows.get(i).source == source) {
        windows.get(i).usedNanos = now;
        return true;
      }
    }
    // Who asks first is not served first: the next turn knows all that ask.
    boolean soon = waiting.add(generation) && windows.size() < MAX_FILES;
    generation.dueNanos = soon || takenBack ? now : now + pollNanos;
    return false;
  }

  /// Inflates a file up to an offset, or a part of the way.
  ///
  /// @return whether it is there, or at its end
  boolean reaches(GzipSource source, long offset) throws IOException {
    long wanted = skippableBytes;
    long skipped = source.advance(offset, scratch, wanted);
    skippableBytes -= skipped;
    return source.position() >= offset || skipped < wanted;
  }

  /// Gives back all that is held.
  void close() {
    memory.release((long) windows.size() * GzipSource.WINDOW_BYTES);
    windows.clear();
    waiting.clear();
  }
}
