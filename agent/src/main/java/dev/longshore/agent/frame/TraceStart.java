package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Ansi;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.LineHeader;
import dev.longshore.agent.line.TraceLine;

/// Tells from a line alone whether a record of several lines may begin with it. Such a line is held
/// until its successor is seen.
///
/// Begins are: an event (a line with a time or a level first), since logging libraries print a
/// message's further lines and the exception's trace below it; the header of an exception
/// (`java.lang.IllegalStateException: …`, `Npgsql.NpgsqlException (0x80004005): …`, `TypeError: …`,
/// `** (RuntimeError) …`); what a runtime prints when it crashes (`Exception in thread "main" …`,
/// `Unhandled exception. …`, Python's `Traceback`, Go's `panic:`, Rust's `thread 'main' panicked
/// at`, the place that Node.js prints, `PHP Fatal error: Uncaught …`); and a frame whose header was
/// not recognised.
final class TraceStart {
  static final byte[] EXCEPTION_IN_THREAD = ascii("Exception in thread ");
  static final byte[] UNHANDLED = ascii("Unhandled ");
  static final byte[] UNCAUGHT = ascii("Uncaught ");
  private static final byte[] DENO = ascii("error: Uncaught ");
  private static final byte[] PANIC = ascii("panic:");
  static final byte[] FATAL_ERROR = ascii("fatal error: ");
  static final byte[] PANIC_SERVING = ascii(": panic serving ");
  static final byte[] RUST_THREAD = ascii("thread '");
  private static final byte[] PYTHON_FILE = ascii(".py:");
  private static final byte[] BOX_TITLE = ascii("Traceback ");
  private static final byte[] BOX = "╷".getBytes(UTF_8);

  /// Julia draws a bracket around what it logs.
  private static final byte[] LOG_BOX = "┌ ".getBytes(UTF_8);

  private static final byte[] RICH = "╭".getBytes(UTF_8);

  /// Elasticsearch 7 puts each frame of a trace in a line of its own, below a first line that may
  /// be too long for its end to be seen.
  private static final byte[] ELASTICSEARCH = ascii("{\"type\": \"");

  private static final byte[] RAILS_END = ascii("):");
  private static final byte[] JOB = ascii("Error performing ");
  private static final byte[] JOB_NAME = ascii("ms: ");
  private static final byte[] RUBY_FILE = ascii(".rb:");
  private static final byte[] RUBY_IN = ascii(":in");

  /// `[nuxt] [request error] [unhandled] [500] no stock`, with frames below.
  private static final byte[] NUXT = ascii(" [request error] ");

  /// ZIO quotes a trace of several lines.
  private static final byte[] ZIO = ascii(" cause=\"Exception in thread ");

  private static final int NUXT_WINDOW_BYTES = 32;
  private static final byte[] NODE_WARNING = ascii("(node:");
  private static final byte[] NODE_INTERNAL = ascii("node:");
  private static final byte[] FILE_URL = ascii("file:///");
  private static final byte[] HRESULT = ascii(" (0x");
  private static final byte[] EXCEPTION = ascii("Exception");
  private static final byte[] ERROR = ascii("Error");
  private static final byte[] CALL = ascii("()");
  private static final int JUL_WINDOW_BYTES = 40;
  private static final int PREFIX_BYTES = 128;

  private TraceStart() {}

  /// The state of [TraceState] in which a line leaves a record that it begins; [TraceState#NONE]
  /// for an ordinary line.
  static int of(Line line, int presets) {
    if (line.startPresets != presets) {
      line.start = read(line, presets);
      line.startPresets = presets;
    }
    return line.start;
  }

  private static int read(Line line, int presets) {
    byte[] head = line.head;
    int start = line.headStart;
    int end = line.headEnd;
    if (start == end) {
      return TraceState.NONE;
    }
    if (head[start] == '{') {
      boolean open =
          line.headIsAll ? head[end - 1] != '}' : Bytes.startsWith(head, start, end, ELASTICSEARCH);
      return open && presets == Preset.AUTO ? TraceState.OBJECT : TraceState.NONE;
    }
    int from = Ansi.skip(head, start, end);
    int text = skipBlanks(head, from, end);
    if (text == end) {
      return TraceState.NONE;
    }
    if (head[end - 1] == '-' && presets == Preset.AUTO && TraceParts.beginsPem(line, text, end)) {
      return TraceState.PEM;
    }
    int state =
        text > from || head[from] < 0
            ? byIndented(head, text, end, presets)
            : byWord(line, head, from, end, presets);
    if (state == TraceState.NONE) {
      state = byHeader(line.header(), head, start, end, presets);
      if (presets == Preset.AUTO && line.headIsAll) {
        state = byShape(state, head, from, end);
      }
    }
    boolean byEnd = state == TraceState.NONE && presets == Preset.AUTO && line.headIsAll;
    return byEnd ? byEnd(head, from, end) : state;
  }

