package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;

/// The first line of what a runtime prints when it crashes, which is a trace with frames or
/// without: a panic of Rust, an exception that C++ does not catch, the report of a sanitizer or of
/// clojure.main, the place that Node.js or Symfony's console prints. Reused for each message.
final class CrashLine {
  private static final byte[] RUST_THREAD = ascii("thread '");
  private static final byte[] RUST_PANICKED = ascii(" panicked at ");
  private static final byte[] COLOR_EYRE = ascii("The application panicked ");
  private static final int PANIC_BYTES = "panic".length();
  private static final int PANICKED_BYTES = "panicked ".length();
  private static final byte[] TERMINATE = ascii("terminate called after throwing");
  private static final byte[] INSTANCE_OF = ascii("an instance of '");
  private static final byte[] CLOJURE = ascii("Execution error (");
  private static final byte[] CLOJURE_SYNTAX = ascii("Syntax error ");
  private static final byte[] CLOJURE_END = ascii(").");
  private static final byte[] SANITIZER = ascii("==");
  private static final byte[] SANITIZER_ERROR = ascii("==ERROR: ");
  private static final byte[] NODE = ascii("node:");
  private static final byte[] FILE_URL = ascii("file:///");
  private static final byte[] THREAD_DUMP = ascii("Full thread dump ");
  private static final byte[] R_WARNINGS = ascii("Warning message");
  private static final byte[] CARET_LINE = ascii("^\n");
  private static final byte[] SYMFONY = ascii("In ");
  private static final byte[] SYMFONY_END = ascii(".php line ");
  private static final int ABSENT = -1;

  private boolean rust;
  private int typeFrom;
  private int typeTo;

  /// Whether the line `[text, end)` is one.
  ///
  /// @param limit how far the message may be looked at
  /// @param more whether further lines follow
  boolean read(byte[] bytes, int text, int end, int limit, boolean more) {
    rust = false;
    typeFrom = ABSENT;
    if (starts(bytes, text, end, RUST_THREAD)) {
      int panicked = Bytes.indexOf(bytes, text, end, RUST_PANICKED);
      rust = panicked >= 0;
      typeFrom = rust ? panicked + 1 : ABSENT;
      typeTo = typeFrom + PANIC_BYTES;
      return rust;
    }
    if (starts(bytes, text, end, COLOR_EYRE)) {
      typeFrom = text + COLOR_EYRE.length - PANICKED_BYTES;
      typeTo = typeFrom + PANIC_BYTES;
      rust = true;
      return true;
    }
    if (starts(bytes, text, end, CLOJURE)) {
      upTo(bytes, text, end, CLOJURE, (byte) ')');
      return typeFrom >= 0;
    }
    if (starts(bytes, text, end, CLOJURE_SYNTAX)) {
      return more && Bytes.startsWith(bytes, end - 2, end, CLOJURE_END);
    }
    if (starts(bytes, text, end, TERMINATE)) {
      upTo(bytes, text, end, INSTANCE_OF, (byte) '\'');
      return typeFrom >= 0;
    }
    if (starts(bytes, text, end, SANITIZER)) {
      upTo(bytes, text, end, SANITIZER_ERROR, (byte) ':');
      return typeFrom >= 0;
    }
    if (more && isSymfony(bytes, text, end)) {
      boxed(bytes, end, limit);
      return true;
    }
    return more
        && isNodePlace(bytes, text, end)
        && Bytes.indexOf(bytes, end, limit, CARET_LINE) >= 0;
  }

  /// Whether the message is what all threads of a JVM do, above which the time may stand, or R's
  /// warnings, which are numbered as frames are.
  static boolean isNoError(byte[] bytes, int start, int limit) {
    int feed = Bytes.indexOf(bytes, start, limit, (byte) '\n');
    return starts(bytes, start, limit, R_WARNINGS)
        || starts(bytes, start, limit, THREAD_DUMP)
        || (feed > 0 && starts(bytes, feed + 1, limit, THREAD_DUMP));
  }

  /// `In Cart.php line 12:`.
  private static boolean isSymfony(byte[] bytes, int text, int end) {
    if (!starts(bytes, text, end, SYMFONY)) {
      return false;
    }
    int last = bytes[end - 1] == '\r' ? end - 2 : end - 1;
    return bytes[last] == ':' && Bytes.indexOf(bytes, text, end, SYMFONY_END) > 0;
  }

  /// Takes as type what stands first in the box below, `[App\Exception\OutOfStock]`.
  private void boxed(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && bytes[i] >= 0 && bytes[i] <= ' ') {
      i++;
    }
    int close = i < limit && bytes[i] == '[' ? Bytes.indexOf(bytes, i, limit, (byte) ']') : ABSENT;
    if (close > i + 1
        && Bytes.isLetter(bytes[i + 1])
        && Bytes.indexOf(bytes, i + 1, close, (byte) ' ') < 0) {
      typeFrom = i + 1;
      typeTo = close;
    }
  }

  /// Takes as type what follows a phrase, up to a byte.
  private void upTo(byte[] bytes, int text, int end, byte[] phrase, byte last) {
    int at = Bytes.indexOf(bytes, text, end, phrase);
    if (at >= 0) {
      typeFrom = at + phrase.length;
      int to = Bytes.indexOf(bytes, typeFrom, end, last);
      typeTo = to < 0 ? end : to;
    }
  }

  /// `/app/index.js:3`, `node:internal/process/promises:394`.
  private static boolean isNodePlace(byte[] bytes, int text, int end) {
    int digits = end;
    while (digits > text && Bytes.isDigit(bytes[digits - 1])) {
      digits--;
    }
    return digits < end
        && digits > text + 1
        && bytes[digits - 1] == ':'
        && (bytes[text] == '/'
            || starts(bytes, text, end, NODE)
            || starts(bytes, text, end, FILE_URL))
        && Bytes.indexOf(bytes, text, end, (byte) ' ') < 0;
  }

  private static boolean starts(byte[] bytes, int at, int end, byte[] wanted) {
    return Bytes.startsWith(bytes, at, end, wanted);
  }

  boolean isRust() {
    return rust;
  }

  boolean hasType() {
    return typeFrom >= 0;
  }

  int typeFrom() {
    return typeFrom;
  }

  int typeTo() {
    return typeTo;
  }
}
