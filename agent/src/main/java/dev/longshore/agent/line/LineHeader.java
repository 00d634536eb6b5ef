package dev.longshore.agent.line;

import java.nio.charset.StandardCharsets;

/// What stands before the words of a text line: time, level, thread, logger; read for the level,
/// for where the words begin, and for whether a new event begins with the line. Reused for each
/// line.
///
/// Known are klog and glog (`E1123 05:48:55.123456 …`), syslog's `<3>`, Redis' signs, PHP's `PHP
/// Fatal error:`, logfmt (`level=error`), and a level word that stands alone in brackets, in
/// capitals, in a colour of its own, or first with a colon, where only times, brackets, separators
/// and names come before it. A word inside a sentence is no level. Terminal colours are passed
/// over. The look is bounded by [#WINDOW_BYTES], and ends at the first word that is none of these.
public final class LineHeader {
  private static final int WINDOW_BYTES = 256;
  private static final int LOGFMT_WINDOW_BYTES = 2048;
  private static final int MAX_TOKENS = 14;
  private static final int MAX_BRACKET_BYTES = 96;
  private static final int MAX_NAMES = 2;
  private static final byte[] NOTHING = {};

  private static final byte[] PHP_MESSAGE = ascii("PHP message: ");
  private final LogfmtPairs pairs = new LogfmtPairs();
  private Level level = Level.NONE;
  private boolean dated;
  private boolean logfmt;
  private int words;
  private int wordsEnd;

  private byte[] bytes = NOTHING;
  private int limit;
  private int end;

  /// Lets go of the line, whose array may be large; nothing is known of it any more.
  public void release() {
    read(NOTHING, 0, 0);
  }

  /// Reads the line or lines in `[from, to)`.
  public void read(byte[] line, int from, int to) {
    bytes = line;
    end = to;
    limit = Math.min(to, from + WINDOW_BYTES);
    level = Level.NONE;
    dated = false;
    logfmt = false;
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
    if ((first == '<' && syslog(i))
        || (first >= 'D' && first <= 'W' && klog(i))
        || (Bytes.isDigit(first) && redis(i))) {
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
      if (b == '[' || b == '(' || b == '<' || b == '{') {
        int close = close(i);
        if (close < 0 || ((b == '[' || b == '<') && bracket(i + 1, close))) {
          return;
        }
        dated |= names == 0 && b == '[' && LineTime.is(bytes, i + 1, close);
        i = close + 1;
      } else if (Bytes.isDigit(b) || (b == '+' && time && isDigitAt(i + 1))) {
        int tokenEnd = tokenEnd(i);
        dated |= names == 0 && LineTime.is(bytes, i, tokenEnd);
        i = tokenEnd;
        time = true;
      } else if (Bytes.isLetter(b)) {
        int letters = letters(i);
        int next = Ansi.skip(bytes, letters, end);
        byte after = next < end ? bytes[next] : (byte) '\n';
        if (after == '=' || ((after == '_' || after == '.') && isKey(letters))) {
          logfmt(i);
          return;
        }
        if (word(i, letters, next, time, names)) {
          return;
        }
        if ((letters - i == 1 && after == ',') || LineTime.isCalendar(bytes, i, letters)) {
          i = letters;
        } else {
          int name = i;
          i = tokenEnd(i);
          if (++names > MAX_NAMES || !(setOff(i) || (isLogger(name, i) && beforeLevel(i)))) {
            return;
          }
        }
      } else {
        return;
      }
    }
  }

  /// Takes the letters as the level when they stand as one.
  ///
  /// @param next where the line goes on behind the letters and the colours that end there
  private boolean word(int from, int letters, int next, boolean time, int names) {
    byte after = next < end ? bytes[next] : (byte) '\n';
    if (after == '.' && letters + 1 < limit) {
      // Monolog: `production.ERROR: …`.
      int channelEnd = letters(letters + 1);
      return channelEnd < end
          && bytes[channelEnd] == ':'
          && capitals(letters + 1, channelEnd)
          && found(letters + 1, channelEnd);
    }
    byte behind = next + 1 < end ? bytes[next + 1] : (byte) '\n';
    if (time && letters - from == 1 && after == ' ' && behind == '|') {
      // etcd: `2026-11-28 12:00:00.000000 E | etcdserver: …`.
      return letter(from);
    }
    if (names == 0 && after == ' ' && php(from)) {
      return true;
    }
    boolean coloured = next > letters && from > 0 && bytes[from - 1] == 'm';
    boolean ended =
        next > letters
            || switch (after) {
              case ' ', '\t', '\n', '\r', ':', '|', ',', ']', ')', '[' -> true;
              case '-' -> behind == ' ';
              default -> false;
            };
    if (!ended) {
      return false;
    }
    boolean stands =
        capitals(from, letters)
            || (names == 0 && coloured)
            || (after == ':' && names == 0 && behind <= ' ' && !isCount(next + 1))
            || (time && names == 0 && (after == '\t' || (after == ' ' && setOffAt(letters + 1))));
    return stands && found(from, letters);
  }

