package dev.longshore.agent.line;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// `log.level` as documents have it: ECS, lower case, six names. What other systems name is mapped
/// to the nearest: notice is info; critical, alert, emergency and panic are fatal.
@SuppressWarnings("ImmutableEnumChecker") // the array is written out and never changed
public enum Level {
  NONE,
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR,
  FATAL;

  private static final int LONGEST_WORD = 13;
  private static final byte[] JSON_ESCAPE = "\\u001b".getBytes(StandardCharsets.US_ASCII);

  /// zap's name of a level below debug, `Level(-3)`.
  private static final byte[] ZAP_NUMBER = "Level(-".getBytes(StandardCharsets.US_ASCII);

  private static final Word[][] WORDS = new Word[LONGEST_WORD + 1][0];
  private static final Level[] SYSLOG = {FATAL, FATAL, FATAL, ERROR, WARN, INFO, INFO, DEBUG};
  private static final Level[] TENS = {TRACE, DEBUG, INFO, WARN, ERROR, FATAL};
  private static final Level[] HUNDREDS = {DEBUG, INFO, WARN, ERROR, FATAL, FATAL};

  static {
    words(TRACE, "trace", "trce", "trc", "verbose", "vrb", "finest", "finer", "silly");
    words(DEBUG, "debug", "dbug", "dbg", "debu", "debg", "fine");
    words(INFO, "info", "inf", "information", "informational", "notice", "noti", "success", "log");
    words(WARN, "warn", "warning", "wrn");
    words(ERROR, "error", "err", "erro", "eror", "severe", "fail");
    words(
        FATAL,
        "fatal",
        "fata",
        "ftl",
        "pnc",
        "crit",
        "critical",
        "alert",
        "panic",
        "dpanic",
        "pani");
    words(FATAL, "emerg", "emergency");
    // Where java.util.logging, PostgreSQL and others speak German, French, Italian, Spanish.
    words(INFO, "hinweis", "infos", "informazioni");
    words(WARN, "warnung", "avertissement", "avvertenza", "advertencia", "aviso");
    words(ERROR, "fehler", "schwerwiegend", "erreur", "errore", "grave");
    words(FATAL, "panik");
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
  public static Level of(byte[] bytes, int from, int to) {
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

  /// The level that a value states, in any case, or NONE: a word that may have a terminal's colours
  /// around it (as they are, or as JSON escapes them) or slog's offset behind it (`ERROR+2`).
  public static Level ofText(byte[] bytes, int from, int to) {
    int start = from;
    while (start < to && !Bytes.isLetter(bytes[start])) {
      start = isColour(bytes, start, to) ? colourEnd(bytes, start, to) : start + 1;
    }
    int stop = start;
    while (stop < to && Bytes.isLetter(bytes[stop])) {
      stop++;
    }
    boolean ended =
        stop == to
            || isColour(bytes, stop, to)
            || bytes[stop] == ' '
            || bytes[stop] == ']'
            || bytes[stop] == ':'
            || ((bytes[stop] == '+' || bytes[stop] == '-') && stop + 1 < to);
    if (ended) {
      boolean letter = stop - start == 1 && stop == to;
      return letter ? ofLetter(bytes[start]) : of(bytes, start, stop);
    }
    return Bytes.startsWith(bytes, start, to, ZAP_NUMBER) ? DEBUG : NONE;
  }

  private static boolean isColour(byte[] bytes, int at, int to) {
    return bytes[at] == 0x1b || Bytes.startsWith(bytes, at, to, JSON_ESCAPE);
  }

  private static int colourEnd(byte[] bytes, int at, int to) {
    int letter = Bytes.indexOf(bytes, at, to, (byte) 'm');
    return letter < 0 ? to : letter + 1;
  }

  /// The level that a letter stands for, as klog, etcd and MongoDB write it, or NONE.
  public static Level ofLetter(byte letter) {
    return switch (letter) {
      case 'F', 'C' -> FATAL;
      case 'E' -> ERROR;
      case 'W' -> WARN;
      case 'I', 'N' -> INFO;
      case 'D' -> DEBUG;
      case 'T' -> TRACE;
      default -> NONE;
    };
  }

  /// The level of a numeric severity: 0 to 7 are syslog's (RFC 5424), 10 to 60 are bunyan's and
  /// pino's, 100 to 600 Monolog's.
  public static Level ofNumber(int severity) {
    if (severity >= 0 && severity < SYSLOG.length) {
      return SYSLOG[severity];
    }
    if (severity >= 10 && severity < 70) {
      return TENS[severity / 10 - 1];
    }
    if (severity >= 100 && severity < 700) {
      return HUNDREDS[severity / 100 - 1];
    }
    return NONE;
  }

  /// The level of a severity of OpenTelemetry's logs: four numbers for each, from 1 on.
  public static Level ofOpenTelemetry(int severity) {
    return severity >= 1 && severity <= 4 * TENS.length ? TENS[(severity - 1) / 4] : NONE;
  }

  public boolean atLeastError() {
    return this == ERROR || this == FATAL;
  }

  /// The name in ASCII; never changed.
  @SuppressWarnings("MutableMethodReturnType")
  public byte[] text() {
    return text;
  }
}
