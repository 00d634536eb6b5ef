package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// Tells a name in a line's header, of a program, a host, a thread or a logger, behind which a
/// level may follow, from the first word of a sentence.
final class HeaderName {
  private static final int CLOCK_BYTES = "12:00:01".length();
  private static final int DATE_BYTES = "2026-11-28T".length();
  private static final byte[] MAIN = ascii("main");
  private static final byte[] FATAL_ERROR = ascii("Fatal error: ");
  private static final byte[] PID = ascii("pid ");

  /// Ceph's monitors write `log_channel(cluster) log [WRN] : …`.
  private static final byte[] CEPH_LOG = ascii(" log [");

  private static final byte[] CEPH_PREFIX = ascii("debug 2");
  private static final byte[] CEPH_NAME = ascii("log [");

  private HeaderName() {}

  /// Whether the word in `[from, to)` is a name, by what follows it.
  ///
  /// @param token how many words and brackets are before it
  /// @param time whether a time is before it
  static boolean is(byte[] bytes, int from, int to, int limit, int token, boolean time) {
    if (HeaderToken.setOff(bytes, to, limit)
        || endsTag(bytes, to, limit)
        || ((time || token == 0) && (isLevelNext(bytes, to, limit) || isBeside(bytes, to, limit)))
        || (token == 0 && isClockNext(bytes, to, limit))
        || (time && isBracketNext(bytes, from, to, limit))
        || (time && (isPid(bytes, from, to, limit) || isArrowNext(bytes, to, limit)))) {
      return true;
    }
    return isBeforeLevel(bytes, from, to, limit);
  }

  /// Whether a level in capitals comes next, behind what is a logger's name, or with an exclamation
  /// mark. A level that ends the line is the value of a setting: `log.level: WARN`.
  private static boolean isBeforeLevel(byte[] bytes, int from, int to, int limit) {
    if (to + 1 >= limit || bytes[to] != ' ') {
      return false;
    }
    int level = Ansi.skip(bytes, to + 1, limit);
    int letters = HeaderToken.letters(bytes, level, limit);
    return letters > level
        && HeaderToken.areCapitals(bytes, level, letters)
        && Level.of(bytes, level, letters) != Level.NONE
        && (bytes[to - 1] != ':' || !endsLine(bytes, letters, limit))
        && (isLogger(bytes, from, to) || HeaderToken.isShouted(bytes, to + 1, limit));
  }

  private static boolean endsLine(byte[] bytes, int at, int limit) {
    return at >= limit || bytes[at] == '\n' || bytes[at] == '\r';
  }

  /// Whether a bar sets the name off, `kid1| WARNING: …`, or the number of its process follows,
  /// `shop[12]: ERROR …`, `unbound[7:0] error: …`.
  private static boolean isBeside(byte[] bytes, int to, int limit) {
    if (to + 1 >= limit) {
      return false;
    }
    if (bytes[to] == '|') {
      return bytes[to + 1] == ' ';
    }
    int i = to + 1;
    while (i < limit && (Bytes.isDigit(bytes[i]) || bytes[i] == ':')) {
      i++;
    }
    return bytes[to] == '['
        && i > to + 1
        && i + 1 < limit
        && bytes[i] == ']'
        && (bytes[i + 1] == ':' || bytes[i + 1] == ' ');
  }

  /// Whether a name ends with a colon, and a bracket follows: `nginx: [emerg] …`.
  private static boolean endsTag(byte[] bytes, int end, int limit) {
    return end + 1 < limit && bytes[end - 1] == ':' && bytes[end] == ' ' && bytes[end + 1] == '[';
  }

  /// `source > ERROR …`, of Airbyte.
  private static boolean isArrowNext(byte[] bytes, int end, int limit) {
    return end + 2 < limit && bytes[end] == ' ' && bytes[end + 1] == '>' && bytes[end + 2] == ' ';
  }

