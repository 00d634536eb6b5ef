package dev.longshore.agent.frame;

import static dev.longshore.agent.frame.TraceStart.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Ansi;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.LineHeader;
import dev.longshore.agent.line.TraceLine;

/// How far an event of several lines is, and whether a line goes on with it.
///
/// A state is an int so that it can lie in a record without an object. What [#next] says is a
/// function of the state, the line, and whether the runtime stamped both lines within one write, so
/// that it is the same when a file is read again from a record's start. In this order:
///
/// 1. What the grammar of the trace at hand knows goes on with it.
/// 2. A line that begins as an event of its own (a time, a level, `{`) ends the record, whatever
///    came before: no event disappears in another.
/// 3. Within one write, an indented or empty line goes on. So does an unindented one that is
///    nothing known, but only [#TENTATIVE]ly: a frame that follows proves that it belongs to the
///    record; without one, it and what follows it become records of their own.
final class TraceState {
  /// Not the begin of a record of several lines.
  static final int NONE = 0;

  /// An event: its first line has a time or a level.
  static final int EVENT = 1;

  /// The same at level error or above.
  static final int ERROR_EVENT = 2;

  /// The header of an exception, and the lines of its message.
  static final int EXCEPTION = 3;

  /// Among the frames of one.
  static final int FRAMES = 4;

  /// An empty line behind frames.
  static final int FRAMES_BLANK = 5;

  /// Behind `Traceback`, before the error itself.
  static final int PYTHON_FRAMES = 6;

  static final int PYTHON_ERROR = 7;

  /// An empty line behind the error: another traceback may be chained to it.
  static final int PYTHON_BLANK = 8;

  /// Behind `During handling of the above exception, …`.
  static final int PYTHON_CHAIN = 9;

  static final int GO = 10;
  static final int RUBY_HEAD = 11;

  /// An empty line below Ruby's message: the source line comes next, at its own indentation.
  static final int RUBY_BLANK = 12;

  /// Behind that source line: carets and suggestions.
  static final int RUBY_CODE = 13;

  static final int RUBY_FRAMES = 14;
  static final int PHP = 15;

  /// In what Node.js prints when it crashes: place, source line, caret, error, version.
  static final int NODE = 16;

  /// `thread 'main' panicked at src/cart.rs:12:9:`, whose message is the next line.
  static final int RUST_HEAD = 17;

  static final int RUST = 18;

  /// A report of a sanitizer of C and C++, which ends where it says so.
  static final int SANITIZER = 19;

  /// The line goes on and is the last one.
  static final int DONE = 20;

  /// An empty line among Python's frames: loguru sets them apart, and an exception group ends so.
  static final int PYTHON_GAP = 21;

  /// Time, class and method of java.util.logging: its level and message are the next line.
  static final int JUL_HEAD = 22;

  /// A report of Erlang, up to an empty line.
  static final int ERLANG_REPORT = 23;

  /// A warning of Python's: the line of the source follows.
  static final int PYTHON_WARNING = 24;

  /// The line doesn't go on.
  static final int END = -1;

  /// Added to a state: the line is indented or empty, and no part of a known trace.
  static final int WEAK = 1 << 8;

  /// Added to a state: the line belongs to the record only if a part of a trace follows.
  static final int TENTATIVE = 1 << 9;

  private static final byte[] DURING = ascii("During handling of the above exception");

  /// Celery and multiprocessing put the trace of another process between such.
  private static final byte[] QUOTED_TRACE = ascii("\"\"\"");

