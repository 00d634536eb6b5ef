package dev.longshore.agent.frame;

import static dev.longshore.agent.frame.TraceStart.ascii;

/// How far a stack trace is, and whether a line goes on with it.
///
/// A state is an int so that it can lie in a record without an object. What is a function of the
/// state and the line alone stays one when reading begins again at a record's start. Two rules hold
/// for all runtimes: a line that begins with `{` never goes on, and an indented line does, once a
/// trace was recognised.
final class TraceState {
  /// Not a trace: the record ends with its line.
  static final int NONE = 0;

  /// A log line at error level, which a trace may follow.
  static final int ERROR_LINE = 1;

  /// The header of a Java, Node.js or .NET exception.
  static final int EXCEPTION = 2;

  /// Among the frames of one.
  static final int FRAMES = 3;

  /// Behind `Traceback`, before the error itself.
  static final int PYTHON_FRAMES = 4;

  static final int PYTHON_ERROR = 5;

  /// An empty line behind the error: another traceback may be chained to it.
  static final int PYTHON_BLANK = 6;

  /// Behind `During handling of the above exception, …`.
  static final int PYTHON_CHAIN = 7;

  static final int GO = 8;
  static final int RUBY_HEAD = 9;
  static final int RUBY_FRAMES = 10;
  static final int PHP = 11;

  /// In what Node.js prints when it crashes: place, source line, caret, error, version.
  static final int NODE = 12;

  /// Below .NET's console logger.
  static final int DOTNET_FAIL = 13;

  /// The line goes on and is the last one.
  static final int DONE = 14;

  /// An empty line below Ruby's message: the source line comes next, at its own indentation.
  static final int RUBY_BLANK = 15;

  /// Behind that source line: carets and suggestions.
  static final int RUBY_CODE = 16;

  /// The line doesn't go on.
  static final int END = -1;

  private static final byte[] CAUSED_BY = ascii("Caused by: ");
  private static final byte[] SUPPRESSED = ascii("Suppressed: ");
  private static final byte[] DOTNET_END = ascii("--- End of ");
  private static final byte[] DOTNET_INNER = ascii("---> ");
  private static final byte[] AT = ascii("at ");
  private static final byte[] MORE = ascii("... ");
  private static final byte[] DURING = ascii("During handling of the above exception");
  private static final byte[] DIRECT_CAUSE = ascii("The above exception was the direct cause");
  private static final byte[] PHP_TRACE = ascii("Stack trace:");
  private static final byte[] PHP_NEXT = ascii("Next ");
  private static final byte[] PHP_LOGGED_TRACE = ascii("PHP Stack trace:");
  private static final byte[] PHP_LOGGED_FRAME = ascii("PHP   ");
  private static final byte[] PHP_THROWN = ascii("thrown in ");
  private static final byte[] LARAVEL_TRACE = ascii("[stacktrace]");
  private static final byte[] LARAVEL_END = ascii("\"}");
  private static final byte[] NODE_VERSION = ascii("Node.js v");
  private static final byte[] NODE_THROW = ascii("throw ");
  private static final byte[] NODE_REQUIRE = ascii("Require stack:");
  private static final byte[] NODE_REQUIRED = ascii("- /");
  private static final byte[] NODE_THROWN_AT = ascii("Thrown at:");
  private static final byte[] RUBY_SUGGESTION = ascii("Did you mean?");
  private static final byte[] RUBY_CARET = ascii("^");
  private static final byte[] GO_PANIC_FRAME = ascii("panic(");
  private static final byte[] GO_ROUTINE = ascii("goroutine ");
  private static final byte[] GO_PANIC = ascii("panic: ");
  private static final byte[] GO_CREATED = ascii("created by ");
  private static final byte[] GO_SIGNAL = ascii("[signal ");
  private static final byte[] GO_RUNTIME = ascii("runtime stack:");
  private static final byte[] GO_ELIDED = ascii("...additional frames elided");
  private static final byte[] GO_EXIT = ascii("exit status ");
  private static final byte[] HEX = ascii(" 0x");

