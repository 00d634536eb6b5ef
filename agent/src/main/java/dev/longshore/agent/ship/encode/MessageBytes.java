package dev.longshore.agent.ship.encode;

import java.util.Arrays;

/// The message of the record at hand: either a view of the block's payload or bytes put together
/// here. Reused for each record.
final class MessageBytes {
  private static final int INITIAL_BYTES = 8 * 1024;

  private byte[] own = new byte[INITIAL_BYTES];
  private byte[] bytes = own;
  private int offset;
  private int length;

  /// Is what stands elsewhere, without a copy.
  void view(byte[] from, int from0, int viewed) {
    bytes = from;
    offset = from0;
    length = viewed;
  }

  /// Is empty, to be appended to.
  void clear() {
    bytes = own;
    offset = 0;
    length = 0;
  }

  void append(byte[] from, int start, int appended) {
    System.arraycopy(from, start, room(appended), length, appended);
    length += appended;
  }

  void append(byte b) {
    room(1)[length++] = b;
  }

  /// Appends what stands between the quotes of a JSON string.
  void appendUnescaped(byte[] from, int start, int end) {
    byte[] target = room(end - start);
    length = JsonStrings.unescape(from, start, end, target, length);
  }

  private byte[] room(int more) {
    if (own.length - length < more) {
      own = Arrays.copyOf(own, Math.max(own.length * 2, length + more));
      bytes = own;
    }
    return own;
  }

  /// Leaves the last byte out when it is `last`.
  void dropLast(byte last) {
    if (length > 0 && bytes[offset + length - 1] == last) {
      length--;
    }
  }

  /// Leaves line feeds at its end out: blank lines behind an event say nothing.
  void dropLineFeeds() {
    while (length > 0 && bytes[offset + length - 1] == '\n') {
      length--;
    }
  }

  /// Makes a carriage return and a line feed at its end, as terminals write them, a line feed.
  void unifyLineEnd() {
    if (length > 1 && bytes[offset + length - 1] == '\n' && bytes[offset + length - 2] == '\r') {
      bytes[offset + length - 2] = '\n';
      length--;
    }
  }

  byte[] bytes() {
    return bytes;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  int end() {
    return offset + length;
  }
}