  private static final byte[] LOGURU_FRAME = ascii("> File \"");
  private static final byte[] DIRECT_CAUSE = ascii("The above exception was the direct cause");
  private static final byte[] PHP_TRACE = ascii("Stack trace:");
  private static final byte[] PHP_THROWN = ascii("thrown in ");
  private static final byte[] LARAVEL_TRACE = ascii("[stacktrace]");
  private static final byte[] BOX_SIDE = "│".getBytes(UTF_8);
  private static final byte[] BOX_END = "╰".getBytes(UTF_8);
  private static final int MOST_JUL_LEVEL_BYTES = 24;
  private static final int PYTHON_SOURCE_INDENT = 4;
  private static final byte[] NODE_VERSION = ascii("Node.js v");
  private static final byte[] NODE_THROW = ascii("throw ");
  private static final byte[] NODE_REQUIRE = ascii("Require stack:");
  private static final byte[] NODE_REQUIRED = ascii("- /");
  private static final byte[] NODE_THROWN_AT = ascii("Thrown at:");
  private static final byte[] NODE_REJECTION = ascii("[UnhandledPromiseRejection");
  private static final byte[] RUBY_SUGGESTION = ascii("Did you mean?");
  private static final byte[] RUBY_CARET = ascii("^");
  private static final byte[] GO_PANIC_FRAME = ascii("panic(");
  private static final byte[] GO_ROUTINE = ascii("goroutine ");
  private static final byte[] GO_PANIC = ascii("panic: ");
  private static final byte[] GO_CREATED = ascii("created by ");
  private static final byte[] GO_SIGNAL = ascii("[signal ");
  private static final byte[] GO_COUNTER = ascii("PC=0x");
  private static final byte[] GO_RUNTIME = ascii("runtime stack:");
  private static final byte[] GO_ELIDED = ascii("...additional frames elided");
  private static final byte[] GO_EXIT = ascii("exit status ");
  private static final byte[] RUST_BACKTRACE = ascii("stack backtrace:");
  private static final byte[] RUST_NOTE = ascii("note: ");
  private static final byte[] SANITIZER_END = ascii("==ABORTING");

  private TraceState() {}

  /// The state behind `line`, with [#WEAK] or [#TENTATIVE] added, or [#END] when it begins a record
  /// of its own.
  ///
  /// @param indent indentation of the record's first line, see [#indent]
  /// @param sameWrite whether the runtime stamped it together with the line before
  static int next(
      int state, Line line, int presets, int indent, boolean sameWrite, LineHeader header) {
    byte[] head = line.head;
    int end = line.headEnd;
    int from = Ansi.skip(head, line.headStart, end);
    int text = TraceStart.skipBlanks(head, from, end);
    if (text == end) {
      return line.headIsAll && sameWrite ? afterBlank(state) : END;
    }
    if (head[from] == '{' && state != ERLANG_REPORT) {
      return END;
    }
    int known =
        text > from
            ? afterIndented(state, head, from, text, end, presets, sameWrite)
            : afterUnindented(state, line, from, presets, sameWrite, header);
    if (known != END) {
      return known;
    }
    if (!sameWrite || state == RUBY_CODE) {
      return END;
    }
    if (text > from) {
      return isIndentable(state)
              && indent(head, from, text) > indent
              && !(beginsEvent(header, head, from, end) && !header.isByColon())
          ? state | WEAK
          : END;
    }
    return toleratesForeign(state, line)
            && TraceStart.of(line, presets, header) == NONE
            && !beginsEvent(header, head, from, end)
        ? state | TENTATIVE
        : END;
  }

  private static boolean beginsEvent(LineHeader header, byte[] head, int from, int end) {
    header.read(head, from, end);
    return header.beginsEvent();
  }

  /// How far a line is indented, a tab counting as eight blanks.
  static int indent(byte[] head, int from, int text) {
    int indent = 0;
    for (int i = from; i < text; i++) {
      indent += head[i] == '\t' ? 8 : 1;
    }
    return indent;
  }

  private static int afterBlank(int state) {
    return switch (state) {
      case PYTHON_FRAMES, PYTHON_GAP -> PYTHON_GAP | WEAK;
      case PYTHON_ERROR -> PYTHON_BLANK | WEAK;
      case FRAMES -> FRAMES_BLANK | WEAK;
      case RUBY_HEAD -> RUBY_BLANK | WEAK;
      case EVENT, ERROR_EVENT, EXCEPTION, PYTHON_CHAIN, GO, PHP, NODE, SANITIZER -> state | WEAK;
      case ERLANG_REPORT -> DONE;
      default -> END;
    };
  }

  private static boolean isIndentable(int state) {
    return switch (state) {
      case PYTHON_BLANK, PYTHON_CHAIN, FRAMES_BLANK, JUL_HEAD, PYTHON_WARNING -> false;
      default -> true;
    };
  }

