package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;
import java.util.Arrays;

/// A stack trace that a JSON body holds as an array, made into text: a line for each element.
///
/// Elements are strings (ECS logging with `stackTraceAsArray`), or objects of class, method, file
/// and line as Log4j's `extendedStackTrace`, Logback's `stepArray`, structlog and Sentry write
/// them; these become `\tat class.method(file:line)`, and what else is in them is passed over.
final class FrameArray {
  private static final byte[] AT = ascii("\tat ");
  private static final byte[] CALL = ascii("at ");
  private static final byte[] CLASS = ascii("class className module");
  private static final byte[] METHOD = ascii("method methodName function name");
  private static final byte[] FILE = ascii("file fileName filename");
  private static final byte[] LINE = ascii("line lineNumber lineno");
  private static final int PARTS = 4;

  private final JsonScanner scanner = new JsonScanner();
  private final int[] from = new int[PARTS];
  private final int[] to = new int[PARTS];

  /// Appends the text of the array `[start, end)`, which is valid JSON.
  void appendTo(MessageBytes text, byte[] bytes, int start, int end) {
    int i = start + 1;
    while (i < end - 1) {
      byte b = bytes[i];
      if (b == '"') {
        int quote = scanner.string(bytes, i + 1, end);
        if (Bytes.startsWith(bytes, i + 1, quote, CALL)) {
          // As the runtime prints its frames: Elasticsearch strips them.
          text.append((byte) '\t');
        }
        text.appendUnescaped(bytes, i + 1, quote);
        text.append((byte) '\n');
        i = quote + 1;
      } else if (b == '{') {
        i = object(bytes, i, end);
        frame(text, bytes);
      } else {
        i++;
      }
    }
    text.dropLast((byte) '\n');
  }

  /// Reads the members of the object at `at`; returns what is behind it.
  private int object(byte[] bytes, int at, int end) {
    Arrays.fill(from, -1);
    int depth = 0;
    int i = at;
    while (i < end) {
      byte b = bytes[i];
      if (b == '{' || b == '[') {
        depth++;
        i++;
      } else if (b == '}' || b == ']') {
        i++;
        if (--depth == 0) {
          return i;
        }
      } else if (b == '"') {
        int quote = scanner.string(bytes, i + 1, end);
        int colon = scanner.blanks(bytes, quote + 1, end);
        if (depth == 1 && colon < end && bytes[colon] == ':') {
          i = member(bytes, i + 1, quote, scanner.blanks(bytes, colon + 1, end), end);
        } else {
          i = quote + 1;
        }
      } else {
        i++;
      }
    }
    return end;
  }

  private int member(byte[] bytes, int key, int keyEnd, int value, int end) {
    int part =
        isOneOf(CLASS, bytes, key, keyEnd)
            ? 0
            : isOneOf(METHOD, bytes, key, keyEnd)
                ? 1
                : isOneOf(FILE, bytes, key, keyEnd)
                    ? 2
                    : isOneOf(LINE, bytes, key, keyEnd) ? 3 : -1;
    if (part < 0 || value >= end) {
      return value;
    }
    if (bytes[value] == '"') {
      int quote = scanner.string(bytes, value + 1, end);
      from[part] = value + 1;
      to[part] = quote;
      return quote + 1;
    }
    int number = scanner.number(bytes, value, end);
    if (number < 0) {
      return value;
    }
    from[part] = value;
    to[part] = number;
    return number;
  }

  private void frame(MessageBytes text, byte[] bytes) {
    text.append(AT, 0, AT.length);
    boolean named = part(text, bytes, 0);
    if (from[1] >= 0) {
      if (named) {
        text.append((byte) '.');
      }
      part(text, bytes, 1);
    }
    text.append((byte) '(');
    if (part(text, bytes, 2) && from[3] >= 0) {
      text.append((byte) ':');
      part(text, bytes, 3);
    }
    text.append((byte) ')');
    text.append((byte) '\n');
  }

  private boolean part(MessageBytes text, byte[] bytes, int part) {
    if (from[part] < 0) {
      return false;
    }
    text.appendUnescaped(bytes, from[part], to[part]);
    return true;
  }

  /// Whether `[from, to)` is one of the words of a list.
  private static boolean isOneOf(byte[] words, byte[] bytes, int from, int to) {
    int start = 0;
    while (start < words.length) {
      int space = Bytes.indexOf(words, start, words.length, (byte) ' ');
      int stop = space < 0 ? words.length : space;
      if (stop - start == to - from && Arrays.equals(words, start, stop, bytes, from, to)) {
        return true;
      }
      start = stop + 1;
    }
    return false;
  }
}
