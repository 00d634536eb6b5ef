package dev.longshore.agent.tail;

import java.io.IOException;
import java.util.Arrays;

/// Bytes of a file, as [Tail#read] gives them; valid until the next one is read. There is one for
/// all files, of the reading thread.
public final class Slice {

  /// What one file may hand over at a time.
  static final int MAX_BYTES = 256 * 1024;

  private final byte[] bytes = new byte[MAX_BYTES];
  private int length;
  private long offset;
  private boolean atEnd;

  Slice() {}

  /// Takes what stands at `at` in the source.
  void load(Source source, long at) throws IOException {
    offset = at;
    length = source.readAt(at, bytes, 0, bytes.length);
    atEnd = false;
  }

  /// The first [#length] of them are those of the file.
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /// Where they stand in the file.
  public long offset() {
    return offset;
  }

  /// No byte will ever follow, or what follows is no part of this: an unterminated last line is to
  /// be consumed too.
  public boolean atEnd() {
    return atEnd;
  }

  void atEnd(boolean last) {
    atEnd = last;
  }

  /// Where the next byte would stand.
  long end() {
    return offset + length;
  }

  /// Whether there may be more behind it.
  boolean isFull() {
    return length == bytes.length;
  }

  /// The last bytes before what follows the first `count` of the slice.
  ///
  /// @param before the last ones before the slice
  /// @param windowBytes how many, at most
  byte[] lastBytes(byte[] before, int count, int windowBytes) {
    int fresh = Math.min(count, windowBytes);
    int kept = Math.min(before.length, windowBytes - fresh);
    byte[] window = Arrays.copyOfRange(before, before.length - kept, before.length + fresh);
    System.arraycopy(bytes, count - fresh, window, kept, fresh);
    return window;
  }
}
