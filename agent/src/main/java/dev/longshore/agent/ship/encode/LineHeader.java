package dev.longshore.agent.ship.encode;

import java.nio.charset.StandardCharsets;

/// What stands before the words of a text line: time, level, thread, logger; read for the level and
/// for where the words begin. Reused for each line.
///
/// Known are klog and glog (`E1123 05:48:55.123456 …`), syslog's `<3>`, logfmt (`level=error`), and
/// a level word that stands alone in brackets, in capitals, or first with a colon, where only
/// times, brackets, separators and names set off by separators come before it. A word inside a
/// sentence is no level. The look is bounded by [#WINDOW_BYTES], and ends at the first word that is
/// none of these.
final class LineHeader {
  private static final int WINDOW_BYTES = 256;
  private static final int LOGFMT_WINDOW_BYTES = 2048;
  private static final int MAX_TOKENS = 14;
  private static final int MAX_BRACKET_BYTES = 96;
  private static final int MAX_NAMES = 2;

  private static final byte[] CALENDAR =
      ("jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun utc gmt cet est "
              + "pst ")
          .getBytes(StandardCharsets.US_ASCII);

  private Level level = Level.NONE;
  private int words;
  private int wordsEnd;

  private byte[] bytes = new byte[0];
  private int limit;
  private int end;

  /// Reads the line or lines in `[from, to)`.
  void read(byte[] line, int from, int to) {
    bytes = line;
    end = to;
    limit = Math.min(to, from + WINDOW_BYTES);
    level = Level.NONE;
    words = from;
    wordsEnd = to;
    int i = blanks(from);
    if (i >= limit) {
      return;
    }
    byte first = bytes[i];
    if (first == '{') {
      return;
    }
    if ((first == '<' && syslog(i)) || (first >= 'D' && first <= 'W' && klog(i))) {
      return;
    }
    tokens(i);
  }

  private void tokens(int from) {
    int i = from;
    int names = 0;
    boolean time = false;
    for (int token = 0; token < MAX_TOKENS && i < limit; token++) {
      i = separators(i);
      if (i >= limit) {
        return;
      }
      byte b = bytes[i];
      if (b == '[' || b == '(' || b == '<') {
        int close = close(i);
        if (close < 0 || (b != '(' && bracket(i + 1, close))) {
          return;
        }
        i = close + 1;
      } else if (Words.isDigit(b)) {
        i = tokenEnd(i);
        time = true;
      } else if (Words.isLetter(b)) {
        int letters = letters(i);
        byte after = letters < end ? bytes[letters] : (byte) '\n';
        if (after == '=' || ((after == '_' || after == '.') && isKey(letters))) {
          logfmt(i);
          return;
        }
        if (word(i, letters, after, time, names)) {
          return;
        }
        if ((letters - i == 1 && after == ',') || calendar(i, letters)) {
          i = letters;
        } else {
          i = tokenEnd(i);
          if (++names > MAX_NAMES || !setOff(i)) {
            return;
          }
        }
      } else {
        return;
      }
    }
  }

  /// Takes the letters as the level when they stand as one.
  private boolean word(int from, int letters, byte after, boolean time, int names) {
    if (after == '.' && letters + 1 < limit) {
      // Monolog: `production.ERROR: …`.
      int next = letters(letters + 1);
      return next < end
          && bytes[next] == ':'
          && capitals(letters + 1, next)
          && found(letters + 1, next);
    }
    byte behind = letters + 1 < end ? bytes[letters + 1] : (byte) '\n';
    boolean ended =
        switch (after) {
          case ' ', '\t', '\n', '\r', 0x1b, ':', '|', ',', ']', ')', '[' -> true;
          case '-' -> behind == ' ';
          default -> false;
        };
    if (!ended) {
      return false;
    }
    boolean stands =
        capitals(from, letters)
            || (after == ':' && names == 0 && behind <= ' ')
            || (time && names == 0 && (after == '\t' || (after == ' ' && setOffAt(letters + 1))));
    return stands && found(from, letters);
  }