  /// Whether a line that is nothing known may stand between an event or a header and its frames.
  private static boolean toleratesForeign(int state, Line line) {
    return switch (state) {
      case EVENT, ERROR_EVENT, EXCEPTION, RUST, PYTHON_ERROR, PYTHON_BLANK -> true;
      // zap writes a frame's function without its arguments.
      case GO ->
          isOneWord(line) && Bytes.indexOf(line.head, line.headStart, line.headEnd, (byte) '.') > 0;
      default -> false;
    };
  }

  private static boolean isOneWord(Line line) {
    return line.headIsAll && Bytes.indexOf(line.head, line.headStart, line.headEnd, (byte) ' ') < 0;
  }

  private static int afterIndented(
      int state, byte[] head, int from, int text, int end, int presets, boolean sameWrite) {
    int kind = TraceLine.kind(head, text, end);
    if (kind == TraceLine.PYTHON && head[text] == '|' && state != PYTHON_FRAMES) {
      // Elsewhere than in a group of exceptions, a bar is part of a drawing.
      kind = TraceLine.NONE;
    }
    switch (state) {
      case PYTHON_FRAMES -> {
        // Source lines and carets: anything may stand there.
        boolean source = sameWrite && indent(head, from, text) >= PYTHON_SOURCE_INDENT;
        return source || kind == TraceLine.PYTHON ? PYTHON_FRAMES : END;
      }
      case NODE -> {
        return sameWrite ? NODE : END;
      }
      case PYTHON_WARNING -> {
        return sameWrite && kind == TraceLine.NONE ? DONE : END;
      }
      case RUBY_HEAD, RUBY_CODE -> {
        if (kind == TraceLine.RUBY) {
          return RUBY_FRAMES;
        }
        return sameWrite ? state : END;
      }
      case RUBY_BLANK -> {
        return sameWrite ? RUBY_CODE : END;
      }
      case SANITIZER -> {
        return SANITIZER;
      }
      case GO -> {
        if (Bytes.startsWith(head, text, end, GO_PANIC)) {
          return GO;
        }
      }
      default -> {}
    }
    int known = afterKind(state, kind, presets);
    if (known != END) {
      return known;
    }
    if (state == PHP && Bytes.startsWith(head, text, end, PHP_THROWN)) {
      return PHP;
    }
    if (TraceStart.isExceptionHeader(head, text, end)) {
      return switch (state) {
        case EVENT, ERROR_EVENT, EXCEPTION, FRAMES ->
            (presets & Preset.WITH_EXCEPTIONS) == 0 ? END : FRAMES;
        default -> END;
      };
    }
    return END;
  }

  /// The state behind a part of a trace: that of its runtime, where it may follow.
  private static int afterKind(int state, int kind, int presets) {
    if (kind == TraceLine.NONE || state == PYTHON_CHAIN) {
      return END;
    }
    return switch (kind) {
      case TraceLine.AT, TraceLine.CAUSE ->
          state == GO || state == PHP || (presets & Preset.WITH_EXCEPTIONS) == 0
              ? END
              : state == RUST || state == RUST_HEAD ? RUST : FRAMES;
      case TraceLine.PYTHON ->
          state == PYTHON_BLANK || (presets & Preset.PYTHON) == 0 ? END : PYTHON_FRAMES;
      case TraceLine.GO -> (presets & Preset.GO) == 0 ? END : GO;
      case TraceLine.RUBY -> (presets & Preset.RUBY) == 0 ? END : RUBY_FRAMES;
      case TraceLine.NUMBERED -> (presets & Preset.PHP) == 0 ? END : PHP;
      case TraceLine.RUST -> state == RUST || state == RUST_HEAD ? RUST : END;
      default -> FRAMES;
    };
  }