  /// By the line's last byte.
  private static int byEnd(byte[] head, int from, int end) {
    return switch (head[end - 1]) {
      case '{', '[' -> TraceState.OBJECT;
      case ':' -> {
        boolean symfony = PrintedBlock.isSymfony(head, from, end);
        yield symfony ? PrintedBlock.SYMFONY : heading(head, from, end);
      }
      case ' ' -> byBlank(head, from, end);
      case '_' -> banner(head, from, end);
      case '+' -> PrintedBlock.isTableRule(head, from, end) ? PrintedBlock.TABLE : TraceState.NONE;
      default -> TraceState.NONE;
    };
  }

  /// By what stands before a blank at the line's end.
  private static int byBlank(byte[] head, int from, int end) {
    if (heading(head, from, end) != TraceState.NONE) {
      return TraceState.HEADING;
    }
    int text = skipBlanks(head, from, end);
    return text > from && PrintedBlock.isPadded(head, text, end)
        ? PrintedBlock.INDENTED
        : banner(head, from, end);
  }

  private static int heading(byte[] head, int from, int end) {
    return TraceParts.isHeading(head, from, end) ? TraceState.HEADING : TraceState.NONE;
  }

  private static int banner(byte[] head, int from, int end) {
    return PrintedBlock.isBanner(head, skipBlanks(head, from, end), end)
        ? PrintedBlock.BANNER
        : TraceState.NONE;
  }

  /// What neither words nor time and level tell: brackets around the message, or a program's name
  /// before it.
  private static int byShape(int state, byte[] head, int from, int end) {
    return switch (state) {
      case TraceState.NONE -> LanguageTrace.program(head, from, end);
      case TraceState.LOGGED, TraceState.LOGGED_ERROR, TraceState.LOGGED_WARN ->
          LanguageTrace.opensBrackets(head, from, end) ? LanguageTrace.BRACKETS : state;
      default -> state;
    };
  }

  /// By the line's time and level.
  private static int byHeader(LineHeader header, byte[] head, int from, int end, int presets) {
    if (!header.beginsEvent()) {
      return TraceState.NONE;
    }
    if (header.isSingle()) {
      boolean zio = header.level().atLeastError() && Bytes.indexOf(head, from, end, ZIO) > 0;
      return zio ? TraceState.EXCEPTION : TraceState.NONE;
    }
    if ((presets & Preset.GO) != 0
        && Bytes.indexOf(head, from, Math.min(end, from + 64), PANIC_SERVING) > 0) {
      return TraceState.GO;
    }
    if (header.level() == Level.NONE
        && (isJulHead(head, from, end)
            || (head[end - 1] == ')' && Bytes.startsWith(head, end - CALL.length, end, CALL)))) {
      return TraceState.JUL_HEAD;
    }
    Level level = header.level();
    if (header.isLogged() || skipBlanks(head, header.words(), end) == end) {
      return TraceState.logged(level);
    }
    boolean warn = level == Level.WARN;
    return level.atLeastError()
        ? TraceState.ERROR_EVENT
        : warn ? TraceState.WARN_EVENT : TraceState.EVENT;
  }

  /// `Nov 28, 2026 12:00:01 PM shop.Cart take`; newer JDKs put a narrow blank before `PM`.
  private static boolean isJulHead(byte[] head, int from, int end) {
    int near = Math.min(end - 1, from + JUL_WINDOW_BYTES);
    int comma = Bytes.indexOf(head, from, near, (byte) ',');
    for (int i = comma + 1; comma > 0 && i < near; i++) {
      if (head[i] == 'M' && head[i + 1] == ' ' && (head[i - 1] == 'A' || head[i - 1] == 'P')) {
        return Bytes.isLetter(head[from]);
      }
    }
    return false;
  }

