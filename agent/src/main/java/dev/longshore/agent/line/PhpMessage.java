package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// The kind that PHP puts before its messages: `PHP Fatal error: …` in its log, and `Fatal error:
/// …`, which Go and compilers write too.
final class PhpMessage {
  private static final byte[] PREFIX = ascii("PHP ");

  /// Lower case; each is followed by a colon.
  private static final byte[][] KINDS = {
    ascii("fatal error"),
    ascii("parse error"),
    ascii("recoverable fatal error"),
    ascii("warning"),
    ascii("notice"),
    ascii("deprecated"),
  };

  private static final Level[] LEVELS = {
    Level.FATAL, Level.FATAL, Level.FATAL, Level.WARN, Level.INFO, Level.WARN
  };

  /// As many of the kinds are known without the prefix: errors of two words.
  private static final int KNOWN_ALONE = 3;

  private PhpMessage() {}

  /// Where the colon follows the kind of the message that begins at `from`, or -1.
  static int colon(byte[] bytes, int from, int end) {
    int kind = kind(bytes, from, end);
    return kind < 0 ? -1 : text(bytes, from, end) + KINDS[kind].length;
  }

  /// The level that the kind means; only where there is one.
  static Level level(byte[] bytes, int from, int end) {
    return LEVELS[kind(bytes, from, end)];
  }

  private static int text(byte[] bytes, int from, int end) {
    return Bytes.startsWith(bytes, from, end, PREFIX) ? from + PREFIX.length : from;
  }

  private static int kind(byte[] bytes, int from, int end) {
    int text = text(bytes, from, end);
    int known = text > from ? KINDS.length : KNOWN_ALONE;
    for (int kind = 0; kind < known; kind++) {
      if (isKind(KINDS[kind], bytes, text, end)) {
        return kind;
      }
    }
    return -1;
  }

  private static boolean isKind(byte[] kind, byte[] bytes, int at, int end) {
    if (end - at <= kind.length || bytes[at + kind.length] != ':') {
      return false;
    }
    for (int i = 0; i < kind.length; i++) {
      if ((bytes[at + i] | 0x20) != kind[i]) {
        return false;
      }
    }
    return true;
  }
}
