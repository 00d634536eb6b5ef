package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;

/// The line with which Go begins to crash, for its type: `panic: runtime error: …` is of the type
/// `runtime error`, `panic: main.Refused{…}` of `main.Refused`, any other `panic`; `fatal error: …`
/// is of itself. Reused for each line.
final class GoPanic {
  private static final byte[] PANIC = ascii("panic: ");
  private static final byte[] FATAL_ERROR = ascii("fatal error: ");
  private static final byte[] RUNTIME_ERROR = ascii("runtime error");
  private static final byte[] PANIC_SERVING = ascii(": panic serving ");
  private static final byte[] COLON = ascii(": ");

  private int typeFrom;
  private int typeTo;

  /// Whether the line `[text, end)` is one.
  boolean read(byte[] bytes, int text, int end) {
    if (Bytes.startsWith(bytes, text, end, FATAL_ERROR)) {
      type(text, text + FATAL_ERROR.length - COLON.length);
      return true;
    }
    int serving = Bytes.indexOf(bytes, text, end, PANIC_SERVING);
    int reason =
        serving < 0 ? -1 : Bytes.indexOf(bytes, serving + PANIC_SERVING.length, end, COLON);
    if (reason < 0 && !Bytes.startsWith(bytes, text, end, PANIC)) {
      return false;
    }
    int what = reason >= 0 ? reason + COLON.length : text + PANIC.length;
    if (Bytes.startsWith(bytes, what, end, RUNTIME_ERROR)) {
      type(what, what + RUNTIME_ERROR.length);
      return true;
    }
    while (what < end && (bytes[what] == '(' || bytes[what] == '*' || bytes[what] == '&')) {
      what++;
    }
    int i = what;
    boolean dot = false;
    while (i < end && (Bytes.isLetter(bytes[i]) || Bytes.isDigit(bytes[i]) || isJoin(bytes[i]))) {
      dot |= bytes[i] == '.';
      i++;
    }
    if (dot && i < end && (bytes[i] == '{' || bytes[i] == ')' || bytes[i] == '(')) {
      type(what, i);
    } else {
      int word = reason >= 0 ? serving + COLON.length : text;
      type(word, word + PANIC.length - COLON.length);
    }
    return true;
  }

  private static boolean isJoin(byte b) {
    return b == '_' || b == '.';
  }

  private void type(int from, int to) {
    typeFrom = from;
    typeTo = to;
  }

  int typeFrom() {
    return typeFrom;
  }

  int typeTo() {
    return typeTo;
  }
}