  /// A frame, or the header that Next.js puts behind a sign: ` ⨯ TypeError: …`.
  private static int byIndented(byte[] head, int text, int end, int presets) {
    int kind = TraceLine.kind(head, text, end);
    if (kind != TraceLine.NONE) {
      return switch (kind) {
        case TraceLine.PYTHON -> ifAny(presets & Preset.PYTHON, TraceState.python(head, text));
        case TraceLine.GO -> ifAny(presets & Preset.GO, TraceState.GO);
        case TraceLine.RUBY -> ifAny(presets & Preset.RUBY, TraceState.RUBY_FRAMES);
        case TraceLine.NUMBERED -> ifAny(presets & Preset.PHP, TraceState.PHP);
        case TraceLine.RUST -> TraceState.NONE;
        default -> ifAny(presets & Preset.WITH_EXCEPTIONS, TraceState.FRAMES);
      };
    }
    if (TraceParts.isSourceLine(head, text, end)) {
      return ifAny(presets & Preset.NODEJS, TraceState.EXCERPT);
    }
    if (Bytes.startsWith(head, text, end, RICH)) {
      return Bytes.indexOf(head, text, end, BOX_TITLE) > 0
          ? ifAny(presets & Preset.PYTHON, TraceState.PYTHON_FRAMES)
          : LanguageTrace.startBeyondAscii(head, text, end);
    }
    if (Bytes.startsWith(head, text, end, LOG_BOX)) {
      return TraceState.BOX;
    }
    if (Bytes.startsWith(head, text, end, BOX) && Ansi.skip(head, text + BOX.length, end) == end) {
      return TraceState.BOX;
    }
    if (head[text] < 0 && presets == Preset.AUTO) {
      int other = LanguageTrace.startBeyondAscii(head, text, end);
      if (other != TraceState.NONE) {
        return other;
      }
    }
    // Koa indents all of it.
    int word = head[text] < 0 ? afterSign(head, text, end) : text;
    return word < end
            && (presets & Preset.WITH_EXCEPTIONS) != 0
            && ExceptionName.isHeader(head, word, end)
        ? TraceState.EXCEPTION
        : TraceState.NONE;
  }

  static int ifAny(int presets, int state) {
    return presets == 0 ? TraceState.NONE : state;
  }

  /// Behind a sign outside ASCII and the blanks after it.
  private static int afterSign(byte[] head, int text, int end) {
    int at = text;
    while (at < end && head[at] < 0) {
      at++;
    }
    return at == text ? text : skipBlanks(head, at, end);
  }

  /// Tells by the first letter and by the end of the first word.
  private static int byWord(Line line, byte[] head, int from, int end, int presets) {
    if (head[from] >= '0' && head[from] <= '9') {
      boolean excerpt = TraceParts.isSourceLine(head, from, end);
      return ifAny(excerpt ? presets & Preset.NODEJS : 0, TraceState.EXCERPT);
    }
    int space = Bytes.indexOf(head, from, end, (byte) ' ');
    int wordEnd = space < 0 ? end : space;
    byte last = head[wordEnd - 1];
    if (head[from] == '[' && (presets & Preset.RUBY) != 0) {
      int tagged = TraceParts.afterTags(head, from, end);
      if (tagged == end && line.headIsAll && !line.header().beginsEvent()) {
        return TraceState.EVENT;
      }
      if (Bytes.indexOf(head, from, Math.min(end, from + NUXT_WINDOW_BYTES), NUXT) > 0) {
        return ifAny(presets & Preset.NODEJS, TraceState.ERROR_EVENT);
      }
      if (tagged > from && isRailsHeader(head, tagged, end) && !line.header().beginsEvent()) {
        return TraceState.EXCEPTION;
      }
    }
    boolean exceptions = (presets & Preset.WITH_EXCEPTIONS) != 0;
    boolean go = (presets & Preset.GO) != 0;
    if (head[from] == '#' && from + 1 == end) {
      return ifAny(presets & Preset.JAVA, TraceState.HASH);
    }
    if (head[from] == '=' && TraceParts.isRule(head, from, end)) {
      return TraceState.RULE;
    }
    if ((head[end - 1] == ':' || head[end - 1] == 'm')
        && (presets & Preset.PYTHON) != 0
        && PythonTrace.isTitle(head, from, end)) {
      return TraceState.PYTHON_FRAMES;
    }
    if (last == ':') {
      if (go && Bytes.startsWith(head, from, end, PANIC)) {
        return TraceState.GO;
      }
      if (exceptions && ExceptionName.isType(head, from, wordEnd - 1)) {
        return TraceState.EXCEPTION;
      }
      // A warning of Python's, whose source line is below it.
      return (presets & Preset.PYTHON) != 0 && Bytes.indexOf(head, from, wordEnd, PYTHON_FILE) > 0
          ? TraceState.PYTHON_WARNING
          : StartPhrase.of(head, from, end, presets, exceptions, go);
    }
    if (space < 0 && !line.headIsAll) {
      return TraceState.NONE;
    }
    if (space < 0
        || head[Math.min(space + 1, end - 1)] == '['
        || Bytes.startsWith(head, space, end, HRESULT)) {
      if (exceptions && ExceptionName.isException(head, from, wordEnd)) {
        return TraceState.EXCEPTION;
      }
      return space < 0 && (presets & Preset.NODEJS) != 0 && isNodePlace(head, from, end)
          ? TraceState.NODE
          : TraceState.NONE;
    }
    if (head[end - 1] == ':'
        && exceptions
        && Bytes.startsWith(head, end - RAILS_END.length, end, RAILS_END)
        && head[space + 1] == '('
        && ExceptionName.isException(head, from, wordEnd)) {
      return TraceState.EXCEPTION;
    }
    if (last == 'n' && (presets & Preset.RUBY) != 0 && isRubyPlace(head, from, wordEnd)) {
      return TraceState.RUBY_HEAD;
    }
    return StartPhrase.of(head, from, end, presets, exceptions, go);
  }

