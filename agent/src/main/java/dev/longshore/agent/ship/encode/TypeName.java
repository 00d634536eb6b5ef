package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.TypeNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The name of an exception's type where it stands in a line: `java.io.IOException`, `KeyError`,
/// `App\PaymentException`, `Net::ReadTimeout`. Reused for each line.
final class TypeName {
  private static final int MAX_BYTES = 256;
  private static final int WINDOW_BYTES = 1024;

  private static final List<byte[]> ENDINGS =
      ascii("Exception", "Error", "Throwable", "Failure", "Fault", "Timeout", "Interrupt", "Exit");

  private int from;
  private int to;

  /// Takes the token at `at` when it is the name of a type, followed by a colon, an opening bracket
  /// or the line's end.
  boolean at(byte[] bytes, int at, int lineEnd) {
    int end = tokenEnd(bytes, at, lineEnd);
    if (end - at < 3 || end - at > MAX_BYTES || !followed(bytes, end, lineEnd)) {
      return false;
    }
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
    from = at;
    to = end;
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
            && (end - i > "Exception".length() || followed(bytes, end, limit))) {
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
}