  private TraceState() {}

  /// The state behind `line`, or [#END] when it begins a record of its own.
  static int next(int state, Line line, int presets) {
    byte[] head = line.head;
    int from = line.headStart;
    int end = line.headEnd;
    int text = TraceStart.skipBlanks(head, from, end);
    if (text == end) {
      return line.headIsAll ? afterBlank(state) : END;
    }
    if (text > from) {
      return afterIndented(state, head, text, end, presets);
    }
    if (head[from] == '{') {
      return END;
    }
    return switch (state) {
      case ERROR_LINE -> afterErrorLine(line, head, from, end, presets);
      case EXCEPTION -> afterException(head, from, end, presets);
      case FRAMES -> isExceptionPart(head, from, end) || isClosing(head, from, end) ? FRAMES : END;
      case PYTHON_FRAMES -> isPythonError(line, head, from, end) ? PYTHON_ERROR : END;
      case PYTHON_BLANK -> starts(head, from, end, DURING, DIRECT_CAUSE) ? PYTHON_CHAIN : END;
      case PYTHON_CHAIN ->
          TraceStart.of(line, Preset.PYTHON) == PYTHON_FRAMES ? PYTHON_FRAMES : END;
      case GO -> afterGo(line, head, from, end);
      case RUBY_BLANK -> RUBY_CODE;
      case RUBY_CODE -> starts(head, from, end, RUBY_CARET, RUBY_SUGGESTION) ? RUBY_CODE : END;
      case PHP -> isPhpPart(head, from, end) ? PHP : END;
      case NODE -> afterNode(line, head, from, end);
      default -> END;
    };
  }

  private static int afterBlank(int state) {
    return switch (state) {
      case PYTHON_ERROR -> PYTHON_BLANK;
      case RUBY_HEAD -> RUBY_BLANK;
      case PYTHON_CHAIN, GO, PHP, NODE -> state;
      default -> END;
    };
  }

  private static int afterIndented(int state, byte[] head, int text, int end, int presets) {
    return switch (state) {
      case ERROR_LINE -> {
        if ((presets & Preset.PYTHON) != 0 && head[text] == '+') {
          yield PYTHON_FRAMES;
        }
        boolean frame =
            starts(head, text, end, AT, MORE)
                || isExceptionPart(head, text, end)
                || isExceptionHeader(head, text, end);
        yield frame && (presets & (Preset.JAVA | Preset.NODEJS | Preset.DOTNET)) != 0
            ? FRAMES
            : END;
      }
      case EXCEPTION -> FRAMES;
      case RUBY_HEAD, RUBY_CODE -> head[text] == 'f' || isDigit(head[text]) ? RUBY_FRAMES : state;
      case RUBY_BLANK -> RUBY_CODE;
      case PYTHON_BLANK, PYTHON_CHAIN -> END;
      default -> state;
    };
  }

  /// A log line at error level with the exception's header or its first frame directly below.
  private static int afterErrorLine(Line line, byte[] head, int from, int end, int presets) {
    int start = TraceStart.of(line, presets);
    if (start != NONE && start != ERROR_LINE && start != DOTNET_FAIL) {
      return start;
    }
    if ((presets & Preset.PHP) != 0
        && (isPhpFrame(head, from, end) || starts(head, from, end, PHP_TRACE, LARAVEL_TRACE))) {
      return PHP;
    }
    return (presets & Preset.JAVA) != 0 && ByteScan.startsWith(head, from, end, CAUSED_BY)
        ? FRAMES
        : END;
  }

  private static int afterException(byte[] head, int from, int end, int presets) {
    if (isExceptionPart(head, from, end)) {
      return FRAMES;
    }
    if ((presets & Preset.PHP) != 0
        && (isPhpFrame(head, from, end) || ByteScan.startsWith(head, from, end, PHP_TRACE))) {
      return PHP;
    }
    return starts(head, from, end, NODE_REQUIRE, NODE_REQUIRED) ? EXCEPTION : END;
  }