  /// `redis 12:00:01.10 INFO ==> …`, of Bitnami's images.
  private static boolean isClockNext(byte[] bytes, int end, int limit) {
    int at = end < limit && bytes[end] == ' ' ? Ansi.skip(bytes, end + 1, limit) : limit;
    return at + CLOCK_BYTES <= limit
        && Bytes.isDigit(bytes[at])
        && bytes[at + 2] == ':'
        && Bytes.isDigit(bytes[at + 3])
        && bytes[at + 5] == ':';
  }

  /// Whether the word is what Ceph's containers put before a time, whatever the level: `debug
  /// 2026-11-28T12:00:01.101+0000 7f0a 0 log_channel(cluster) log [WRN] : …`.
  static boolean isCeph(byte[] bytes, int from, int end, int limit) {
    return Bytes.startsWith(bytes, from, limit, CEPH_PREFIX) && isDateNext(bytes, end, limit);
  }

  /// Whether one blank and a date with a time come next: `2026-11-28T`.
  static boolean isDateNext(byte[] bytes, int end, int limit) {
    int at = end + 1;
    return at + DATE_BYTES <= limit
        && bytes[end] == ' '
        && bytes[at + 4] == '-'
        && bytes[at + 7] == '-'
        && bytes[at + DATE_BYTES - 1] == 'T';
  }

  /// A level behind a colon, as tools of Unix write it: `s6-rc: warning: …`, `general: error: …`.
  private static boolean isLevelNext(byte[] bytes, int end, int limit) {
    if (end + 1 >= limit || !HeaderToken.isBehindTag(bytes, end + 1)) {
      return false;
    }
    if (bytes[end + 1] == 'F' && Bytes.startsWith(bytes, end + 1, limit, FATAL_ERROR)) {
      // Swift: `cart/main.swift:3: Fatal error: …`.
      return true;
    }
    int to = HeaderToken.letters(bytes, end + 1, limit);
    return to + 1 < limit
        && bytes[to] == ':'
        && bytes[to + 1] == ' '
        && Level.of(bytes, end + 1, to) != Level.NONE;
  }

  /// Whether a level between brackets comes next: a letter, ` [E] `, or a word behind what is a
  /// logger's name, `shop.cart [error]: …`.
  private static boolean isBracketNext(byte[] bytes, int from, int to, int limit) {
    if (to + 4 >= limit || bytes[to] != ' ') {
      return false;
    }
    if (bytes[to + 1] != '[') {
      return Bytes.startsWith(bytes, to, limit, CEPH_LOG);
    }
    if (bytes[to + 3] == ']') {
      return bytes[to + 4] == ' ' && Level.ofLetter(bytes[to + 2]) != Level.NONE;
    }
    int letters = HeaderToken.letters(bytes, to + 2, limit);
    return letters < limit
        && bytes[letters] == ']'
        && Level.of(bytes, to + 2, letters) != Level.NONE
        && (isLogger(bytes, from, to) || Bytes.startsWith(bytes, from, limit, CEPH_NAME));
  }

  /// `main pid 12: LOG: …`, of Pgpool.
  private static boolean isPid(byte[] bytes, int from, int to, int limit) {
    boolean pid = Bytes.startsWith(bytes, from, limit, PID);
    int digit = (pid ? from : to + 1) + PID.length;
    return (pid || (to < limit && Bytes.startsWith(bytes, to + 1, limit, PID)))
        && digit < limit
        && Bytes.isDigit(bytes[digit]);
  }

  /// Whether a token looks like a logger's or a user's name rather than like a word: `shop.cart`,
  /// `user@db`, `worker-3`.
  private static boolean isLogger(byte[] bytes, int from, int to) {
    if (to - from == MAIN.length && Bytes.startsWith(bytes, from, to, MAIN)) {
      // The thread's name, as Log4j's own log has it.
      return true;
    }
    for (int i = from; i < to; i++) {
      switch (bytes[i]) {
        case '.', '-', '_', '@', '/', ':' -> {
          return true;
        }
        default -> {
          if (Bytes.isDigit(bytes[i])) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
