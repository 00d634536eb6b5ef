package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Ansi;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.TypeNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The name of an exception's type where it stands in a line: `java.io.IOException`, `KeyError`,
/// `App\PaymentException`, `Net::ReadTimeout`. Reused for each line.
final class TypeName {
  private static final int MAX_BYTES = 256;
  private static final byte[] OBJECT = "[object] (".getBytes(StandardCharsets.US_ASCII);
  private static final int WINDOW_BYTES = 1024;

  private static final List<byte[]> ENDINGS =
      ascii("Exception", "Error", "Throwable", "Failure", "Fault", "Timeout", "Interrupt", "Exit");

  private static final int MOST_COLOUR_BYTES = 12;

  private int from;
  private int to;
  private boolean last;

  /// Takes the token at `at` when it is the name of a type, followed by a colon, an opening bracket
  /// or the line's end.
  boolean at(byte[] bytes, int at, int lineEnd) {
    int end = tokenEnd(bytes, at, lineEnd);
    if (end - at < 3 || end - at > MAX_BYTES || !followed(bytes, end, lineEnd)) {
      return false;
    }
    last = false;
    int segment = lastSegment(bytes, at, end);
    boolean capital = bytes[segment] >= 'A' && bytes[segment] <= 'Z';
    if (!capital || !(segment > at || hasEnding(bytes, segment, end))) {
      return false;
    }
    from = at;
    to = end;
    return true;
  }

  /// Takes the token at `at` when it is of several words, `OutOfStock`, and followed alike: it is a
  /// type if frames follow.
  boolean camelCaseAt(byte[] bytes, int at, int lineEnd) {
    int end = tokenEnd(bytes, at, lineEnd);
    if (end - at > MAX_BYTES
        || !followed(bytes, end, lineEnd)
        || !TypeNames.isCamelCase(bytes, at, end)) {
      return false;
    }
    last = false;
    from = at;
    to = end;
    return true;
  }

  /// Takes the first token in the line that is of several words, or names a nested class, and is
  /// followed by a colon: it is a type if frames follow and no other name is one.
  boolean camelCaseIn(byte[] bytes, int start, int lineEnd) {
    int limit = Math.min(lineEnd, start + WINDOW_BYTES);
    int i = start;
    while (i < limit) {
      int end = tokenEnd(bytes, i, limit);
      if (end + 1 < limit
          && bytes[end] == ':'
          && bytes[end + 1] == ' '
          && (i == start || bytes[i - 1] == ' ')
          && (camelCaseAt(bytes, i, limit)
              || (Bytes.indexOf(bytes, i, end, (byte) '$') > i && at(bytes, i, limit)))) {
        return true;
      }
      i = Math.max(end, i + 1);
    }
    return false;
  }

  /// Takes what stands between brackets at the end of a line, as Ruby prints it, in colours or not:
  /// `… no stock (OutOfStock)`.
  boolean inBrackets(byte[] bytes, int start, int lineEnd) {
    int close = beforeColours(bytes, start, lineEnd) - 1;
    if (close <= start || bytes[close] != ')') {
      return false;
    }
    int open = close;
    while (open > start && bytes[open - 1] != '(') {
      open--;
    }
    int at = Ansi.skip(bytes, open, close);
    int end = at;
    while (end < close && bytes[end] != Ansi.ESCAPE) {
      end++;
    }
    last = at(bytes, at, end) || camelCaseAt(bytes, at, end);
    return last;
  }

  private static int beforeColours(byte[] bytes, int start, int end) {
    int i = end;
    while (i > start && bytes[i - 1] == 'm') {
      int escape = i - 1;
      while (escape > start && escape > i - MOST_COLOUR_BYTES && bytes[escape] != Ansi.ESCAPE) {
        escape--;
      }
      if (bytes[escape] != Ansi.ESCAPE) {
        return i;
      }
      i = escape;
    }
    return i;
  }