  private static boolean isExceptionPart(byte[] head, int from, int end) {
    return starts(head, from, end, CAUSED_BY, SUPPRESSED)
        || starts(head, from, end, DOTNET_END, DOTNET_INNER);
  }

  /// `java.lang.ClassNotFoundException: …`, which some loggers indent.
  private static boolean isExceptionHeader(byte[] head, int from, int end) {
    int space = ByteScan.find(head, from, end, ' ');
    int wordEnd = space < 0 ? end : space;
    int nameEnd = head[wordEnd - 1] == ':' ? wordEnd - 1 : wordEnd;
    return (space < 0 || nameEnd < wordEnd) && TraceStart.isExceptionName(head, from, nameEnd);
  }

  /// Node.js prints an error's own fields in braces behind its frames.
  private static boolean isClosing(byte[] head, int from, int end) {
    return end - from == 1 && head[from] == '}';
  }

  /// `ValueError: …`, `shop.errors.OutOfStock: …`, `KeyboardInterrupt`.
  private static boolean isPythonError(Line line, byte[] head, int from, int end) {
    int space = ByteScan.find(head, from, end, ' ');
    int wordEnd = space < 0 ? end : space;
    if (head[wordEnd - 1] == ':') {
      return TraceStart.isName(head, from, wordEnd - 1);
    }
    return space < 0 && line.headIsAll && TraceStart.isName(head, from, end);
  }

  private static int afterGo(Line line, byte[] head, int from, int end) {
    if (ByteScan.startsWith(head, from, end, GO_EXIT)) {
      return DONE;
    }
    boolean part =
        starts(head, from, end, GO_ROUTINE, GO_PANIC)
            || starts(head, from, end, GO_CREATED, GO_SIGNAL)
            || starts(head, from, end, GO_RUNTIME, GO_ELIDED)
            || ByteScan.startsWith(head, from, end, GO_PANIC_FRAME)
            || isGoFunction(line, head, from, end)
            || isGoRegister(head, from, end);
    return part ? GO : END;
  }

  /// `main.(*Cart).Add(0xc000012345, {0x1, 0x2})`: a name with a dot, then arguments up to the end.
  private static boolean isGoFunction(Line line, byte[] head, int from, int end) {
    int open = ByteScan.find(head, from, end, '(');
    if (open < 0 || !line.headIsAll || head[end - 1] != ')') {
      return false;
    }
    int space = ByteScan.find(head, from, open, ' ');
    return space < 0 && ByteScan.find(head, from, open, '.') > 0;
  }

  /// `rax 0x0`.
  private static boolean isGoRegister(byte[] head, int from, int end) {
    return end - from < 40 && ByteScan.find(head, from, Math.min(end, from + 10), HEX) > 0;
  }

  private static boolean isPhpPart(byte[] head, int from, int end) {
    return isPhpFrame(head, from, end)
        || starts(head, from, end, PHP_TRACE, PHP_NEXT)
        || starts(head, from, end, PHP_LOGGED_TRACE, PHP_LOGGED_FRAME)
        || starts(head, from, end, LARAVEL_TRACE, LARAVEL_END)
        || ByteScan.startsWith(head, from, end, PHP_THROWN);
  }

  /// `#0 /app/index.php(12): Cart->add()`.
  private static boolean isPhpFrame(byte[] head, int from, int end) {
    return head[from] == '#' && end - from > 2 && isDigit(head[from + 1]);
  }

  private static int afterNode(Line line, byte[] head, int from, int end) {
    if (ByteScan.startsWith(head, from, end, NODE_VERSION)) {
      return DONE;
    }
    boolean part =
        head[from] == '^'
            || isClosing(head, from, end)
            || starts(head, from, end, NODE_THROW, NODE_THROWN_AT)
            || starts(head, from, end, NODE_REQUIRE, NODE_REQUIRED)
            || TraceStart.of(line, Preset.NODEJS) == EXCEPTION;
    return part ? NODE : END;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean starts(byte[] head, int from, int end, byte[] one, byte[] other) {
    return ByteScan.startsWith(head, from, end, one) || ByteScan.startsWith(head, from, end, other);
  }
}