  private static int afterUnindented(
      int state, Line line, int from, int presets, boolean sameWrite, LineHeader header) {
    byte[] head = line.head;
    int end = line.headEnd;
    return switch (state) {
      case EVENT, ERROR_EVENT -> afterEvent(state, line, from, presets, sameWrite, header);
      case EXCEPTION -> afterException(head, from, end, presets);
      case FRAMES ->
          isPart(head, from, end) || TraceParts.isAmongFrames(head, from, end) ? FRAMES : END;
      case FRAMES_BLANK -> {
        if (starts(head, from, end, DURING, DIRECT_CAUSE)) {
          yield PYTHON_CHAIN;
        }
        yield isPart(head, from, end) ? FRAMES : END;
      }
      case PYTHON_FRAMES ->
          isBox(head, from, end)
              ? sameWrite ? PYTHON_FRAMES : END
              : isPythonError(line, head, from, end) ? PYTHON_ERROR : END;
      case PYTHON_GAP -> {
        if (starts(head, from, end, DURING, DIRECT_CAUSE)) {
          yield PYTHON_CHAIN;
        }
        if (Bytes.startsWith(head, from, end, LOGURU_FRAME)) {
          yield PYTHON_FRAMES;
        }
        yield sameWrite && isPythonError(line, head, from, end) ? PYTHON_ERROR : END;
      }
      case PYTHON_ERROR ->
          Bytes.startsWith(head, from, end, QUOTED_TRACE)
              ? PYTHON_CHAIN
              : TraceParts.isBelowPythonError(head, from, end) ? PYTHON_ERROR : END;
      case PYTHON_BLANK -> {
        if (starts(head, from, end, DURING, DIRECT_CAUSE)) {
          yield PYTHON_CHAIN;
        }
        yield TraceParts.isBelowPythonError(head, from, end) ? PYTHON_ERROR : END;
      }
      case PYTHON_CHAIN ->
          starts(head, from, end, DURING, DIRECT_CAUSE)
              ? PYTHON_CHAIN
              : TraceStart.of(line, Preset.PYTHON, header) == PYTHON_FRAMES ? PYTHON_FRAMES : END;
      case GO -> afterGo(line, head, from, end);
      case RUBY_BLANK -> RUBY_CODE;
      case RUBY_CODE -> starts(head, from, end, RUBY_CARET, RUBY_SUGGESTION) ? RUBY_CODE : END;
      case RUBY_FRAMES ->
          TraceParts.isRubyHeader(head, from, end)
              ? RUBY_HEAD
              : TraceParts.isRubyFrame(head, from, end) ? RUBY_FRAMES : END;
      case PHP -> TraceParts.isPhp(head, from, end) ? PHP : END;
      case NODE -> afterNode(line, head, from, end, header);
      case RUST_HEAD -> sameWrite ? RUST : END;
      case JUL_HEAD -> afterJulHead(head, from, end, sameWrite, header);
      case ERLANG_REPORT ->
          sameWrite && !beginsEvent(header, head, from, end) ? ERLANG_REPORT : END;
      case RUST -> starts(head, from, end, RUST_BACKTRACE, RUST_NOTE) ? RUST : END;
      case SANITIZER ->
          !sameWrite ? END : Bytes.indexOf(head, from, end, SANITIZER_END) > 0 ? DONE : SANITIZER;
      default -> END;
    };
  }

  /// An event with the exception's header or its first frame directly below. What a runtime prints
  /// when it crashes belongs to an event only if that tells of an error.
  private static int afterEvent(
      int state, Line line, int from, int presets, boolean sameWrite, LineHeader header) {
    byte[] head = line.head;
    int end = line.headEnd;
    if (state == EVENT && (!sameWrite || TraceStart.isCrash(head, from, end))) {
      return END;
    }
    if ((presets & Preset.GO) != 0 && TraceLine.kind(head, from, end) == TraceLine.GO) {
      return GO;
    }
    if ((presets & Preset.PHP) != 0
        && (TraceParts.isNumberedFrame(head, from, end)
            || starts(head, from, end, PHP_TRACE, LARAVEL_TRACE))) {
      return PHP;
    }
    if ((presets & Preset.JAVA) != 0 && TraceLine.kind(head, from, end) == TraceLine.CAUSE) {
      return FRAMES;
    }
    if ((presets & Preset.RUBY) != 0 && TraceParts.isRubyFrame(head, from, end)) {
      return RUBY_FRAMES;
    }
    int start = TraceStart.of(line, presets, header);
    return switch (start) {
      case EXCEPTION, FRAMES, PYTHON_FRAMES, RUBY_HEAD, NODE, RUST, RUST_HEAD -> start;
      case GO -> Bytes.isDigit(head[from]) ? END : GO;
      default -> END;
    };
  }

