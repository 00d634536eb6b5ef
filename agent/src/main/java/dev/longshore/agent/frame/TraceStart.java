package dev.longshore.agent.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
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
  private static final byte[] EXCEPTION_IN_THREAD = ascii("Exception in thread ");
  private static final byte[] UNHANDLED = ascii("Unhandled ");
  private static final byte[] UNCAUGHT = ascii("Uncaught ");
  private static final byte[] PANIC = ascii("panic:");
  private static final byte[] FATAL_ERROR = ascii("fatal error: ");
  private static final byte[] GOROUTINE = ascii("goroutine ");
  private static final byte[] PANIC_SERVING = ascii(": panic serving ");
  private static final byte[] SIGNAL = ascii("SIG");
  private static final byte[] RUST_THREAD = ascii("thread '");
  private static final byte[] RUST_PANICKED = ascii(" panicked at ");
  private static final byte[] PYTHON_FILE = ascii(".py:");
  private static final byte[] DJANGO = ascii("Internal Server Error: ");
  private static final byte[] ASYNCIO_TASK = ascii("Task exception was never retrieved");
  private static final byte[] PYTHON_EXCEPTION = ascii("Exception ignored in");
  private static final byte[] PYTHON_CALLBACK = ascii("Exception in callback ");
  private static final byte[] BOX_TITLE = ascii("Traceback ");
  private static final byte[] BOX = "╷".getBytes(UTF_8);
  private static final byte[] RICH = "╭".getBytes(UTF_8);
  private static final byte[] ERLANG_REPORT = ascii(" REPORT====");
  private static final byte[] ELIXIR = ascii("** (");
  private static final byte[] TERMINATE = ascii("terminate called ");
  private static final byte[] THREAD_DUMP = ascii("Full thread dump ");
  private static final byte[] PYTHON_FATAL = ascii("Fatal Python error: ");
  private static final byte[] PERL_LINE = ascii(" line ");
  private static final byte[] PERL_AT = ascii(" at ");
  private static final byte[] PHP = ascii("PHP ");
  private static final byte[] PHP_FATAL = ascii("Fatal error: ");
  private static final byte[] RAILS_END = ascii("):");
  private static final byte[] RUBY_FILE = ascii(".rb:");
  private static final byte[] RUBY_IN = ascii(":in");
  private static final byte[] NODE_INTERNAL = ascii("node:");
  private static final byte[] FILE_URL = ascii("file:///");
  private static final byte[] HRESULT = ascii(" (0x");
  private static final byte[] CLOJURE_EXECUTION = ascii("Execution error ");
  private static final byte[] CLOJURE_SYNTAX = ascii("Syntax error ");
  private static final byte[] CLOJURE_AT = ascii(" at ");
  private static final byte[] CLOJURE_END = ascii(").");
  private static final byte[] EXCEPTION = ascii("Exception");
  private static final byte[] ERROR = ascii("Error");
  private static final byte[] CALL = ascii("()");
  private static final int JUL_WINDOW_BYTES = 40;
  private static final int PREFIX_BYTES = 128;

  private TraceStart() {}

  static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

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
      boolean object = presets == Preset.AUTO && line.headIsAll && head[end - 1] != '}';
      return object ? TraceState.OBJECT : TraceState.NONE;
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
    }
    return state == TraceState.NONE
            && presets == Preset.AUTO
            && line.headIsAll
            && TraceParts.opens(head, end)
        ? TraceState.OBJECT
        : state;
  }

  /// By the line's time and level.
  private static int byHeader(LineHeader header, byte[] head, int from, int end, int presets) {
    if (!header.beginsEvent() || header.isSingle()) {
      return TraceState.NONE;
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
    boolean error = header.level().atLeastError();
    if (header.isLogged() || skipBlanks(head, header.words(), end) == end) {
      return error ? TraceState.LOGGED_ERROR : TraceState.LOGGED;
    }
    return error ? TraceState.ERROR_EVENT : TraceState.EVENT;
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
          : TraceState.NONE;
    }
    if (Bytes.startsWith(head, text, end, BOX) && Ansi.skip(head, text + BOX.length, end) == end) {
      return TraceState.BOX;
    }
    // Koa indents all of it.
    int word = head[text] < 0 ? afterSign(head, text, end) : text;
    return word < end
            && (presets & Preset.WITH_EXCEPTIONS) != 0
            && ExceptionName.isHeader(head, word, end)
        ? TraceState.EXCEPTION
        : TraceState.NONE;
  }

  private static int ifAny(int presets, int state) {
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
      if (tagged == end && line.headIsAll) {
        return TraceState.EVENT;
      }
      if (tagged > from && isRailsHeader(head, tagged, end)) {
        return TraceState.EXCEPTION;
      }
    }
    boolean exceptions = (presets & Preset.WITH_EXCEPTIONS) != 0;
    boolean go = (presets & Preset.GO) != 0;
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
          : byPhrase(head, from, end, presets, exceptions, go);
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
    return byPhrase(head, from, end, presets, exceptions, go);
  }

  private static int byPhrase(
      byte[] head, int from, int end, int presets, boolean exceptions, boolean go) {
    switch (head[from]) {
      case 'C', 'W' -> {
        if (exceptions && TraceLine.kind(head, from, end) == TraceLine.CAUSE) {
          return TraceState.EXCEPTION;
        }
      }
      case 'E' -> {
        if (exceptions && Bytes.startsWith(head, from, end, EXCEPTION_IN_THREAD)) {
          return TraceState.EXCEPTION;
        }
        if (isClojure(head, from, end, CLOJURE_EXECUTION)) {
          return ifAny(presets & Preset.JAVA, TraceState.CLOJURE);
        }
        if (Bytes.startsWith(head, from, end, PYTHON_EXCEPTION)
            || Bytes.startsWith(head, from, end, PYTHON_CALLBACK)) {
          return ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
      }
      case 'I' -> {
        if (Bytes.startsWith(head, from, end, DJANGO)) {
          return ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
      }
      case 'U' -> {
        if (exceptions
            && (Bytes.startsWith(head, from, end, UNHANDLED)
                || Bytes.startsWith(head, from, end, UNCAUGHT))) {
          // Dart prints the exception below.
          return head[end - 1] == ':' ? TraceState.ERROR_EVENT : TraceState.EXCEPTION;
        }
      }
      case 'T' -> {
        if (Bytes.startsWith(head, from, end, ASYNCIO_TASK)) {
          return ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
      }
      case 'S' -> {
        if (go && isGoSignal(head, from, end)) {
          return TraceState.GO;
        }
        if (isClojure(head, from, end, CLOJURE_SYNTAX)) {
          return ifAny(presets & Preset.JAVA, TraceState.CLOJURE);
        }
      }
      case 't' -> {
        if (Bytes.startsWith(head, from, end, RUST_THREAD)
            && Bytes.indexOf(head, from, Math.min(end, from + 96), RUST_PANICKED) > 0) {
          return head[end - 1] == ':' ? TraceState.RUST_HEAD : TraceState.RUST;
        }
        if (Bytes.startsWith(head, from, end, TERMINATE)) {
          return TraceState.EXCEPTION;
        }
      }
      case '*' -> {
        if (Bytes.startsWith(head, from, end, ELIXIR)) {
          return TraceState.EXCEPTION;
        }
      }
      case '=' -> {
        if (TraceParts.isSanitizer(head, from, end)) {
          return TraceState.SANITIZER;
        }
        if (Bytes.indexOf(head, from, Math.min(end, from + 32), ERLANG_REPORT) > 0) {
          return TraceState.ERLANG_REPORT;
        }
      }
      case 'F' -> {
        if (Bytes.startsWith(head, from, end, THREAD_DUMP)) {
          return ifAny(presets & Preset.JAVA, TraceState.THREAD_DUMP);
        }
        if (Bytes.startsWith(head, from, end, PYTHON_FATAL)) {
          return ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
        if ((presets & Preset.PHP) != 0 && isPhpUncaught(head, from, end)) {
          return TraceState.PHP;
        }
      }
      case 'f', 'g', 'h' -> {
        if (go
            && (Bytes.startsWith(head, from, end, FATAL_ERROR)
                || Bytes.startsWith(head, from, end, GOROUTINE)
                || Bytes.indexOf(head, from, Math.min(end, from + 24), PANIC_SERVING) > 0)) {
          return TraceState.GO;
        }
      }
      case 'P', '[', 'N' -> {
        if ((presets & Preset.PHP) != 0 && isPhpUncaught(head, from, end)) {
          return TraceState.PHP;
        }
      }
      default -> {}
    }
    if (isPerlDeath(head, from, end) || (exceptions && namesException(head, from, end))) {
      return TraceState.EXCEPTION;
    }
    return (presets & Preset.NODEJS) != 0 && TraceParts.endsInSourceLine(head, from, end)
        ? TraceState.EXCERPT
        : TraceState.NONE;
  }

  /// `Execution error (ExceptionInfo) at shop/take (cart.clj:2).`, `Syntax error compiling at
  /// (cart.clj:1:21).`
  private static boolean isClojure(byte[] head, int from, int end, byte[] words) {
    return Bytes.startsWith(head, from, end, words)
        && Bytes.startsWith(head, end - 2, end, CLOJURE_END)
        && Bytes.indexOf(head, from, end, CLOJURE_AT) > 0;
  }

  /// Whether a line is what a runtime itself prints when it crashes, and no logging library.
  static boolean isCrash(byte[] head, int from, int end) {
    return Bytes.startsWith(head, from, end, EXCEPTION_IN_THREAD)
        || Bytes.startsWith(head, from, end, UNHANDLED)
        || Bytes.startsWith(head, from, end, UNCAUGHT)
        || Bytes.startsWith(head, from, end, PANIC)
        || Bytes.startsWith(head, from, end, FATAL_ERROR)
        || Bytes.startsWith(head, from, end, RUST_THREAD)
        || isNodePlace(head, from, end);
  }

  /// `SIGQUIT: quit`.
  private static boolean isGoSignal(byte[] head, int from, int end) {
    int colon = Bytes.indexOf(head, from, Math.min(end, from + 12), (byte) ':');
    if (colon < 0 || !Bytes.startsWith(head, from, end, SIGNAL)) {
      return false;
    }
    for (int i = from; i < colon; i++) {
      if (head[i] < 'A' || head[i] > 'Z') {
        return false;
      }
    }
    return true;
  }

  /// `order failed: TypeError: no stock`: what Node.js prints of an error behind a text.
  private static boolean namesException(byte[] head, int from, int end) {
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

  /// `no stock at cart.pl line 3.`
  private static boolean isPerlDeath(byte[] head, int from, int end) {
    if (head[end - 1] != '.' || end - from < 12) {
      return false;
    }
    int digit = end - 2;
    while (digit > from && head[digit] >= '0' && head[digit] <= '9') {
      digit--;
    }
    int line = digit + 1 - PERL_LINE.length;
    return digit < end - 2
        && line > from
        && Bytes.startsWith(head, line, end, PERL_LINE)
        && Bytes.indexOf(head, from, line, PERL_AT) > 0;
  }

  /// `PHP Fatal error: Uncaught …`, also behind a time in brackets or php-fpm's `NOTICE:`.
  private static boolean isPhpUncaught(byte[] head, int from, int end) {
    int near = Math.min(end, from + 80);
    int php = Bytes.indexOf(head, from, near, PHP);
    int fatal = Bytes.indexOf(head, php < 0 ? from : php, near, PHP_FATAL);
    return (php >= 0 || fatal == from)
        && fatal >= 0
        && Bytes.indexOf(head, fatal, Math.min(end, fatal + 32), UNCAUGHT) > 0;
  }

  /// `OutOfStock (no stock):`, where the message may go on in further lines.
  private static boolean isRailsHeader(byte[] head, int from, int end) {
    int space = Bytes.indexOf(head, from, end, (byte) ' ');
    if (space < 0 || space + 1 >= end || head[space + 1] != '(') {
      return false;
    }
    return ExceptionName.isException(head, from, space)
        || (Bytes.startsWith(head, end - RAILS_END.length, end, RAILS_END)
            && ExceptionName.isType(head, from, space));
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
