package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// What single tokens of a line's header are.
final class HeaderToken {
  private static final int MAX_BRACKET_BYTES = 96;
  private static final int SHORTEST_THREAD_BYTES = 8;
  private static final int NANOS_BYTES = ".123456789: ".length();
  private static final int SHORTEST_ADDRESS_BYTES = "1.1.1.1".length();
  private static final int LONGEST_ADDRESS_BYTES = "111.111.111.111 ".length();

  /// Lua's frames of functions that are written in C begin so: `[C]: in function 'error'`.
  private static final byte[] LUA = ascii("]: in ");

  private static final byte[][] NOTHING = {
    ascii("none"), ascii("null"), ascii("nil"), ascii("None"), ascii("false"), ascii("undefined")
  };
  private static final byte[] NOTE = ascii("Note");

  /// SQL Server numbers its errors: `Error: 18456, Severity: 14, State: 38.`
  private static final byte[] SEVERITY = ascii(", Severity: ");

  private static final byte[] MYSQL_CODE = ascii(" [MY-");

  private HeaderToken() {}

  /// `Fail: 0, Pass: 12` counts, and is no level: a number is all that follows the colon, up to a
  /// comma or the line's end, or it is a zero, or a word for nothing.
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
      return isNothing(bytes, i, end);
    }
    boolean zero = i == digits + 1 && bytes[digits] == '0';
    if (Bytes.startsWith(bytes, i, limit, SEVERITY)) {
      return false;
    }
    return i >= end || bytes[i] == ',' || bytes[i] == ';' || bytes[i] == '/' || zero;
  }

  /// Whether blanks set off what stands at `at`: `source > ERROR`.
  static boolean isArrow(byte[] bytes, int at, int limit) {
    return bytes[at - 1] == ' ' && at + 1 < limit && bytes[at + 1] == ' ';
  }

  /// Whether nothing follows but a word for nothing: `error: null`, ` error: none`.
  private static boolean isNothing(byte[] bytes, int from, int end) {
    int to = bytes[end - 1] == '\r' ? end - 1 : end;
    for (byte[] word : NOTHING) {
      if (to - from == word.length && Bytes.startsWith(bytes, from, to, word)) {
        return true;
      }
    }
    return false;
  }

  /// Behind the host and the tag that syslog puts after the time, `host app[12]: `, or `from`.
  ///
  /// @param calendar the time is syslog's, with the month's name; behind another the tag has the
  ///   number of a process
  static int afterSyslogTag(byte[] bytes, int from, int limit, boolean calendar) {
    int host = Bytes.indexOf(bytes, from, limit, (byte) ' ');
    int tag = host < 0 ? -1 : Bytes.indexOf(bytes, host + 1, limit, (byte) ' ');
    boolean stands =
        tag > host + 2
            && bytes[tag - 1] == ':'
            && bytes[host - 1] != ':'
            && (calendar
                ? Level.of(bytes, host + 1, tag - 1) == Level.NONE
                : bytes[tag - 2] == ']' && Bytes.isDigit(bytes[tag - 3]));
    return stands ? tag : from;
  }

  /// Where the word begins with which the second line of an event of java.util.logging or tinylog
  /// begins, `SEVERE: …`, below time, class and method; -1 if there is none.
  static int inSecondLine(byte[] bytes, int from, int limit) {
    int word = Bytes.indexOf(bytes, from, limit, (byte) '\n') + 1;
    int letters = word == 0 ? limit : letters(bytes, word, limit);
    boolean stands = letters < limit && bytes[letters] == ':' && areCapitals(bytes, word, letters);
    return stands ? word : -1;
  }

  /// Whether what follows a letter shows that it is a level. etcd: `2026-11-28 12:00:00.000000 E |
  /// etcdserver: …`; MongoDB up to 4.2: `… E STORAGE [a]`; Android: `… I Cart : …`; TensorFlow: `…
  /// E xla/cuda_dnn.cc:9] …`; Telegraf: `… E! [outputs.a] …`; QuestDB: `… E i.q.c.TableWriter …`;
  /// GlusterFS: `… E [socket.c:3057:connect] …`.
  static boolean isBehindLetter(byte[] bytes, int at, int limit) {
    if (at + 1 >= limit) {
      return false;
    }
    if (bytes[at] == '!') {
      return bytes[at + 1] == ' ';
    }
    return bytes[at] == ' '
        && (bytes[at + 1] == '|'
            || isComponent(bytes, at + 1, limit)
            || isTag(bytes, at + 1, limit)
            || isDotted(bytes, at + 1, limit)
            || isNumbered(bytes, at + 1, limit)
            || isPlace(bytes, at + 1, limit));
  }

  /// Whether a place in a source file and a bracket come next: `xla/cuda_dnn.cc:9261] `.
  private static boolean isPlace(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && bytes[i] > ' ' && bytes[i] != ']') {
      i++;
    }
    int digits = i;
    while (digits > from && Bytes.isDigit(bytes[digits - 1])) {
      digits--;
    }
    return i < limit
        && bytes[i] == ']'
        && digits < i
        && digits - 1 > from
        && bytes[digits - 1] == ':';
  }

  /// Whether brackets with a number behind a colon come next: `[MSGID: 100030]`.
  private static boolean isNumbered(byte[] bytes, int from, int limit) {
    int close = bytes[from] == '[' ? close(bytes, from, limit) : -1;
    int colon = close < 0 ? -1 : Bytes.indexOf(bytes, from, close, (byte) ':');
    return colon > 0
        && (Bytes.isDigit(bytes[colon + 1])
            || (bytes[colon + 1] == ' ' && Bytes.isDigit(bytes[colon + 2])));
  }

  /// Whether a class's name comes next whose packages are single letters: `i.q.c.TableWriter `.
  private static boolean isDotted(byte[] bytes, int from, int limit) {
    return from + 3 < limit
        && bytes[from + 1] == '.'
        && bytes[from + 3] == '.'
        && Bytes.isLetter(bytes[from])
        && Bytes.isLetter(bytes[from + 2]);
  }

  /// Whether a component in capitals comes next, and a context in brackets.
  private static boolean isComponent(byte[] bytes, int blank, int limit) {
    int from = blank;
    while (from < limit && bytes[from] == ' ') {
      from++;
    }
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

  /// Where a level in capitals stands between colons behind a time, as Jetty writes it,
  /// `12:00:01.101:WARN:oejs.Server:main:`, or where the second of several fields begins:
  /// `12:00:01.101,ERROR,shop.Cart`; -1 if neither does.
  static int insideTime(byte[] bytes, int from, int to) {
    for (int i = from; i + 1 < to; i++) {
      byte b = bytes[i];
      if (b == ':' && Bytes.isLetter(bytes[i + 1])) {
        int letters = letters(bytes, i + 1, to);
        boolean capitals = areCapitals(bytes, i + 1, letters);
        return letters < to && bytes[letters] == ':' && capitals ? i + 1 : -1;
      }
      if ((b == ',' || b == ';') && !Bytes.isDigit(bytes[i + 1])) {
        return i + 1;
      }
    }
    return -1;
  }

  /// A letter between brackets that is all there, `[E]`, or next to the time's digits: `[E 261128
  /// 12:00:01 web:3]`, `[2026-11-28 12:00:01,101 E 123 145]`.
  static boolean isLetterLevel(byte[] bytes, int from, int at, int to, int limit) {
    if (Bytes.startsWith(bytes, to, limit, LUA)) {
      return false;
    }
    boolean beforeDigit = at + 2 < to && bytes[at + 1] == ' ' && Bytes.isDigit(bytes[at + 2]);
    boolean behindDigit = at > from + 1 && Bytes.isDigit(bytes[at - 2]);
    return at == from ? to == at + 1 || beforeDigit : behindDigit && beforeDigit;
  }

  /// `[Note]`, and `[System] [MY-010931]`.
  static boolean isMysqlNote(byte[] bytes, int from, int letters, int close, int limit) {
    return Bytes.startsWith(bytes, from, letters, NOTE)
        ? letters - from == NOTE.length
        : Bytes.startsWith(bytes, close + 1, limit, MYSQL_CODE);
  }

  /// Whether what may be a level is a word since it is not in capitals: PostgreSQL and Nest write
  /// `LOG` for information, and `GRAVE` is a level in French and Spanish.
  static boolean isWord(byte[] bytes, int from, int to) {
    byte first = (byte) (bytes[from] | 0x20);
    boolean either = first == 'l' ? to - from == 3 : first == 'g';
    return either && !areCapitals(bytes, from, to);
  }

  /// Whether words between brackets may end or begin there.
  static boolean isBoundary(byte b) {
    return b == ' ' || b == ':' || b == '#' || b == '/' || b == '|' || b == ',' || b == Ansi.ESCAPE;
  }

  /// Whether a name in brackets and a colon come next: `(cart): `, as Zig writes it behind a level,
  /// or `[E0308]: `, as rustc does, or `/cli: `, as Icinga does behind the time.
  ///
  /// @param from where the level begins
  static boolean isScoped(byte[] bytes, int from, int open, int limit) {
    if (open >= limit || bytes[open] != '(') {
      return open < limit
          && (bytes[open] == '['
              ? isRustCode(bytes, open, limit)
              : bytes[open] == '/' && isFacility(bytes, from, open, limit));
    }
    int close = Bytes.indexOf(bytes, open, limit, (byte) ')');
    return close > open + 1
        && close + 2 < limit
        && letters(bytes, open + 1, limit) > open + 1
        && bytes[close + 1] == ':'
        && bytes[close + 2] == ' ';
  }

  private static boolean isFacility(byte[] bytes, int from, int slash, int limit) {
    int to = letters(bytes, slash + 1, limit);
    return from >= 2
        && bytes[from - 2] == ']'
        && to > slash + 1
        && to + 1 < limit
        && bytes[to] == ':'
        && bytes[to + 1] == ' ';
  }

  /// Whether a number of rustc's comes next: `[E0308]: `.
  private static boolean isRustCode(byte[] bytes, int open, int limit) {
    int close = Bytes.indexOf(bytes, open, limit, (byte) ']');
    return close > open + 2
        && bytes[open + 1] == 'E'
        && Bytes.isDigit(bytes[open + 2])
        && close + 1 < limit
        && bytes[close + 1] == ':';
  }

  /// Whether a logger's name, a blank and a colon come next: `cart : `, as Swift writes it behind a
  /// level.
  static boolean isLabel(byte[] bytes, int from, int limit) {
    int blank = Bytes.indexOf(bytes, from, limit, (byte) ' ');
    return blank > from
        && blank + 2 < limit
        && bytes[blank + 1] == ':'
        && bytes[blank + 2] == ' '
        && bytes[blank - 1] != ':';
  }

  /// Whether a word and a colon come next, perhaps with blanks between: `Cart : `.
  private static boolean isTag(byte[] bytes, int from, int limit) {
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

  /// Whether a time with nanoseconds and a colon come before: `12:00:01.101000000: Warning …`, as
  /// Falco writes it.
  static boolean isBehindNanos(byte[] bytes, int at) {
    int dot = at - NANOS_BYTES;
    return dot > 0 && isBehindTag(bytes, at) && bytes[dot] == '.' && Bytes.isDigit(bytes[at - 3]);
  }

  /// Whether a level that follows names, in small letters too, is set off from them: by a colon, by
  /// the number of a process, or, as SQL Server does, by several blanks.
  static boolean isSetOffBefore(byte[] bytes, int at) {
    return isBehindTag(bytes, at)
        || (at >= 2 && bytes[at - 1] == ' ' && (bytes[at - 2] == ']' || bytes[at - 2] == ' '));
  }

  /// Whether a minus and a thread's number are before a one: `7f0a1c000b60 -1 osd.3 …`, which is
  /// how Ceph writes what goes to its log in any case.
  static boolean isCephError(byte[] bytes, int at, int limit) {
    int i = at - 3;
    while (i > 0 && (Bytes.isDigit(bytes[i]) || (bytes[i] >= 'a' && bytes[i] <= 'f'))) {
      i--;
    }
    return at + 1 < limit
        && bytes[at + 1] == ' '
        && bytes[at - 1] == '-'
        && bytes[at - 2] == ' '
        && at - 3 - i >= SHORTEST_THREAD_BYTES
        && bytes[i] == ' ';
  }

  /// Whether a time follows a level between brackets: `[ns_server:error,2026-11-28T12:00:01Z,`, as
  /// Couchbase writes it, or `[error 2026/11/28 12:00:01`, as Geode does.
  static boolean isBeforeTime(byte[] bytes, int from, int to, int limit) {
    if (to + 5 >= limit || !Bytes.isDigit(bytes[to + 1])) {
      return false;
    }
    return bytes[to] == ','
        ? bytes[from - 1] == ':'
        : bytes[to] == ' ' && (bytes[to + 5] == '/' || bytes[to + 5] == '-');
  }

  /// Where the bracket closes that is opened at `open`, or -1.
  static int close(byte[] bytes, int open, int limit) {
    byte wanted =
        switch (bytes[open]) {
          case '[' -> (byte) ']';
          case '(' -> (byte) ')';
          case '{' -> (byte) '}';
          default -> (byte) '>';
        };
    return Bytes.indexOf(bytes, open + 1, Math.min(limit, open + MAX_BRACKET_BYTES), wanted);
  }

  static int tokenEnd(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && bytes[i] > ' ' && bytes[i] != '[' && bytes[i] != '|' && bytes[i] != ']') {
      i++;
    }
    return i;
  }

  /// Whether a colon and a blank come before.
  static boolean isBehindTag(byte[] bytes, int at) {
    return at >= 2 && bytes[at - 1] == ' ' && bytes[at - 2] == ':';
  }

  /// Whether a place in a source file comes next whose begin was cut off: `...text/repo.go:812`.
  static boolean isCut(byte[] bytes, int from, int limit) {
    return from + 3 < limit
        && bytes[from] == '.'
        && bytes[from + 1] == '.'
        && bytes[from + 2] == '.'
        && Bytes.isLetter(bytes[from + 3]);
  }

  /// Whether a key goes on at `from` up to an equals sign: `request_id=`.
  static boolean isKey(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && (Bytes.isLetter(bytes[i]) || bytes[i] == '_' || bytes[i] == '.')) {
      i++;
    }
    return i < limit && bytes[i] == '=';
  }

  /// Whether an address of IPv4 begins the line and a dash follows: a line of the common log
  /// format, which states no level. Most lines of many clusters are such, so that it has no loop
  /// but one.
  static boolean isAccess(byte[] bytes, int from, int limit) {
    int blank =
        Bytes.indexOf(bytes, from, Math.min(limit, from + LONGEST_ADDRESS_BYTES), (byte) ' ');
    return blank - from >= SHORTEST_ADDRESS_BYTES
        && blank + 2 < limit
        && bytes[blank + 1] == '-'
        && bytes[blank + 2] == ' '
        && hasDot(bytes, from + 1)
        && hasDot(bytes, blank - 4);
  }

  private static boolean hasDot(byte[] bytes, int from) {
    return bytes[from] == '.' || bytes[from + 1] == '.' || bytes[from + 2] == '.';
  }

  /// Where capitals behind a token's last colon begin, `log4j:ERROR`, or what else stands there
  /// before a date, `Zigbee2MQTT:error 2026-11-28 12:00:01: …`, or the token's end.
  static int behindColon(byte[] bytes, int from, int to, int limit) {
    int i = to;
    if (isDateNext(bytes, to, limit)) {
      while (i > from && bytes[i - 1] != ':') {
        i--;
      }
    } else {
      while (i > from && (bytes[i - 1] & 0x20) == 0) {
        i--;
      }
    }
    return i > from && bytes[i - 1] == ':' ? i : to;
  }

  /// Whether a date comes next behind one blank or two: `2026-11-28`.
  private static boolean isDateNext(byte[] bytes, int from, int limit) {
    int at = from + 1 < limit && bytes[from + 1] == ' ' ? from + 2 : from + 1;
    return at + 8 < limit
        && bytes[from] == ' '
        && Bytes.isDigit(bytes[at])
        && bytes[at + 4] == '-'
        && bytes[at + 7] == '-';
  }

  /// Whether a word and an exclamation mark come next, as npm writes its level: `npm ERR! …`.
  static boolean isShouted(byte[] bytes, int from, int limit) {
    int letters = letters(bytes, from, limit);
    return letters > from && letters < limit && bytes[letters] == '!';
  }

  /// Whether a separator comes next: what was before it is a name, and no sentence.
  static boolean setOff(byte[] bytes, int from, int limit) {
    return from < limit
        && (bytes[from] == '\t' || (bytes[from] == ' ' && setOffAt(bytes, from + 1, limit)));
  }

  static boolean setOffAt(byte[] bytes, int from, int limit) {
    return dashAt(bytes, from, limit) || (from + 1 < limit && bytes[from] == ' ');
  }

  /// Whether a dash or a bar comes next, set off by blanks.
  static boolean dashAt(byte[] bytes, int from, int limit) {
    int i = from;
    while (i < limit && bytes[i] == ' ') {
      i++;
    }
    return i + 1 < limit && (bytes[i] == '-' || bytes[i] == '|') && bytes[i + 1] == ' ';
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