  private boolean found(int from, int to) {
    Level candidate = Level.of(bytes, from, to);
    if (candidate == Level.NONE) {
      return false;
    }
    level = candidate;
    words = separators(to);
    // A logger's or a thread's brackets may follow; what is in them differs between pods.
    while (words < limit && (bytes[words] == '[' || bytes[words] == ']')) {
      int close = bytes[words] == ']' ? words : close(words);
      if (close < 0) {
        return true;
      }
      words = separators(close + 1);
    }
    words = Math.min(words, end);
    return true;
  }

  /// Looks for a level between brackets: alone, behind the last colon, or in capitals.
  private boolean bracket(int from, int to) {
    int i = from;
    while (i < to) {
      if (!Words.isLetter(bytes[i])) {
        i++;
        continue;
      }
      int letters = Math.min(letters(i), to);
      boolean starts = i == from || boundary(bytes[i - 1]);
      boolean stops = letters == to || boundary(bytes[letters]);
      if (starts && stops) {
        boolean last = trailingBlanks(letters, to);
        boolean first = trailingBlanks(from, i) || (i > from && bytes[i - 1] == ':');
        if (((last && first) || capitals(i, letters)) && found(i, letters)) {
          words = separators(Math.max(words, to + 1));
          return true;
        }
      }
      i = letters;
    }
    return false;
  }

  private static boolean boundary(byte b) {
    return b == ' ' || b == ':' || b == '/' || b == '|' || b == ',' || b == 0x1b || b == 'm';
  }