  /// Takes the class as which Monolog writes an exception: `[object] (RuntimeException(code: 0):
  /// …`.
  boolean inObject(byte[] bytes, int start, int lineEnd) {
    int object = Bytes.indexOf(bytes, start, lineEnd, OBJECT);
    int name = object + OBJECT.length;
    int open = object < 0 ? -1 : Bytes.indexOf(bytes, name, lineEnd, (byte) '(');
    if (open <= name) {
      return false;
    }
    last = false;
    from = name;
    to = open;
    return true;
  }

  /// Takes the first token in the line that ends as names of exceptions do.
  boolean in(byte[] bytes, int start, int lineEnd) {
    int limit = Math.min(lineEnd, start + WINDOW_BYTES);
    int i = start;
    while (i < limit) {
      if (!Bytes.isLetter(bytes[i])) {
        i++;
        continue;
      }
      int end = tokenEnd(bytes, i, limit);
      if (end - i >= 5 && end - i <= MAX_BYTES && ends(bytes, end, limit)) {
        int segment = lastSegment(bytes, i, end);
        if (bytes[segment] >= 'A'
            && bytes[segment] <= 'Z'
            && hasEnding(bytes, segment, end)
            && (end - i > "Exception".length()
                || followed(bytes, end, limit)
                || (end - i > "Error".length() && isDashed(bytes, end, limit)))) {
          from = i;
          to = end;
          return true;
        }
      }
      i = Math.max(end, i + 1);
    }
    return false;
  }

  private static boolean ends(byte[] bytes, int end, int limit) {
    return end >= limit
        || (bytes[end] <= ' ' && bytes[end] >= 0)
        || ":)]},;\"'".indexOf(bytes[end]) >= 0;
  }

  private static boolean followed(byte[] bytes, int end, int lineEnd) {
    return end >= lineEnd
        || bytes[end] == ':'
        || bytes[end] == ')'
        || bytes[end] == '\r'
        || (bytes[end] == ' '
            && end + 1 < lineEnd
            && (bytes[end + 1] == '[' || bytes[end + 1] == '('));
  }

  /// `KeyError - key not found`: Sinatra writes so.
  private static boolean isDashed(byte[] bytes, int end, int lineEnd) {
    return end + 2 < lineEnd && bytes[end] == ' ' && bytes[end + 1] == '-' && bytes[end + 2] == ' ';
  }

  private static int tokenEnd(byte[] bytes, int at, int limit) {
    int i = at;
    while (i < limit) {
      byte b = bytes[i];
      if (Bytes.isLetter(b) || Bytes.isDigit(b) || b == '_' || b == '$' || b == '\\') {
        i++;
      } else if (b == '.' && i + 1 < limit && Bytes.isLetter(bytes[i + 1])) {
        i++;
      } else if (b == ':' && i + 2 < limit && bytes[i + 1] == ':' && Bytes.isLetter(bytes[i + 2])) {
        i += 2;
      } else {
        break;
      }
    }
    return i;
  }

  /// Where the last segment begins; an anonymous class of Java's or Scala's is named by the one
  /// around it: `HttpErrorHandlerExceptions$$anon$1`.
  private static int lastSegment(byte[] bytes, int at, int end) {
    for (int i = end - 2; i >= at; i--) {
      if (bytes[i] == '.' || bytes[i] == '\\' || bytes[i] == ':' || bytes[i] == '$') {
        if (bytes[i] != '$' || (bytes[i + 1] >= 'A' && bytes[i + 1] <= 'Z')) {
          return i + 1;
        }
      }
    }
    return at;
  }

  private static boolean hasEnding(byte[] bytes, int from, int end) {
    for (int i = 0; i < ENDINGS.size(); i++) {
      byte[] ending = ENDINGS.get(i);
      if (end - from >= ending.length
          && Bytes.startsWith(bytes, end - ending.length, end, ending)) {
        return true;
      }
    }
    return false;
  }

  private static List<byte[]> ascii(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.US_ASCII)).toList();
  }

  /// Where the name that was taken begins.
  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /// Whether it was found by [#inBrackets].
  boolean isLast() {
    return last;
  }
}