  /// `SEVERE: …`, in whatever language: a word in capitals and a colon.
  private static int afterJulHead(
      byte[] head, int from, int end, boolean sameWrite, LineHeader header) {
    int colon = Bytes.indexOf(head, from, Math.min(end, from + MOST_JUL_LEVEL_BYTES), (byte) ':');
    if (!sameWrite || colon <= from || !isAllCapitals(head, from, colon)) {
      return END;
    }
    header.read(head, from, end);
    return header.level().atLeastError() ? ERROR_EVENT : EVENT;
  }

  /// A letter outside ASCII may be a capital.
  private static boolean isAllCapitals(byte[] head, int from, int end) {
    for (int i = from; i < end; i++) {
      if (head[i] >= 0 && (head[i] < 'A' || head[i] > 'Z')) {
        return false;
      }
    }
    return true;
  }

  /// Whether the line is one of the box that Rich draws around a trace.
  private static boolean isBox(byte[] head, int from, int end) {
    return starts(head, from, end, BOX_SIDE, BOX_END);
  }

  private static int afterException(byte[] head, int from, int end, int presets) {
    if (isPart(head, from, end)
        || TraceParts.isElixir(head, from, end)
        || TraceParts.isReactor(head, from, end)) {
      return FRAMES;
    }
    if ((presets & Preset.PHP) != 0
        && (TraceParts.isNumberedFrame(head, from, end)
            || Bytes.startsWith(head, from, end, PHP_TRACE))) {
      return PHP;
    }
    if ((presets & Preset.RUBY) != 0 && TraceParts.isRubyFrame(head, from, end)) {
      return RUBY_FRAMES;
    }
    return starts(head, from, end, NODE_REQUIRE, NODE_REQUIRED) ? EXCEPTION : END;
  }

  private static boolean isPart(byte[] head, int from, int end) {
    return TraceLine.kind(head, from, end) == TraceLine.CAUSE;
  }

  /// `ValueError: …`, `shop.errors.OutOfStock: …`, `KeyboardInterrupt`.
  private static boolean isPythonError(Line line, byte[] head, int from, int end) {
    int space = Bytes.indexOf(head, from, end, (byte) ' ');
    int wordEnd = space < 0 ? end : space;
    int colour = Bytes.indexOf(head, from, wordEnd, Ansi.ESCAPE);
    if (colour > from) {
      int colon = Ansi.skip(head, colour, end);
      return (colon == end || head[colon] == ':') && TraceStart.isName(head, from, colour);
    }
    if (head[wordEnd - 1] == ':') {
      return TraceStart.isName(head, from, wordEnd - 1);
    }
    return space < 0 && line.headIsAll && TraceStart.isName(head, from, end);
  }

  private static int afterGo(Line line, byte[] head, int from, int end) {
    if (Bytes.startsWith(head, from, end, GO_EXIT)) {
      return DONE;
    }
    boolean part =
        starts(head, from, end, GO_ROUTINE, GO_PANIC)
            || starts(head, from, end, GO_CREATED, GO_SIGNAL)
            || starts(head, from, end, GO_RUNTIME, GO_ELIDED)
            || starts(head, from, end, GO_PANIC_FRAME, GO_COUNTER)
            || TraceLine.kind(head, from, end) == TraceLine.GO
            || TraceParts.isGoFunction(line, head, from, end)
            || TraceParts.isGoRegister(head, from, end);
    return part ? GO : END;
  }

  private static int afterNode(Line line, byte[] head, int from, int end, LineHeader header) {
    if (Bytes.startsWith(head, from, end, NODE_VERSION)) {
      return DONE;
    }
    boolean part =
        head[from] == '^'
            || TraceParts.isClosing(head, from, end)
            || starts(head, from, end, NODE_THROW, NODE_THROWN_AT)
            || starts(head, from, end, NODE_REQUIRE, NODE_REQUIRED)
            || Bytes.startsWith(head, from, end, NODE_REJECTION)
            || TraceStart.of(line, Preset.NODEJS, header) == EXCEPTION;
    return part ? NODE : END;
  }

  private static boolean starts(byte[] head, int from, int end, byte[] one, byte[] other) {
    return Bytes.startsWith(head, from, end, one) || Bytes.startsWith(head, from, end, other);
  }
}