  private boolean trailingBlanks(int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != ' ') {
        return false;
      }
    }
    return true;
  }

  private boolean syslog(int from) {
    int i = from + 1;
    int value = 0;
    while (i < limit && i < from + 4 && Words.isDigit(bytes[i])) {
      value = value * 10 + bytes[i++] - '0';
    }
    if (i == from + 1 || i >= limit || bytes[i] != '>') {
      return false;
    }
    level = Level.ofNumber(value & 7);
    words = i + 1;
    return true;
  }

  /// `E1123 05:48:55` of klog and glog, and the `E20261123 05:48:55` of newer ones.
  private boolean klog(int from) {
    int digits = from + 1;
    while (digits < limit && digits < from + 9 && Words.isDigit(bytes[digits])) {
      digits++;
    }
    int count = digits - from - 1;
    boolean date = count == 4 || count == 8;
    if (!date
        || digits + 6 >= limit
        || bytes[digits] != ' '
        || !Words.isDigit(bytes[digits + 1])
        || bytes[digits + 3] != ':'
        || bytes[digits + 6] != ':') {
      return false;
    }
    level =
        switch (bytes[from]) {
          case 'I' -> Level.INFO;
          case 'W' -> Level.WARN;
          case 'E' -> Level.ERROR;
          case 'F' -> Level.FATAL;
          case 'D' -> Level.DEBUG;
          default -> Level.NONE;
        };
    int bracket = Words.indexOf(bytes, digits, limit, (byte) ']');
    words = bracket < 0 ? digits : separators(bracket + 1);
    return level != Level.NONE;
  }

  /// Walks over `key=value` pairs from the first key on.
  private void logfmt(int from) {
    int stop = Math.min(end, from + LOGFMT_WINDOW_BYTES);
    boolean message = false;
    int i = from;
    while (i < stop) {
      while (i < stop && bytes[i] <= ' ') {
        i++;
      }
      int key = i;
      while (i < stop && bytes[i] > ' ' && bytes[i] != '=' && bytes[i] != '"') {
        i++;
      }
      if (i >= stop || bytes[i] != '=') {
        i++;
        continue;
      }
      int keyEnd = i++;
      int value = i;
      int valueEnd;
      if (i < stop && bytes[i] == '"') {
        value++;
        for (i++; i < stop && bytes[i] != '"'; i++) {
          if (bytes[i] == '\\') {
            i++;
          }
        }
        valueEnd = Math.min(i++, stop);
      } else {
        while (i < stop && bytes[i] > ' ') {
          i++;
        }
        valueEnd = i;
      }
      if (level == Level.NONE && Fields.isLogfmtLevel(bytes, key, keyEnd)) {
        level = Level.of(bytes, value, valueEnd);
      } else if (!message && Fields.isLogfmtMessage(bytes, key, keyEnd)) {
        message = true;
        words = value;
        wordsEnd = valueEnd;
      }
      if (message && level != Level.NONE) {
        return;
      }
    }
  }

  private boolean isKey(int from) {
    int i = from;
    while (i < limit && (Words.isLetter(bytes[i]) || bytes[i] == '_' || bytes[i] == '.')) {
      i++;
    }
    return i < limit && bytes[i] == '=';
  }

  /// Whether a separator comes next: what was before it is a name, and no sentence.
  private boolean setOff(int from) {
    return from < limit && (bytes[from] == '\t' || (bytes[from] == ' ' && setOffAt(from + 1)));
  }

  private boolean setOffAt(int from) {
    int i = from;
    while (i < limit && bytes[i] == ' ') {
      i++;
    }
    if (i + 1 >= limit) {
      return false;
    }
    return ((bytes[i] == '-' || bytes[i] == '|') && bytes[i + 1] == ' ') || i > from;
  }

  private boolean capitals(int from, int to) {
    for (int i = from; i < to; i++) {
      if ((bytes[i] & 0x20) != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean calendar(int from, int to) {
    int length = to - from;
    if (length == 2) {
      return (bytes[from + 1] | 0x20) == 'm'
          && ((bytes[from] | 0x20) == 'a' || (bytes[from] | 0x20) == 'p');
    }
    if (length != 3) {
      return false;
    }
    for (int i = 0; i < CALENDAR.length; i += 4) {
      if ((bytes[from] | 0x20) == CALENDAR[i]
          && (bytes[from + 1] | 0x20) == CALENDAR[i + 1]
          && (bytes[from + 2] | 0x20) == CALENDAR[i + 2]) {
        return true;
      }
    }
    return false;
  }

  private int letters(int from) {
    int i = from;
    while (i < limit && Words.isLetter(bytes[i])) {
      i++;
    }
    return i;
  }

  private int tokenEnd(int from) {
    int i = from;
    while (i < limit && bytes[i] > ' ' && bytes[i] != '[' && bytes[i] != '|' && bytes[i] != ']') {
      i++;
    }
    return i;
  }

  private int close(int open) {
    byte wanted = bytes[open] == '[' ? (byte) ']' : bytes[open] == '(' ? (byte) ')' : (byte) '>';
    return Words.indexOf(bytes, open + 1, Math.min(limit, open + MAX_BRACKET_BYTES), wanted);
  }

  private int blanks(int from) {
    int i = from;
    while (i < limit && (bytes[i] >= 0 && bytes[i] <= ' ')) {
      i = bytes[i] == 0x1b ? escapeEnd(i) : i + 1;
    }
    return i;
  }

  /// Past blanks, separators and terminal colours, on the same line.
  private int separators(int from) {
    int i = from;
    while (i < limit) {
      switch (bytes[i]) {
        case 0x1b -> i = escapeEnd(i);
        case ' ', '\t', '-', '|', ':', ',', ';', '*', '#' -> i++;
        default -> {
          return i;
        }
      }
    }
    return i;
  }

  private int escapeEnd(int from) {
    int i = from + 1;
    if (i < limit && bytes[i] == '[') {
      i++;
      while (i < limit && (Words.isDigit(bytes[i]) || bytes[i] == ';')) {
        i++;
      }
      i++;
    }
    return Math.min(i, limit);
  }

  Level level() {
    return level;
  }

  /// Where the words begin: behind the level, or at the start where there is none.
  int words() {
    return words;
  }

  int wordsEnd() {
    return wordsEnd;
  }
}
