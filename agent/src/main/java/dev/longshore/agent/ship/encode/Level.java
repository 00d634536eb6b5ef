package dev.longshore.agent.ship.encode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// `log.level` as documents have it: ECS, lower case, six names. What other systems name is mapped
/// to the nearest: notice is info; critical, alert, emergency and panic are fatal.
@SuppressWarnings("ImmutableEnumChecker") // the array is written out and never changed
enum Level {
  NONE,
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR,
  FATAL;

  private static final int LONGEST_WORD = 13;
  private static final Word[][] WORDS = new Word[LONGEST_WORD + 1][0];
  private static final Level[] SYSLOG = {FATAL, FATAL, FATAL, ERROR, WARN, INFO, INFO, DEBUG};
  private static final Level[] TENS = {TRACE, DEBUG, INFO, WARN, ERROR, FATAL};

  static {
    words(TRACE, "trace", "trce", "trc", "verbose", "vrb", "finest", "finer");
    words(DEBUG, "debug", "dbug", "dbg", "debu", "fine");
    words(INFO, "info", "inf", "information", "informational", "notice");
    words(WARN, "warn", "warning", "wrn");
    words(ERROR, "error", "err", "erro", "eror", "severe", "fail");
    words(FATAL, "fatal", "fata", "ftl", "crit", "critical", "alert", "panic", "dpanic", "pani");
    words(FATAL, "emerg", "emergency");
  }

  private final byte[] text = name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);

  /// A word that means a level, eight letters of it in one number.
  private record Word(long head, Level level) {}

  private static void words(Level level, String... words) {
    for (String word : words) {
      byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
      Word[] same = WORDS[bytes.length];
      Word[] longer = Arrays.copyOf(same, same.length + 1);
      longer[same.length] = new Word(head(bytes, 0, bytes.length), level);
      WORDS[bytes.length] = longer;
    }
  }

  /// The level that a word means, in any case, or NONE. Of words longer than eight letters only the
  /// first eight and the length are compared: no other word of those lengths begins like them.
  static Level of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length < 3 || length > LONGEST_WORD) {
      return NONE;
    }
    Word[] candidates = WORDS[length];
    if (candidates.length == 0) {
      return NONE;
    }
    long head = head(bytes, from, to);
    for (Word word : candidates) {
      if (word.head == head) {
        return word.level;
      }
    }
    return NONE;
  }

  private static long head(byte[] bytes, int from, int to) {
    long head = 0;
    int end = Math.min(to, from + 8);
    for (int i = from; i < end; i++) {
      head = (head << 8) | ((bytes[i] | 0x20) & 0xff);
    }
    return head;
  }

  /// The level of a numeric severity: 0 to 7 are syslog's (RFC 5424), 10 to 60 are bunyan's and
  /// pino's.
  static Level ofNumber(int severity) {
    if (severity >= 0 && severity < SYSLOG.length) {
      return SYSLOG[severity];
    }
    if (severity >= 10 && severity < 70) {
      return TENS[severity / 10 - 1];
    }
    return NONE;
  }

  boolean atLeastError() {
    return this == ERROR || this == FATAL;
  }

  /// The name in ASCII; never changed.
  @SuppressWarnings("MutableMethodReturnType")
  byte[] text() {
    return text;
  }
}
