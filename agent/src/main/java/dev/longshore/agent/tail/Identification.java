package dev.longshore.agent.tail;

import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.TailChecksum;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Looks at the beginning of a file: which generation it is, and whether it still is. Owned by the
/// reading thread.
final class Identification {

  /// How many NUL bytes are read over in one go, at the most: some milliseconds. A hole of the file
  /// system costs nothing.
  static final long SKIP_BYTES = 4 * 1024 * 1024;

  private static final int CHUNK_BYTES = 64 * 1024;

  private final byte[] skipped = new byte[CHUNK_BYTES];
  private final byte[] head = new byte[FirstLine.MAX_BYTES];

  /// The first line that is not blank, once it is complete or has [FirstLine#MAX_BYTES]. Runtimes
  /// are known to leave empty lines at a file's begin, and editors a byte order mark; these tell
  /// nothing of a file.
  ///
  /// @param textFrom where the first byte that is not NUL is looked for
  /// @param force whether an incomplete line will do, because nothing more is to come
  @Nullable FirstLine firstLine(Source source, long textFrom, boolean force) throws IOException {
    int length = source.readAt(textFrom, head, 0, head.length);
    int from = afterBlankLines(length);
    for (int i = from; i < length; i++) {
      if (head[i] == '\n') {
        return FirstLine.of(textFrom + from, Arrays.copyOfRange(head, from, i + 1));
      }
    }
    if (length == head.length || (force && length > 0)) {
      int begin = from < length ? from : 0;
      return FirstLine.of(textFrom + begin, Arrays.copyOfRange(head, begin, length));
    }
    return null;
  }

  private int afterBlankLines(int length) {
    int from = isByteOrderMark(length) ? 3 : 0;
    for (int i = from; i < length; i++) {
      if (head[i] == '\n') {
        from = i + 1;
      } else if (head[i] != '\r' && head[i] != ' ' && head[i] != 0) {
        return from;
      }
    }
    return from;
  }

  private boolean isByteOrderMark(int length) {
    return length >= 3
        && head[0] == (byte) 0xef
        && head[1] == (byte) 0xbb
        && head[2] == (byte) 0xbf;
  }

  /// Where text may begin, and whether it is known that it does.
  ///
  /// @param offset of the first byte that is not NUL, or the end; if not `complete`, up to where
  ///   there is none
  /// @param complete false when [#SKIP_BYTES] were read over and there may be more
  record Start(long offset, boolean complete) {}

  /// Goes over NUL bytes: a writer that goes on at its old offset after a truncation leaves a hole.
  ///
  /// @param from up to where it was gone over before; from the start again if the file is another
  ///   by now, that does not begin with such a hole
  Start skipNul(Source source, long from) throws IOException {
    long at = from > 0 && stillNul(source, from) ? from : 0;
    long read = 0;
    while (read < SKIP_BYTES) {
      int length = source.readAt(at, skipped, 0, skipped.length);
      int nul = leadingNul(length);
      at += nul;
      read += length;
      if (nul < length || length == 0) {
        return new Start(at, true);
      }
      at = overHole(source, at);
    }
    return new Start(at, false);
  }

  private int leadingNul(int length) {
    int nul = 0;
    while (nul < length && skipped[nul] == 0) {
      nul++;
    }
    return nul;
  }

  /// Where data begins behind a hole. Of a file that is being written the file system may name a
  /// place behind the first data, which it has in memory alone: what stands before that place is
  /// looked at, and is no hole then.
  private long overHole(Source source, long at) throws IOException {
    long data = source.dataAt(at);
    int before = (int) Math.min(data - at, skipped.length);
    if (before <= 0) {
      return at;
    }
    int length = source.readAt(data - before, skipped, 0, before);
    return leadingNul(length) == before ? data : at;
  }

  /// A compressed file does not change, and going back in it would cost all that was inflated.
  private boolean stillNul(Source source, long from) throws IOException {
    return source instanceof GzipSource || (isNul(source, 0) && isNul(source, from - 1));
  }

  private boolean isNul(Source source, long offset) throws IOException {
    return source.readAt(offset, head, 0, 1) == 1 && head[0] == 0;
  }

  /// Whether what is known of the generation still stands in its file: its first line, and where
  /// that has no timestamp, what was read last.
  boolean unchanged(Source source, Generation generation) throws IOException {
    return unchanged(source, generation.firstLineOf())
        && (generation.firstLineOf().hasTimestamp()
            || stands(
                source, generation.readOffset() - generation.lastRead.length, generation.lastRead));
  }

  /// Whether a file holds these bytes; also where that can't be told, because the disk can't read
  /// what stands there and it is passed over.
  private boolean stands(Source source, long offset, byte[] bytes) throws IOException {
    long passedOver = source.passedOverBytes();
    int length = source.readAt(offset, head, 0, bytes.length);
    return source.passedOverBytes() > passedOver
        || (length == bytes.length && Arrays.equals(head, 0, length, bytes, 0, length));
  }

  /// Whether the file holds what was read of a generation when its position was committed: it is
  /// not shorter, and the bytes before that are the same. Of a compressed file this is taken for
  /// granted: nobody writes to it, and to look would be to decompress it.
  boolean holds(Source source, Position committed) throws IOException {
    if (source instanceof GzipSource) {
      return true;
    }
    long readTo = Math.max(committed.stdout(), committed.stderr());
    if (source.sizeBytes() < Math.max(readTo, committed.tailOffset())) {
      return false;
    }
    if (!committed.hasTail()) {
      return true;
    }
    byte[] window = beforeIfReadable(source, committed.tailOffset());
    // Where the disk can't read it, nothing refutes what was committed.
    return window.length == 0 || matches(committed, window);
  }

  /// Where the bytes begin by which a position is checked.
  static long tailStart(Position committed) {
    return TailChecksum.windowStart(committed.tailOffset());
  }

  /// Whether the bytes of the file at the position's checksum are those that were read there.
  ///
  /// @param committed has a checksum
  boolean holdsTail(Source source, Position committed) throws IOException {
    return matches(committed, before(source, committed.tailOffset()));
  }

  private static boolean matches(Position committed, byte[] window) {
    TailChecksum tail = new TailChecksum();
    tail.startAt(committed.tailOffset() - window.length);
    tail.update(window, 0, window.length);
    return tail.isComplete() && tail.matches(committed);
  }

  /// The bytes before an offset: [TailChecksum#WINDOW_BYTES], or all that stand there.
  byte[] before(Source source, long offset) throws IOException {
    long from = TailChecksum.windowStart(offset);
    int wanted = (int) (offset - from);
    int length = source.readAt(from, head, 0, wanted);
    return length == wanted ? Arrays.copyOf(head, length) : new byte[0];
  }

  /// The same; none where the disk can't read them.
  byte[] beforeIfReadable(Source source, long offset) {
    try {
      return before(source, offset);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  /// Whether the file still begins as it did when it was identified.
  boolean unchanged(Source source, FirstLine line) throws IOException {
    return stands(source, line.offset(), line.bytes());
  }
}
