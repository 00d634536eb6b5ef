package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;

/// A line as Docker's json-file driver writes it: `{"log":"…\n","stream":"stdout","time":"…"}`,
/// with its members in any order and others between them. Reused for each line.
final class DockerLine {
  private static final byte[] LOG = "log".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TIME = "time".getBytes(StandardCharsets.US_ASCII);

  private int logStart;
  private int logEnd;
  private int timeStart;
  private int timeEnd;

  /// Finds log and time in the line in `[from, to)`.
  ///
  /// @return false when it is no JSON object with a string `log`
  boolean read(byte[] bytes, int from, int to) {
    logStart = -1;
    timeStart = -1;
    timeEnd = -1;
    int i = blanks(bytes, from, to);
    if (i >= to || bytes[i] != '{') {
      return false;
    }
    do {
      int key = blanks(bytes, i + 1, to);
      int keyEnd = string(bytes, key, to);
      if (keyEnd < 0) {
        return false;
      }
      int colon = blanks(bytes, keyEnd + 1, to);
      if (colon >= to || bytes[colon] != ':') {
        return false;
      }
      int value = blanks(bytes, colon + 1, to);
      int valueEnd = value(bytes, value, to);
      if (valueEnd < 0) {
        return false;
      }
      if (bytes[value] == '"') {
        take(bytes, key + 1, keyEnd, value + 1, valueEnd - 1);
      }
      i = blanks(bytes, valueEnd, to);
    } while (i < to && bytes[i] == ',');
    return i < to && bytes[i] == '}' && logStart >= 0;
  }

  private void take(byte[] bytes, int key, int keyEnd, int value, int valueEnd) {
    int length = keyEnd - key;
    if (length == LOG.length && Bytes.startsWith(bytes, key, keyEnd, LOG)) {
      logStart = value;
      logEnd = valueEnd;
    } else if (length == TIME.length && Bytes.startsWith(bytes, key, keyEnd, TIME)) {
      timeStart = value;
      timeEnd = valueEnd;
    }
  }

  private static int blanks(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r')) {
      i++;
    }
    return i;
  }

  /// Where the string that begins at `from` has its closing quote, or -1.
  private static int string(byte[] bytes, int from, int to) {
    if (from >= to || bytes[from] != '"') {
      return -1;
    }
    for (int i = from + 1; i < to; i++) {
      byte b = bytes[i];
      if (b == '\\') {
        i++;
      } else if (b == '"') {
        return i;
      }
    }
    return -1;
  }

  /// Where the value that begins at `from` has ended, or -1.
  private static int value(byte[] bytes, int from, int to) {
    int depth = 0;
    for (int i = from; i < to; i++) {
      switch (bytes[i]) {
        case '"' -> {
          i = string(bytes, i, to);
          if (i < 0) {
            return -1;
          }
          if (depth == 0) {
            return i + 1;
          }
        }
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (depth == 0) {
            return i;
          }
          depth--;
          if (depth == 0) {
            return i + 1;
          }
        }
        case ',' -> {
          if (depth == 0) {
            return i;
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  /// Where the inside of `log` begins, still in its escapes.
  int logStart() {
    return logStart;
  }

  int logEnd() {
    return logEnd;
  }

  /// Where the time begins, or -1.
  int timeStart() {
    return timeStart;
  }

  int timeEnd() {
    return timeEnd;
  }
}
