package dev.longshore.agent.pipeline;

import dev.longshore.agent.frame.Framer;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The memory for open and long records of all files, asked of the budget's share `records`. Owned
/// by the reading thread.
///
/// A file whose record finds no memory gives back what it holds and is read again from its
/// committed position when there is room: the file is the buffer, and framing it again gives the
/// same records with the same ids. So nothing is cut and nothing is lost, however many containers
/// write long records at once.
///
/// Of the files that gave up, one is *favoured*: it is read whatever the budget says, so that there
/// is always one that gets on. A file that can't be read for another reason, or is not read for
/// long, loses that place. What is held beyond the budget is therefore at most what one file can
/// hold: a record of each stream and a line that is being gathered.
final class RecordMemory {
  /// A record of each stream, and a long line.
  private static final int RECORDS_OF_A_FILE = 3;

  private final MemoryBudget.Share share;

  /// Those that gave up and wait for memory.
  private final Set<FileState> waiting = new LinkedHashSet<>();

  private @Nullable FileState favoured;
  private long favouredSeenNanos;

  private final long patienceNanos;
  private final Clock clock;

  /// @param patience how long a favoured file that holds a part of a record may go unread before
  ///   the next one is favoured: longer than a record is waited for
  RecordMemory(MemoryBudget.Share share, Duration patience, Clock clock) {
    this.share = share;
    this.patienceNanos = patience.toNanos();
    this.clock = clock;
  }

  /// What the share has to keep for itself: as much as one file can hold.
  static long reserveBytes(DataSize maxRecord) {
    return RECORDS_OF_A_FILE * (maxRecord.bytes() + 1);
  }

  /// Whether the file may be read as far as memory is concerned; asked last.
  boolean admits(FileState state) {
    if (!waiting.contains(state)) {
      return true;
    }
    if (share.tryReserve(state.wantedRecordBytes)) {
      state.recordBytes += state.wantedRecordBytes;
    } else if (isFree()) {
      favoured = state;
      favouredSeenNanos = clock.nanoTime();
    } else {
      return false;
    }
    waiting.remove(state);
    return true;
  }

  /// Whether no file is favoured that gets on.
  private boolean isFree() {
    FileState now = favoured;
    return now == null
        || now.recordBytes == 0
        || clock.nanoTime() - favouredSeenNanos > patienceNanos;
  }

  /// Counts what the file holds by now.
  ///
  /// @return false when there is no room for it: the file has to give up what it holds, by
  ///   [#gaveUp]
  boolean holds(FileState state, Framer framer) {
    long heldBytes = framer.heldBytes();
    if (state == favoured) {
      favouredSeenNanos = clock.nanoTime();
    }
    long moreBytes = heldBytes - state.recordBytes;
    if (moreBytes <= 0) {
      share.release(-moreBytes);
      state.recordBytes = heldBytes;
    } else if (share.tryReserve(moreBytes)) {
      state.recordBytes = heldBytes;
    } else if (state == favoured || !state.canBeReadAgain()) {
      share.reserve(moreBytes);
      state.recordBytes = heldBytes;
    } else {
      state.wantedRecordBytes = 2 * heldBytes;
      return false;
    }
    if (heldBytes == 0 && state == favoured) {
      favoured = null;
    }
    return true;
  }

  /// The file is read again, later: it waits for memory.
  void gaveUp(FileState state) {
    release(state);
    waiting.add(state);
  }

  /// The file holds nothing any more.
  void release(FileState state) {
    share.release(state.recordBytes);
    state.recordBytes = 0;
    if (state == favoured) {
      favoured = null;
    }
  }

  /// The framing of an open record goes on in the next file.
  void handOver(FileState state, FileState next) {
    next.recordBytes += state.recordBytes;
    state.recordBytes = 0;
    if (state == favoured) {
      favoured = next;
    }
  }

  /// The file is gone.
  void forget(FileState state) {
    release(state);
    waiting.remove(state);
  }

  /// The file is not read for another reason: others may go first.
  ///
  /// @return whether it holds memory that others wait for, and is to give it up
  boolean isInTheWay(FileState state) {
    if (state == favoured) {
      favoured = null;
    }
    return !waiting.isEmpty() && state.recordBytes > 0 && state.canBeReadAgain();
  }

  /// Whether other holders of the budget need what records hold.
  boolean isPressed() {
    return share.takePressure();
  }

  boolean isFavoured(FileState state) {
    return state == favoured;
  }
}
