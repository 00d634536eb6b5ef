package dev.longshore.agent.tail;

import dev.longshore.agent.event.Position;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an earlier run may have read of a compressed log that has no timestamps by which it is
/// known. It was compressed while no agent ran, and has an inode of its own; so it is compared with
/// what was read of files that began with the same line, by the bytes before the offset up to which
/// they were read. Owned by the reading thread.
final class EarlierReadings {
  static final Comparator<Reading> BY_OFFSET =
      Comparator.comparingLong(reading -> reading.committed().tailOffset());

  private final FirstLine line;

  /// Not compared yet, by the offset at which they are.
  private final Deque<Reading> left;

  private @Nullable Reading found;

  /// @param committed how far a file was read; it has a checksum
  /// @param salt by what that file was told from others that begin with the same line
  record Reading(Position committed, long salt) {}

  /// @param line the first line of the compressed log
  /// @param readings of files that began with it; at least one
  EarlierReadings(FirstLine line, List<Reading> readings) {
    this.line = line;
    this.left = new ArrayDeque<>(readings);
  }

  FirstLine line() {
    return line;
  }

  /// Whether there is nothing more to compare.
  boolean isDecided() {
    return found != null || left.isEmpty();
  }

  /// Where the bytes begin that are compared next.
  long comparedAt() {
    return Identification.tailStart(left.element().committed());
  }

  /// Compares the log, which is inflated up to [#comparedAt], with the next reading.
  ///
  /// @return whether that decides it
  boolean compare(Source source, Identification identification) throws IOException {
    if (!isDecided()) {
      Reading reading = left.remove();
      if (identification.holdsTail(source, reading.committed())) {
        found = reading;
      }
    }
    return isDecided();
  }

  /// What was read of this log, or null when nothing of it was.
  @Nullable Reading found() {
    return found;
  }
}
