package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;

/// A line as containerd and CRI-O write it: `<RFC 3339 time> <stdout|stderr> <P|F>[:tags]
/// <content>` (Kubernetes' CRI logging format). Reused for each line.
final class CriLine {
  private static final int SHORTEST_TIME = "2026-11-23T05:48:55Z".length();
  private static final int LONGEST_TIME = "2026-11-23T05:48:55.123456789+01:00".length();
  private static final int STREAM_BYTES = "stdout ".length();

  private int timeBytes;
  private int content;
  private boolean partial;

  /// Reads the prefix of the line in `[from, to)`, which is without its line feed.
  ///
  /// @return false when it has none
  boolean read(byte[] bytes, int from, int to) {
    int i = from + SHORTEST_TIME - 1;
    if (to - from < SHORTEST_TIME + STREAM_BYTES + 2
        || bytes[from + 10] != 'T'
        || bytes[from + 4] != '-'
        || bytes[from + 13] != ':'
        || !Bytes.isDigit(bytes[from])) {
      return false;
    }
    int latest = Math.min(from + LONGEST_TIME, to - STREAM_BYTES - 2);
    while (i <= latest && bytes[i] != ' ') {
      i++;
    }
    if (i > latest) {
      return false;
    }
    timeBytes = i - from;
    if (!isStream(bytes, i + 1)) {
      return false;
    }
    i += 1 + STREAM_BYTES;
    byte tag = bytes[i++];
    if (tag != 'P' && tag != 'F') {
      return false;
    }
    partial = tag == 'P';
    if (i < to && bytes[i] != ' ') {
      if (bytes[i] != ':') {
        return false;
      }
      int blank = Bytes.indexOf(bytes, i, to, (byte) ' ');
      i = blank < 0 ? to : blank;
    }
    content = Math.min(i + 1, to);
    return true;
  }

  private static boolean isStream(byte[] bytes, int at) {
    if (bytes[at] != 's' || bytes[at + 1] != 't' || bytes[at + 2] != 'd' || bytes[at + 6] != ' ') {
      return false;
    }
    boolean out = bytes[at + 3] == 'o' && bytes[at + 4] == 'u' && bytes[at + 5] == 't';
    boolean err = bytes[at + 3] == 'e' && bytes[at + 4] == 'r' && bytes[at + 5] == 'r';
    return out || err;
  }

  /// Length of the time, which is at the line's beginning.
  int timeBytes() {
    return timeBytes;
  }

  /// Where the content begins.
  int content() {
    return content;
  }

  /// Whether the next line of the stream goes on with this one.
  boolean partial() {
    return partial;
  }
}
