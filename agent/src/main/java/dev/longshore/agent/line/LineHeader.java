package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// What stands before the words of a text line: time, level, thread, logger; read for the level,
/// for where the words begin, and for whether a new event begins with the line. Reused for each
/// line.
///
/// Known are the forms of [FixedHeader], PHP's `PHP Fatal error:`, logfmt (`level=error`), and a
/// level word that stands alone in brackets, in capitals, in a colour of its own, or first with a
/// colon, where only times, brackets, separators and names come before it. A word inside a sentence
/// is no level. Terminal colours are passed over. The look is bounded by [#WINDOW_BYTES], and ends
/// at the first word that is none of these.
public final class LineHeader {
  private static final int WINDOW_BYTES = 256;
  private static final int LOGFMT_WINDOW_BYTES = 2048;
  private static final int MAX_TOKENS = 14;
  private static final int MAX_NAMES = 2;
  private static final byte[] NOTHING = {};

  private static final byte[] FLAG_PARSE = ascii("logging before flag.Parse: ");
  private static final byte[] PHP = ascii("PHP ");
  private static final byte[] PHP_MESSAGE = ascii("PHP message: ");
  private final LogfmtPairs pairs = new LogfmtPairs();
  private final CsvHeader csv = new CsvHeader();
  private final FixedHeader fixed = new FixedHeader();
  private Level level = Level.NONE;
  private boolean dated;
  private boolean byColon;
  private boolean single;
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
    byColon = false;
    single = false;
    words = from;
    wordsEnd = to;
    int i = blanks(from);
    if (i >= limit) {
      return;
    }
    byte first = bytes[i];
    if (first == '{' || (first == '|' && bytes[to - 1] == '|')) {
      level = CrashHeader.of(bytes, i, limit);
      return;
    }
    if (first == '"') {
      csv(i);
      return;
    }
    if (Bytes.isDigit(first) && HeaderToken.isAccess(bytes, i, limit)) {
      dated = true;
      single = true;
      return;
    }
    if (fixed.read(bytes, i, limit)) {
      fixed();
      if (first == '<') {
        // The program's own level, behind that of what carries its lines, is the better one.
        tokens(words);
      }
      return;
    }
    int text = behindDrawing(i);
    if (first == '=' && text > i && fixed.read(bytes, text, limit)) {
      fixed();
    } else {
      tokens(text);
    }
    if (level == Level.NONE && dated) {
      int second = HeaderToken.inSecondLine(bytes, i, limit);
      boolean _ = second > 0 && found(second, HeaderToken.letters(bytes, second, limit));
    }
  }

  private void fixed() {
    level = fixed.level();
    dated |= fixed.isDated();
    words = fixed.words();
  }

  private boolean csv(int from) {
    if (!csv.read(bytes, from, limit)) {
      return false;
    }
    dated |= csv.isDated();
    return found(csv.levelFrom(), csv.levelTo());
  }

  /// Past a sign outside ASCII that stands before the line, or a rule above it.
  private int behindDrawing(int from) {
    int i = from;
    while (i < limit && (bytes[i] < 0 || (bytes[i] == '=' && bytes[from] == '='))) {
      i++;
    }
    if (i == from || i >= limit || (bytes[i] != '\n' && bytes[i] != ' ')) {
      return from;
    }
    return bytes[i] == '\n' ? behindDrawing(blanks(i)) : blanks(i);
  }

  private void tokens(int from) {
    int i = from;
    int names = 0;
    boolean time = false;
    boolean calendar = false;
    for (int token = 0; token < MAX_TOKENS && i < limit; token++) {
      i = separators(i);
      if (i >= limit) {
        return;
      }
      byte b = bytes[i];
      if (b == '[' || b == '(' || b == '{' || b == '<') {
        int close = HeaderToken.close(bytes, i, limit);
        boolean bracket = b == '[' || b == '<';
        boolean tag = b == '<' && token == 0 && (close + 1 >= end || bytes[close + 1] != ' ');
        if (close < 0 || tag || (bracket ? bracket(i + 1, close) : enclosed(i + 1, close))) {
          return;
        }
        dated |= names == 0 && b == '[' && LineTime.is(bytes, i + 1, close);
        i = close + 1;
        while (i < limit && bytes[i] == '}') {
          i++;
        }
      } else if (Bytes.isDigit(b) || (b == '+' && time && isDigitAt(i + 1))) {
        if (time && b == '1' && HeaderToken.isCephError(bytes, i, limit)) {
          level = Level.ERROR;
          words = separators(i + 1);
          return;
        }
        int tokenEnd = HeaderToken.tokenEnd(bytes, i, limit);
        dated |= names == 0 && LineTime.is(bytes, i, tokenEnd);
        int inside = HeaderToken.insideTime(bytes, i, tokenEnd);
        if (inside > 0
            && (bytes[inside - 1] == ':'
                ? found(inside, HeaderToken.letters(bytes, inside, limit))
                : csv(from))) {
          return;
        }
        i = tokenEnd;
        time = true;
      } else if (time && names == 0 && HeaderToken.isCut(bytes, i, limit)) {
        names++;
        i = HeaderToken.tokenEnd(bytes, i, limit);
      } else if (Bytes.isLetter(b)) {
        int letters = HeaderToken.letters(bytes, i, limit);
        int next = Ansi.skip(bytes, letters, end);
        byte after = next < end ? bytes[next] : (byte) '\n';
        if (after == '='
            || ((after == '_' || after == '.') && HeaderToken.isKey(bytes, letters, limit))) {
          logfmt(i);
          return;
        }
        if (word(i, letters, next, time, names)) {
          return;
        }
        if (letters - i == 1 && after == ',') {
          i = letters;
        } else if (LineTime.isCalendar(bytes, i, letters)) {
          if (time && after == ',' && csv(from)) {
            return;
          }
          calendar |= !time;
          i = after == '.' ? letters + 1 : letters;
        } else {
          int tag = time && names == 0 ? HeaderToken.afterSyslogTag(bytes, i, limit, calendar) : i;
          if (tag > i) {
            i = tag;
            calendar = false;
            if (tag + 1 < limit && fixed.read(bytes, tag + 1, limit)) {
              fixed();
              return;
            }
            continue;
          }
          int name = i;
          i = HeaderToken.tokenEnd(bytes, i, limit);
          if (token == 0 && found(HeaderToken.behindColon(bytes, name, i, limit), i)) {
            return;
          }
          if (token == 0 && HeaderName.isCeph(bytes, name, i, limit)) {
            continue;
          }
          if (++names > MAX_NAMES || !HeaderName.is(bytes, name, i, limit, token, time || dated)) {
            return;
          }
        }
      } else if (b < 0) {
        int behind = token == 0 ? i : LineTime.afterLocalPart(bytes, i, limit);
        if (behind == i) {
          boolean _ = local(i, time || dated ? LocalLevel.Ending.BLANK : LocalLevel.Ending.COLON);
          return;
        }
        i = behind;
      } else {
        return;
      }
    }
  }

  /// Takes a word beyond ASCII as the level.
  private boolean local(int at, LocalLevel.Ending ending) {
    level = LocalLevel.of(bytes, at, limit, ending);
    words = level == Level.NONE ? words : separators(LocalLevel.behind(bytes, at, limit));
    return level != Level.NONE;
  }

  /// Takes the letters as the level when they stand as one.
  ///
  /// @param next where the line goes on behind the letters and the colours that end there
  private boolean word(int from, int letters, int next, boolean time, int names) {
    byte after = next < end ? bytes[next] : (byte) '\n';
    if (after == '.' && letters + 1 < limit) {
      // Monolog: `production.ERROR: …`.
      int channelEnd = HeaderToken.letters(bytes, letters + 1, limit);
      return channelEnd < end
          && bytes[channelEnd] == ':'
          && HeaderToken.areCapitals(bytes, letters + 1, channelEnd)
          && found(letters + 1, channelEnd);
    }
    byte behind = next + 1 < end ? bytes[next + 1] : (byte) '\n';
    if ((time || dated) && letters - from == 1 && HeaderToken.isBehindLetter(bytes, next, limit)) {
      return letter(from);
    }
    if (after == ' ' && (names == 0 || HeaderToken.isBehindTag(bytes, from)) && php(from)) {
      return true;
    }
    if (!time && names == 0 && HeaderToken.isScoped(bytes, from, next, limit)) {
      return found(from, letters);
    }
    boolean coloured = next > letters && from > 0 && bytes[from - 1] == 'm';
    boolean ended =
        next > letters
            || switch (after) {
              case ' ', '\t', '\n', '\r', ':', '|', ',', ']', ')', '[' -> true;
              case '-' -> behind == ' ';
              case '!', '>', '*' -> HeaderToken.areCapitals(bytes, from, letters);
              default -> false;
            };
    if (!ended) {
      return false;
    }
    if (HeaderToken.areCapitals(bytes, from, letters)
        || (names == 0
            && (coloured
                || after == '\t'
                || (time && after == '|' && bytes[from - 1] == '|')
                || (after == ' ' && HeaderToken.dashAt(bytes, letters + 1, limit))))
        || (time
            && names == 0
            && after == ' '
            && (HeaderToken.setOffAt(bytes, letters + 1, limit)
                || (letters + 1 < limit && bytes[letters + 1] == '[')
                || HeaderToken.isLabel(bytes, letters + 1, limit)
                || HeaderToken.isBehindNanos(bytes, from)))) {
      return found(from, letters);
    }
    boolean first =
        after == ':'
            && (names == 0 || HeaderToken.isSetOffBefore(bytes, from))
            && behind <= ' '
            && !HeaderToken.isCount(bytes, next + 1, limit, end);
    byColon = first && !time && next == letters && found(from, letters);
    return byColon || (first && found(from, letters));
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
    if (candidate == Level.NONE || HeaderToken.isWord(bytes, from, to)) {
      return false;
    }
    level = candidate;
    words = separators(to);
    if (Bytes.startsWith(bytes, words, limit, PHP_MESSAGE)) {
      // php-fpm's own level is that of its log, not of the message that it carries.
      php(words + PHP_MESSAGE.length);
      return true;
    }
    if (Bytes.startsWith(bytes, words, limit, FLAG_PARSE)
        && fixed.read(bytes, words + FLAG_PARSE.length, limit)) {
      // glog, before it knows where to write; the line's own level follows.
      fixed();
      return true;
    }
    // A logger's or a thread's brackets may follow; what is in them differs between pods. TiDB has
    // nothing but brackets, and its message is the first that is quoted.
    int first = words;
    while (words < limit && (bytes[words] == '[' || bytes[words] == ']')) {
      if (words + 1 < limit && bytes[words + 1] == '"') {
        words += 2;
        return true;
      }
      int close = bytes[words] == ']' ? words : HeaderToken.close(bytes, words, limit);
      if (close < 0) {
        return true;
      }
      words = separators(close + 1);
    }
    words = words < end ? words : Math.min(first, end);
    if (Bytes.startsWith(bytes, words, limit, PHP)) {
      // Apache's level is that of its module for PHP.
      php(words);
    }
    return true;
  }

  /// Looks for a level between brackets: alone, behind the last colon, or in capitals.
  private boolean bracket(int from, int to) {
    if (from < to && bytes[from] < 0 && local(from, LocalLevel.Ending.BRACKET)) {
      return true;
    }
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
        starts = HeaderToken.isBoundary(b);
        i++;
        continue;
      }
      int letters = Math.min(HeaderToken.letters(bytes, i, limit), to);
      boolean stops = letters == to || HeaderToken.isBoundary(bytes[letters]);
      if (letters - i == 1
          && starts
          && stops
          && HeaderToken.isLetterLevel(bytes, from, i, to, limit)
          && letter(i)) {
        words = separators(to + 1);
        return true;
      }
      if (starts && stops) {
        boolean last = areBlanks(letters, to);
        boolean first =
            areBlanks(from, i) || (i > from && (bytes[i - 1] == ':' || bytes[i - 1] == '#'));
        if (((last && first)
                || HeaderToken.areCapitals(bytes, i, letters)
                || (first && HeaderToken.isBeforeTime(bytes, i, letters, limit)))
            && found(i, letters)) {
          words = separators(Math.max(words, to + 1));
          return true;
        }
        if (last && first && HeaderToken.isMysqlNote(bytes, i, letters, to, limit)) {
          level = Level.INFO;
          words = separators(to + 1);
          return true;
        }
      }
      starts = false;
      i = letters;
    }
    return false;
  }

  /// `(ERROR)`.
  private boolean enclosed(int from, int close) {
    if (!HeaderToken.areCapitals(bytes, from, close) || !found(from, close)) {
      return false;
    }
    words = separators(close + 1);
    return true;
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

  private void logfmt(int from) {
    single = true;
    pairs.read(bytes, from, Math.min(end, from + LOGFMT_WINDOW_BYTES));
    level = pairs.level();
    dated |= pairs.beginsWithTime();
    if (pairs.hasMessage()) {
      words = pairs.messageFrom();
      wordsEnd = pairs.messageTo();
    } else if (level == Level.NONE && pairs.hasLoneLevel()) {
      single = !found(pairs.loneLevelFrom(), pairs.loneLevelTo());
    }
  }

  private boolean isDigitAt(int at) {
    return at < limit && Bytes.isDigit(bytes[at]);
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
          if (bytes[i] != '>'
              || i == from
              || (bytes[i - 1] != '-' && !HeaderToken.isArrow(bytes, i, limit))) {
            return i;
          }
          i++;
        }
      }
    }
    return i;
  }

  /// The level that the line states, or [Level#NONE].
  public Level level() {
    return level;
  }

  /// Whether the line begins as an event of its own: with a time or with a level.
  public boolean beginsEvent() {
    return dated || level != Level.NONE;
  }

  /// Whether it begins with a time and a level, as logging libraries lay their events out.
  public boolean isLogged() {
    return dated && level != Level.NONE && !single;
  }

  /// Whether its level is no more than a first word in small letters with a colon: below an event
  /// it may as well be a name of a value.
  public boolean isByColon() {
    return byColon;
  }

  /// Whether no further line belongs to the line: it is pairs of keys and values, which are quoted,
  /// or of an access log.
  public boolean isSingle() {
    return single;
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
