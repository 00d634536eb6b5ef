package dev.longshore.agent.tail;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Looks at the beginning of a file: which generation it is, and whether it still is. Owned by the
/// reading thread.
final class Identification {

  /// How much of a run of NUL bytes is skipped in one go.
  private static final int SKIP_BYTES = 64 * 1024;

  private final byte[] skipped = new byte[SKIP_BYTES];
  private final byte[] head = new byte[FirstLine.MAX_BYTES];

  /// The first line, once it is complete or has [FirstLine#MAX_BYTES].
  ///
  /// @param textFrom where the first byte that is not NUL is looked for
  /// @param force whether an incomplete line will do, because nothing more is to come
  @Nullable FirstLine firstLine(Source source, long textFrom, boolean force) throws IOException {
    int length = source.readAt(textFrom, head, 0, head.length);
    for (int i = 0; i < length; i++) {
      if (head[i] == '\n') {
        return FirstLine.of(textFrom, Arrays.copyOf(head, i + 1));
      }
    }
    if (length == head.length || (force && length > 0)) {
      return FirstLine.of(textFrom, Arrays.copyOf(head, length));
    }
    return null;
  }

  /// Goes over NUL bytes: a writer that goes on at its old offset after a truncation leaves a hole.
  ///
  /// @param from up to where it was gone over before; from the start again if the file is another
  ///   by now, that does not begin with such a hole
  /// @return where the first other byte stands, or the end
  long skipNul(Source source, long from) throws IOException {
    long at = from > 0 && isNul(source, 0) && isNul(source, from - 1) ? from : 0;
    while (true) {
      int length = source.readAt(at, skipped, 0, skipped.length);
      int i = 0;
      while (i < length && skipped[i] == 0) {
        i++;
      }
      at += i;
      if (i < length || length == 0) {
        return at;
      }
    }
  }

  private boolean isNul(Source source, long offset) throws IOException {
    return source.readAt(offset, head, 0, 1) == 1 && head[0] == 0;
  }

  /// Whether what is known of the generation still stands in its file: its first line, and where
  /// that has no timestamp, what was read last.
  boolean unchanged(Source source, Generation generation) throws IOException {
    if (!unchanged(source, generation.firstLineOf())) {
      return false;
    }
    int length = generation.lastRead.length;
    return length == 0
        || (source.readAt(generation.readOffset() - length, head, 0, length) == length
            && Arrays.equals(head, 0, length, generation.lastRead, 0, length));
  }

  /// Whether the file still begins as it did when it was identified.
  boolean unchanged(Source source, FirstLine line) throws IOException {
    int length = line.bytes().length;
    return source.readAt(line.offset(), head, 0, length) == length
        && Arrays.equals(head, 0, length, line.bytes(), 0, length);
  }
}