  /// Whether a line is what a runtime itself prints when it crashes, and no logging library.
  static boolean isCrash(byte[] head, int from, int end) {
    return Bytes.startsWith(head, from, end, EXCEPTION_IN_THREAD)
        || Bytes.startsWith(head, from, end, UNHANDLED)
        || Bytes.startsWith(head, from, end, UNCAUGHT)
        || Bytes.startsWith(head, from, end, PANIC)
        || Bytes.startsWith(head, from, end, FATAL_ERROR)
        || Bytes.startsWith(head, from, end, RUST_THREAD)
        || Bytes.startsWith(head, from, end, StartPhrase.SIGNAL)
        || Bytes.startsWith(head, from, end, StartPhrase.GO_FAULT)
        || Bytes.startsWith(head, from, end, DENO)
        || Bytes.startsWith(head, from, end, NODE_WARNING)
        || isNodePlace(head, from, end);
  }

  /// `order failed: TypeError: no stock`: what Node.js prints of an error behind a text.
  static boolean namesException(byte[] head, int from, int end) {
    int near = Math.min(end - 1, from + PREFIX_BYTES);
    int at = Bytes.indexOf(head, from, near, (byte) ':');
    while (at > 0) {
      if (head[at + 1] == ' '
          && (isEnding(head, from, at, ERROR) || isEnding(head, from, at, EXCEPTION))) {
        return true;
      }
      at = Bytes.indexOf(head, at + 1, near, (byte) ':');
    }
    return false;
  }

  /// Whether a word in front of `at` ends so, and begins with a capital.
  private static boolean isEnding(byte[] head, int from, int at, byte[] ending) {
    if (!ExceptionName.endsWith(head, from, at, ending)) {
      return false;
    }
    int word = at;
    while (word > from && head[word - 1] != ' ') {
      word--;
    }
    return word > from
        && head[word] >= 'A'
        && head[word] <= 'Z'
        && ExceptionName.isName(head, word, at);
  }

  /// `OutOfStock (no stock):`, where the message may go on in further lines.
  private static boolean isRailsHeader(byte[] head, int from, int end) {
    int space = Bytes.indexOf(head, from, end, (byte) ' ');
    if (space < 0 || space + 1 >= end || head[space + 1] != '(') {
      return isJobHeader(head, from, end);
    }
    return ExceptionName.isException(head, from, space)
        || (Bytes.startsWith(head, end - RAILS_END.length, end, RAILS_END)
            && ExceptionName.isType(head, from, space));
  }

  /// `Error performing PayJob (Job ID: 8d3a) in 3.2ms: OutOfStock (no stock):`, of Active Job.
  private static boolean isJobHeader(byte[] head, int from, int end) {
    if (!Bytes.startsWith(head, from, end, JOB)
        || !Bytes.startsWith(head, end - RAILS_END.length, end, RAILS_END)) {
      return false;
    }
    int name = Bytes.indexOf(head, from, end, JOB_NAME);
    return name > 0 && isRailsHeader(head, name + JOB_NAME.length, end);
  }

  /// `/app/worker.rb:3:in`.
  private static boolean isRubyPlace(byte[] head, int from, int wordEnd) {
    return wordEnd - from > 6
        && Bytes.startsWith(head, wordEnd - RUBY_IN.length, wordEnd, RUBY_IN)
        && Bytes.indexOf(head, from, wordEnd, RUBY_FILE) > 0;
  }

  /// `/app/index.js:3`, `file:///app/index.mjs:3`, `node:internal/process:95`.
  private static boolean isNodePlace(byte[] head, int from, int end) {
    int at = end;
    while (at > from && head[at - 1] >= '0' && head[at - 1] <= '9') {
      at--;
    }
    if (at == end || at - from < 4 || head[at - 1] != ':') {
      return false;
    }
    int name = at - 1;
    return Bytes.startsWith(head, from, end, NODE_INTERNAL)
        || ((head[from] == '/' || Bytes.startsWith(head, from, end, FILE_URL))
            && head[name - 1] == 's'
            && (head[name - 2] == 'j' || head[name - 2] == 't'));
  }

  static int skipBlanks(byte[] head, int from, int end) {
    int at = from;
    while (at < end && (head[at] == ' ' || head[at] == '\t')) {
      at++;
    }
    return at;
  }
}
