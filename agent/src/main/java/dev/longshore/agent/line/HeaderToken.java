package dev.longshore.agent.line;

/// What single tokens of a line's header are.
final class HeaderToken {
  private HeaderToken() {}

  /// `Fail: 0, Pass: 12` counts, and is no level: a number is all that follows the colon, up to a
  /// comma or the line's end, or it is a zero.
  static boolean isCount(byte[] bytes, int from, int limit, int end) {
    int i = from;
    while (i < limit && bytes[i] == ' ') {
      i++;
    }
    int digits = i;
    while (i < limit && Bytes.isDigit(bytes[i])) {
      i++;
    }
    if (i == digits) {
      return false;
    }
    boolean zero = i == digits + 1 && bytes[digits] == '0';
    return i >= end || bytes[i] == ',' || bytes[i] == ';' || bytes[i] == '/' || zero;
  }

  /// Behind the host and the tag that syslog puts after the time, `host app[12]: `, or `from`.
  static int afterSyslogTag(byte[] bytes, int from, int limit) {
    int host = Bytes.indexOf(bytes, from, limit, (byte) ' ');
    int tag = host < 0 ? -1 : Bytes.indexOf(bytes, host + 1, limit, (byte) ' ');
    return tag > host + 2 && bytes[tag - 1] == ':' ? tag : from;
  }

  /// Whether a component in capitals comes next, and a context in brackets.
  static boolean isComponent(byte[] bytes, int from, int limit) {
    int to = letters(bytes, from, limit);
    int context = to;
    while (context < limit && bytes[context] == ' ') {
      context++;
    }
    return to - from >= 2
        && areCapitals(bytes, from, to)
        && context > to
        && context < limit
        && bytes[context] == '[';
  }

  /// Where a level in capitals stands between colons behind a time, as Jetty writes it:
  /// `12:00:01.101:WARN:oejs.Server:main:`; -1 if none does.
  static int insideTime(byte[] bytes, int from, int to) {
    for (int i = from; i + 1 < to; i++) {
      if (bytes[i] == ':' && Bytes.isLetter(bytes[i + 1])) {
        int letters = letters(bytes, i + 1, to);
        boolean capitals = areCapitals(bytes, i + 1, letters);
        return letters < to && bytes[letters] == ':' && capitals ? i + 1 : -1;
      }
    }
    return -1;
  }

  /// Whether a word and a colon come next, perhaps with blanks between: `Cart : `.
  static boolean isTag(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && bytes[i] > ' ' && bytes[i] != ':') {
      i++;
    }
    int word = i;
    while (i < limit && bytes[i] == ' ') {
      i++;
    }
    return word > from && i + 1 < limit && bytes[i] == ':' && bytes[i + 1] == ' ';
  }

  /// Whether a word and an exclamation mark come next, as npm writes its level: `npm ERR! …`.
  static boolean isShouted(byte[] bytes, int from, int limit) {
    int letters = letters(bytes, from, limit);
    return letters > from && letters < limit && bytes[letters] == '!';
  }

  /// Whether a token looks like a logger's or a user's name rather than like a word: `shop.cart`,
  /// `user@db`, `worker-3`.
  static boolean isLogger(byte[] bytes, int from, int to) {
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

  static boolean areCapitals(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if ((bytes[i] & 0x20) != 0) {
        return false;
      }
    }
    return true;
  }

  static int letters(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && Bytes.isLetter(bytes[i])) {
      i++;
    }
    return i;
  }
}
