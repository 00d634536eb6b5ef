package dev.longshore.agent.frame;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;

/// Reads lines as Docker's json-file driver writes them:
/// `{"log":"message\n","stream":"stdout","attrs":{…},"time":"…"}`. Members may come in any order;
/// `log`, `stream` and a valid `time` must be there. One thread.
final class DockerLine {
  /// Docker splits a line after as many bytes of its own, which then don't end with a line feed.
  private static final int SPLIT_BYTES = 16 << 10;

  private static final byte[] LOG = "log\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STREAM = "stream\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TIME = "time\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STDOUT = "stdout\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STDERR = "stderr\"".getBytes(StandardCharsets.US_ASCII);

  private final Rfc3339 time = new Rfc3339();
  private int logStart;
  private int logEnd;

  /// Reads `[from, end)`, which has no line feed.
  void parse(byte[] bytes, int from, int end, Line line) {
    line.unparsed = false;
    line.stream = -1;
    line.timestampNanos = Block.NO_TIMESTAMP;
    logStart = -1;
    if (!members(bytes, from, end, line)
        || logStart < 0
        || line.stream < 0
        || line.timestampNanos == Block.NO_TIMESTAMP) {
      line.whole(bytes, from, end, false);
      return;
    }
    boolean ended = endsWithLineFeed(bytes);
    line.partial =
        !ended
            && logEnd - logStart >= SPLIT_BYTES
            && decodedBytes(bytes, logStart, logEnd) >= SPLIT_BYTES;
    decodeHead(bytes, ended ? logEnd - 2 : logEnd, line);
  }

  private boolean members(byte[] bytes, int from, int end, Line line) {
    int at = blanks(bytes, from, end);
    if (at >= end || bytes[at] != '{') {
      return false;
    }
    at = blanks(bytes, at + 1, end);
    while (at < end && bytes[at] == '"') {
      int name = at + 1;
      int colon = blanks(bytes, stringEnd(bytes, name, end) + 1, end);
      if (colon >= end || bytes[colon] != ':') {
        return false;
      }
      int value = blanks(bytes, colon + 1, end);
      int valueEnd = value < end ? valueEnd(bytes, value, end) : end;
      if (valueEnd >= end) {
        return false;
      }
      if (bytes[value] == '"') {
        member(bytes, name, value + 1, valueEnd, end, line);
      }
      at = blanks(bytes, valueEnd, end);
      if (at < end && bytes[at] == '}') {
        return blanks(bytes, at + 1, end) == end;
      }
      if (at >= end || bytes[at] != ',') {
        return false;
      }
      at = blanks(bytes, at + 1, end);
    }
    return false;
  }

  /// Takes a member whose value is the string `[value, valueEnd - 1)`.
  private void member(byte[] bytes, int name, int value, int valueEnd, int end, Line line) {
    if (Bytes.startsWith(bytes, name, end, LOG)) {
      logStart = value;
      logEnd = valueEnd - 1;
    } else if (Bytes.startsWith(bytes, name, end, STREAM)) {
      line.stream =
          Bytes.startsWith(bytes, value, end, STDOUT)
              ? Block.STDOUT
              : Bytes.startsWith(bytes, value, end, STDERR) ? Block.STDERR : -1;
    } else if (Bytes.startsWith(bytes, name, end, TIME)) {
      long nanos = time.parse(bytes, value, valueEnd - 1);
      boolean whole = nanos != Rfc3339.INVALID && time.end() == valueEnd - 1;
      line.timestampNanos = whole ? nanos : Block.NO_TIMESTAMP;
    }
  }

  /// Where the value that begins at `at` ends: behind its quote, its bracket or its last digit.
  private static int valueEnd(byte[] bytes, int at, int end) {
    if (bytes[at] == '"') {
      return stringEnd(bytes, at + 1, end) + 1;
    }
    int depth = 0;
    int i = at;
    while (i < end) {
      byte b = bytes[i];
      if (b == '"') {
        i = stringEnd(bytes, i + 1, end);
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (depth == 0 && (b == ',' || b == '}')) {
        return i;
      } else if (b == '}' || b == ']') {
        depth--;
      }
      i++;
    }
    return end;
  }

  /// Index of the quote that ends the string which begins at `from`, or `end`.
  private static int stringEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end) {
      int quote = Bytes.indexOf(bytes, at, end, (byte) '"');
      if (quote < 0) {
        return end;
      }
      if (backslashes(bytes, from, quote) % 2 == 0) {
        return quote;
      }
      at = quote + 1;
    }
    return end;
  }

  /// How many backslashes stand directly before `at`.
  private static int backslashes(byte[] bytes, int from, int at) {
    int i = at;
    while (i > from && bytes[i - 1] == '\\') {
      i--;
    }
    return at - i;
  }

  private boolean endsWithLineFeed(byte[] bytes) {
    return logEnd - logStart >= 2
        && bytes[logEnd - 1] == 'n'
        && backslashes(bytes, logStart, logEnd - 1) % 2 == 1;
  }

  private static int decodedBytes(byte[] bytes, int from, int end) {
    int count = 0;
    for (int at = from; at < end; at++, count++) {
      if (bytes[at] == '\\') {
        at++;
        if (at < end && bytes[at] == 'u') {
          int code = hex4(bytes, at + 1, end);
          at += 4;
          // Half of a surrogate pair is half of four bytes.
          count += code < 0x80 ? 0 : code < 0x800 || (code >>> 11) == 0x1b ? 1 : 2;
        }
      }
    }
    return count;
  }

  private void decodeHead(byte[] bytes, int end, Line line) {
    byte[] target = line.decoded;
    int length = 0;
    int at = logStart;
    for (; at < end && length < Line.HEAD_BYTES; at++) {
      byte b = bytes[at];
      if (b == '\\' && at + 1 < end) {
        at++;
        b =
            switch (bytes[at]) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'u' -> {
                int code = hex4(bytes, at + 1, end);
                at += 4;
                yield (byte) (code < 0x80 ? code : '?');
              }
              default -> bytes[at];
            };
      }
      target[length++] = b;
    }
    line.message(target, 0, length);
    line.headIsAll = at >= end;
  }

  private static int hex4(byte[] bytes, int from, int end) {
    int value = 0;
    for (int i = from; i < Math.min(from + 4, end); i++) {
      value = (value << 4) | Math.max(0, Character.digit(bytes[i], 16));
    }
    return value;
  }

  private static int blanks(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
      at++;
    }
    return at;
  }
}
