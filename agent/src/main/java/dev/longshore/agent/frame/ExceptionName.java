package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.TypeNames;

/// Tells names of exceptions from other words, by the word alone.
final class ExceptionName {
  private static final byte[] HRESULT = ascii(" (0x");
  private static final byte[] EXCEPTION = ascii("Exception");
  private static final byte[] ERROR = ascii("Error");
  private static final byte[] THROWABLE = ascii("Throwable");

  private ExceptionName() {}

  /// The name of an exception that ends its word: `java.lang.ClassNotFoundException: …`.
  static boolean isHeader(byte[] head, int from, int end) {
    int space = Bytes.indexOf(head, from, end, (byte) ' ');
    int wordEnd = space < 0 ? end : space;
    int nameEnd = head[wordEnd - 1] == ':' ? wordEnd - 1 : wordEnd;
    return (space < 0 || nameEnd < wordEnd || Bytes.startsWith(head, space, end, HRESULT))
        && isType(head, from, nameEnd);
  }

  /// The name of an exception, or of a class that may be one: `feign.Refused$NotFound`,
  /// `OutOfStock`.
  static boolean isType(byte[] head, int from, int end) {
    if (isException(head, from, end)) {
      return true;
    }
    int segment = end;
    int dots = 0;
    boolean nested = false;
    for (int i = end - 1; i >= from; i--) {
      if (head[i] == '.' || head[i] == '$') {
        nested |= head[i] == '$';
        segment = dots++ == 0 ? i + 1 : segment;
      }
    }
    if (dots == 0) {
      return TypeNames.isCamelCase(head, from, end);
    }
    return (dots >= 2 || nested)
        && segment < end
        && head[segment] >= 'A'
        && head[segment] <= 'Z'
        && isName(head, from, end);
  }

  /// Whether the header may as well be a value with its name, `StatusCode: 500`: it has no package,
  /// and doesn't end as the names of exceptions do.
  static boolean mayBeField(byte[] head, int from, int end) {
    int colon = Bytes.indexOf(head, from, end, (byte) ':');
    return colon > from
        && TypeNames.isCamelCase(head, from, colon)
        && !isException(head, from, colon);
  }

  /// A name of letters, digits, dots, `$` and `_` that ends with Exception, Error or Throwable.
  static boolean isException(byte[] head, int from, int end) {
    return (endsWith(head, from, end, EXCEPTION)
            || endsWith(head, from, end, ERROR)
            || endsWith(head, from, end, THROWABLE))
        && isName(head, from, end);
  }

  /// Letters, digits, dots, `$`, `_` and .NET's and Python's `+` and backtick.
  static boolean isName(byte[] head, int from, int end) {
    for (int i = from; i < end; i++) {
      byte b = head[i];
      boolean letter = ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || b < 0;
      if (!letter && b != '.' && b != '$' && b != '_' && b != '+' && b != '`') {
        if (b < '0' || b > '9') {
          return false;
        }
      }
    }
    return end > from;
  }

  static boolean endsWith(byte[] head, int from, int end, byte[] text) {
    return end - from >= text.length && Bytes.startsWith(head, end - text.length, end, text);
  }
}