  private boolean php(int from) {
    int colon = PhpMessage.colon(bytes, from, limit);
    if (colon < 0) {
      return false;
    }
    level = PhpMessage.level(bytes, from, limit);
    words = separators(colon);
    return true;
  }

  /// `Fail: 0, Pass: 12` counts, and is no level: a number is all that stands behind the colon, up
  /// to a comma or the line's end, or it is a zero.
  private boolean isCount(int from) {
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

  private boolean letter(int at) {
    Level candidate = Level.ofLetter(bytes[at]);
    if (candidate == Level.NONE) {
      return false;
    }
    level = candidate;
    words = separators(at + 1);
    return true;
  }

  private boolean found(int from, int to) {
    Level candidate = Level.of(bytes, from, to);
    if (candidate == Level.NONE) {
      return false;
    }
    level = candidate;
    words = separators(to);
    if (Bytes.startsWith(bytes, words, limit, PHP_MESSAGE)) {
      // php-fpm's own level is that of its log, not of the message that it carries.
      php(words + PHP_MESSAGE.length);
      return true;
    }
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
    boolean starts = true;
    while (i < to) {
      byte b = bytes[i];
      if (b == Ansi.ESCAPE) {
        i = Ansi.end(bytes, i, end);
        starts = true;
        continue;
      }
      if (!Bytes.isLetter(b)) {
        starts = isBoundary(b);
        i++;
        continue;
      }
      int letters = Math.min(letters(i), to);
      boolean stops = letters == to || isBoundary(bytes[letters]);
      if (starts && stops) {
        boolean last = areBlanks(letters, to);
        boolean first = areBlanks(from, i) || (i > from && bytes[i - 1] == ':');
        if (((last && first) || capitals(i, letters)) && found(i, letters)) {
          words = separators(Math.max(words, to + 1));
          return true;
        }
      }
      starts = false;
      i = letters;
    }
    return false;
  }

  private static boolean isBoundary(byte b) {
    return b == ' ' || b == ':' || b == '/' || b == '|' || b == ',' || b == Ansi.ESCAPE;
  }

  private boolean areBlanks(int from, int to) {
    int i = from;
    while (i < to) {
      if (bytes[i] == Ansi.ESCAPE) {
        i = Ansi.end(bytes, i, end);
      } else if (bytes[i] == ' ') {
        i++;
      } else {
        return false;
      }
    }
    return true;
  }

  private boolean syslog(int from) {
    int i = from + 1;
    int value = 0;
    while (i < limit && i < from + 4 && Bytes.isDigit(bytes[i])) {
      value = value * 10 + bytes[i++] - '0';
    }
    if (i == from + 1 || i >= limit || bytes[i] != '>') {
      return false;
    }
    level = Level.ofNumber(value & 7);
    words = i + 1;
    return true;
  }

  /// `E1123 05:48:55` of klog and glog, and the `E20261123 05:48:55` and `E261123 05:48:55` of
  /// newer ones.
  private boolean klog(int from) {
    int digits = from + 1;
    while (digits < limit && digits < from + 9 && Bytes.isDigit(bytes[digits])) {
      digits++;
    }
    int count = digits - from - 1;
    boolean date = count == 4 || count == 6 || count == 8;
    if (!date
        || digits + 6 >= limit
        || bytes[digits] != ' '
        || !Bytes.isDigit(bytes[digits + 1])
        || bytes[digits + 3] != ':'
        || bytes[digits + 6] != ':') {
      return false;
    }
    level = Level.ofLetter(bytes[from]);
    int bracket = Bytes.indexOf(bytes, digits, limit, (byte) ']');
    words = bracket < 0 ? digits : separators(bracket + 1);
    return level != Level.NONE;
  }

  /// `1:M 28 Nov 2026 12:00:00.000 # …`: process, role, time, and a sign that is the level.
  private boolean redis(int from) {
    int i = from;
    while (i < limit && Bytes.isDigit(bytes[i])) {
      i++;
    }
    int day = i + 3;
    if (day + 14 >= limit
        || bytes[i] != ':'
        || !Bytes.isLetter(bytes[i + 1])
        || bytes[i + 2] != ' '
        || !Bytes.isDigit(bytes[day])
        || !Bytes.isDigit(bytes[day + 1])
        || !LineTime.isCalendar(bytes, day + 3, day + 6)) {
      return false;
    }
    int sign = Bytes.indexOf(bytes, day + 12, limit, (byte) ' ') + 1;
    if (sign <= 0 || sign + 1 >= limit || bytes[sign + 1] != ' ') {
      return false;
    }
    level =
        switch (bytes[sign]) {
          case '.', '-' -> Level.DEBUG;
          case '*' -> Level.INFO;
          case '#' -> Level.WARN;
          default -> Level.NONE;
        };
    words = sign + 2;
    return level != Level.NONE;
  }

  private void logfmt(int from) {
    logfmt = true;
    pairs.read(bytes, from, Math.min(end, from + LOGFMT_WINDOW_BYTES));
    level = pairs.level();
    dated |= pairs.beginsWithTime();
    if (pairs.hasMessage()) {
      words = pairs.messageFrom();
      wordsEnd = pairs.messageTo();
    } else if (level == Level.NONE && pairs.hasLoneLevel()) {
      found(pairs.loneLevelFrom(), pairs.loneLevelTo());
    }
  }

  private boolean isKey(int from) {
    int i = from;
    while (i < limit && (Bytes.isLetter(bytes[i]) || bytes[i] == '_' || bytes[i] == '.')) {
      i++;
    }
    return i < limit && bytes[i] == '=';
  }

  private boolean isDigitAt(int at) {
    return at < limit && Bytes.isDigit(bytes[at]);
  }

  /// Whether a token looks like a logger's or a user's name rather than like a word: `shop.cart`,
  /// `user@db`, `worker-3`.
  private boolean isLogger(int from, int to) {
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

  /// Whether one blank and a level in capitals come next.
  private boolean beforeLevel(int at) {
    if (at + 1 >= limit || bytes[at] != ' ') {
      return false;
    }
    int from = Ansi.skip(bytes, at + 1, end);
    int to = letters(from);
    return to > from && capitals(from, to) && Level.of(bytes, from, to) != Level.NONE;
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

  private int letters(int from) {
    int i = from;
    while (i < limit && Bytes.isLetter(bytes[i])) {
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
    byte wanted =
        switch (bytes[open]) {
          case '[' -> (byte) ']';
          case '(' -> (byte) ')';
          case '{' -> (byte) '}';
          default -> (byte) '>';
        };
    return Bytes.indexOf(bytes, open + 1, Math.min(limit, open + MAX_BRACKET_BYTES), wanted);
  }

  /// Past blanks, colours and a byte order mark.
  private int blanks(int from) {
    int i = Bytes.afterByteOrderMark(bytes, from, limit);
    while (i < limit && (bytes[i] >= 0 && bytes[i] <= ' ')) {
      i = bytes[i] == Ansi.ESCAPE ? Ansi.end(bytes, i, end) : i + 1;
    }
    return i;
  }

  /// Past blanks, separators and terminal colours, on the same line.
  private int separators(int from) {
    int i = from;
    while (i < limit) {
      switch (bytes[i]) {
        case Ansi.ESCAPE -> i = Ansi.end(bytes, i, end);
        case ' ', '\t', '-', '|', ':', ',', ';', '*', '#' -> i++;
        default -> {
          return i;
        }
      }
    }
    return i;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// The level that the line states, or [Level#NONE].
  public Level level() {
    return level;
  }

  /// Whether the line begins as an event of its own: with a time or with a level.
  public boolean beginsEvent() {
    return dated || level != Level.NONE;
  }

  /// Whether the line is pairs of keys and values: these are quoted, so that no further line
  /// belongs to it.
  public boolean isLogfmt() {
    return logfmt;
  }

  /// Where the words begin: behind the level, or at the start where there is none.
  public int words() {
    return words;
  }

  /// Where they end.
  public int wordsEnd() {
    return wordsEnd;
  }
}
