package dev.longshore.agent.frame;

import dev.longshore.agent.event.LogFormat;
import dev.longshore.agent.line.Bytes;

/// A run of NUL bytes that nobody wrote: blocks of a file that were allocated and never written
/// before the node went down, or a hole. One thread.
///
/// Such a run is passed over, and ends what stands before it: the line that it tears, and all
/// records that wait for more. As many as [#LEAST_BYTES] are one wherever they stand; directly
/// before a line of a runtime, so is any number. Fewer elsewhere are what the application wrote.
final class NulRun {
  /// A sector or two; what is torn off is a multiple of the file system's blocks.
  static final int LEAST_BYTES = 1024;

  /// Every run that is long enough covers one of the places that are looked at.
  private static final int STEP_BYTES = LEAST_BYTES / 2;

  private long firstOffset;
  private long endOffset;
  private long bytes;

  /// Where the first run in `[from, end)` begins, or -1.
  ///
  /// @param atLine whether a line begins at `from`
  static int find(LogFormat format, byte[] text, int from, int end, boolean atLine) {
    if (atLine && text[from] == 0 && isBeforeLine(format, text, from, end)) {
      return from;
    }
    for (int at = from + STEP_BYTES - 1; at < end; at += STEP_BYTES) {
      if (text[at] != 0) {
        continue;
      }
      int begin = at;
      while (begin > from && text[begin - 1] == 0) {
        begin--;
      }
      int behind = end(text, at, end);
      if (behind - begin >= LEAST_BYTES) {
        return begin;
      }
      at = behind;
    }
    return -1;
  }

  private static boolean isBeforeLine(LogFormat format, byte[] text, int from, int end) {
    int behind = end(text, from, end);
    return behind < end
        && switch (format) {
          case CRI -> Bytes.isDigit(text[behind]);
          case DOCKER_JSON -> text[behind] == '{';
          case PLAIN -> false;
        };
  }

  /// Where the NUL bytes that begin at or before `from` end.
  static int end(byte[] text, int from, int end) {
    int at = from;
    while (at < end && text[at] == 0) {
      at++;
    }
    return at;
  }

  /// Begins with another file.
  void clear() {
    bytes = 0;
  }

  /// So many were passed over.
  ///
  /// @param offset where they stand in the file
  void passed(long offset, int count) {
    firstOffset = bytes == 0 ? offset : firstOffset;
    bytes += count;
    endOffset = offset + count;
  }

  /// Where the first stands that was passed over in the file.
  long firstOffset() {
    return firstOffset;
  }

  /// Behind the last.
  long endOffset() {
    return endOffset;
  }

  /// How many were passed over in the file.
  long bytes() {
    return bytes;
  }
}
