package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Ansi;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.Level;
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
/// 3. Within one write, an indented or empty line goes on, and a line of closing brackets. So does
///    an unindented one that is nothing known, but only [#TENTATIVE]ly: a frame that follows proves
///    that it belongs to the record; without one, it and what follows it become records of their
///    own, but for the few lines that come at once below an event that a logging library laid out:
///    they are its [#MESSAGE].
final class TraceState {
  /// Not the begin of a record of several lines.
  static final int NONE = 0;

  /// An event: its first line has a time or a level.
  static final int EVENT = 1;

  /// The same at level error or above.
  static final int ERROR_EVENT = 2;

  /// An event as a logging library lays it out: its first line has a time and a level, or nothing
  /// behind them. Further lines of its message may begin as they like.
  static final int LOGGED = 25;

  /// The same at level error or above.
  static final int LOGGED_ERROR = 26;

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

  /// Time, class and method of java.util.logging or tinylog: level and message are the next line.
  static final int JUL_HEAD = 22;

  /// A report of Erlang, up to an empty line.
  static final int ERLANG_REPORT = 23;

  /// A warning of Python's: the line of the source follows.
  static final int PYTHON_WARNING = 24;

  /// In a group of exceptions of Python's, each of whose lines has a bar.
  static final int PYTHON_GROUP = 27;

  /// Behind a line that opens a bracket: an object, an array, or a block of configuration.
  static final int OBJECT = 28;

  /// A rule of equals signs: the report of a race detector may follow.
  static final int RULE = 29;

  /// The stacks of all threads of a JVM.
  static final int THREAD_DUMP = 30;

  /// In a box that a command line tool draws around its message.
  static final int BOX = 31;

  /// In what PEM armours, a key or a certificate: it is one record, so that a key that must not
  /// leave the node is seen as one.
  static final int PEM = 32;

  /// Behind Clojure's `Execution error (…) at …`, whose message and the place of the full report
  /// follow.
  static final int CLOJURE = 33;

  /// Among numbered lines of source, as Bun prints them above an error; a caret proves it.
  static final int EXCERPT = 34;

  /// Behind that caret: the error is the next line.
  static final int EXCERPT_CARET = 35;

  /// A hash alone: the JVM's report of a crash may follow.
  static final int HASH = 36;

  /// In that report, each of whose lines has a hash.
  static final int HASHES = 37;

  /// Behind text that ends with a colon: what is indented below it belongs to it.
  static final int HEADING = 38;

  /// [#EVENT] at level warn: a trace that is printed a little later is its own.
  static final int WARN_EVENT = 39;

  /// [#LOGGED] at level warn.
  static final int LOGGED_WARN = 40;

  /// The line doesn't go on.
  static final int END = -1;

  /// Added to a state: the line is indented or empty, and no part of a known trace.
  static final int WEAK = 1 << 8;

  /// Added to a state: the line belongs to the record only if a part of a trace follows.
  static final int TENTATIVE = 1 << 9;

  /// Added to [#TENTATIVE]: or if no more lines than may be tentative follow in the same burst, for
  /// they are the message's.
  static final int MESSAGE = 1 << 10;

  private static final byte[] PHP_THROWN = ascii("thrown in ");
  private static final int PYTHON_SOURCE_INDENT = 4;
  private static final byte[] RUBY_SUGGESTION = ascii("Did you mean?");
  private static final byte[] RUBY_CARET = ascii("^");
  private static final byte[] GO_PANIC = ascii("panic: ");
  private static final byte[] ELIXIR = ascii("** (");
  private static final byte[] RUST_BACKTRACE = ascii("stack backtrace:");
  private static final byte[] RUST_NOTE = ascii("note: ");
  private static final byte[] SANITIZER_END = ascii("==ABORTING");
  private static final byte[] RACE = ascii("WARNING: ");
  private static final byte[] JSON = ascii("{\"");
  private static final byte[] JNI_REFERENCES = ascii("JNI global ref");

  /// What Dropwizard puts before each line of a trace.
  private static final byte[] DROPWIZARD = ascii("! ");

  private TraceState() {}

  /// The state behind `line`, with [#WEAK] or [#TENTATIVE] added, or [#END] when it begins a record
  /// of its own.
  ///
  /// @param indent indentation of the record's first line, see [#indent]
  /// @param near how near it is to the line before, see [Gap]
  static int next(int state, Line line, int presets, int indent, int near) {
    byte[] head = line.head;
    int end = line.headEnd;
    int from = Ansi.skip(head, line.headStart, end);
    int text = TraceStart.skipBlanks(head, from, end);
    boolean sameWrite = near != Gap.APART;
    if (state == PEM) {
      return TraceParts.afterPem(line, text, end, sameWrite);
    }
    if (state >= LanguageTrace.FIRST) {
      return LanguageTrace.next(state, line, from, text, end, sameWrite);
    }
    if (text == end) {
      return line.headIsAll && sameWrite ? afterBlank(state) | burst(near) : END;
    }
    if (head[from] == '['
        && sameWrite
        && (state == EXCEPTION || isEvent(state))
        && TraceParts.areTags(head, from, end)
        && !line.header().beginsEvent()) {
      // Rails puts the request's tags before empty lines too.
      return afterBlank(state) | burst(near);
    }
    if (head[from] == '{' && (state != ERLANG_REPORT || Bytes.startsWith(head, from, end, JSON))) {
      return END;
    }
    if (Bytes.startsWith(head, from, end, DROPWIZARD)
        && (isEvent(state) || state == EXCEPTION || state == FRAMES)) {
      from += 1;
      text = TraceStart.skipBlanks(head, from, end);
    }
    if (text == from && isEvent(state) && line.header().isLogged()) {
      // The usual case: one event behind another.
      return sameWrite ? afterLogged(state, line.header(), head, end, presets) : END;
    }
    int known =
        text > from
            ? afterIndented(state, head, from, text, end, presets, sameWrite)
            : afterUnindented(state, line, from, presets, near);
    if (known != END) {
      return known;
    }
    if (!sameWrite || state == RUBY_CODE) {
      return END;
    }
    LineHeader header = line.header();
    // Open Liberty and sbt put a level alone before each line.
    boolean levelled = head[from] == '[' && header.level().atLeastError() && !isMild(state);
    if ((header.isLogged() || levelled) && Tolerance.isPrefixable(state)) {
      return afterLogged(state, header, head, end, presets);
    }
    if (text > from) {
      return Tolerance.isIndentable(state)
              && indent(head, from, text) > indent
              && !isEvent(line, text)
          ? state | WEAK | burst(near)
          : END;
    }
    boolean foreign =
        header.beginsEvent()
            ? state == EXCEPTION && TraceParts.isField(head, from, end)
            : Tolerance.isForeign(TraceStart.of(line, presets), state);
    return foreign && Tolerance.toleratesForeign(state)
        ? state | TENTATIVE | (Tolerance.hasMessage(state) ? burst(near) : 0)
        : END;
  }

  /// Whether an indented line is an event of its own, and no value with its name.
  private static boolean isEvent(Line line, int text) {
    LineHeader header = line.header();
    return header.beginsEvent()
        && !header.isByColon()
        && !TraceParts.isField(line.head, text, line.headEnd);
  }

  /// An event of a logging library, unless it is no more than a frame of the event above, which is
  /// no error if this is none.
  private static int afterLogged(int state, LineHeader header, byte[] head, int end, int presets) {
    if (isEvent(state) && header.level().atLeastError() == isMild(state)) {
      return END;
    }
    int kind = TraceLine.kindBehindHeader(head, header.words(), end);
    return kind == TraceLine.NONE ? END : afterKind(state, kind, presets);
  }

  private static int burst(int near) {
    return near == Gap.BURST ? MESSAGE : 0;
  }

  static boolean isEvent(int state) {
    return switch (state) {
      case EVENT, ERROR_EVENT, LOGGED, LOGGED_ERROR, WARN_EVENT, LOGGED_WARN -> true;
      default -> false;
    };
  }

  /// Whether it is an event that tells of no error.
  static boolean isMild(int state) {
    return switch (state) {
      case EVENT, LOGGED, WARN_EVENT, LOGGED_WARN -> true;
      default -> false;
    };
  }

  /// Whether a logging library laid the event out.
  static boolean isLogged(int state) {
    return state == LOGGED || state == LOGGED_ERROR || state == LOGGED_WARN;
  }

  /// The state behind an event that a logging library laid out.
  static int logged(Level level) {
    return level.atLeastError() ? LOGGED_ERROR : level == Level.WARN ? LOGGED_WARN : LOGGED;
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
      case PYTHON_ERROR, PYTHON_BLANK, PYTHON_GROUP -> PYTHON_BLANK | WEAK;
      case FRAMES, FRAMES_BLANK -> FRAMES_BLANK | WEAK;
      case RUBY_HEAD -> RUBY_BLANK | WEAK;
      case EVENT, ERROR_EVENT, LOGGED, LOGGED_ERROR, EXCEPTION, PYTHON_CHAIN -> state | WEAK;
      case WARN_EVENT, LOGGED_WARN -> state | WEAK;
      case GO, PHP, NODE, SANITIZER, OBJECT, THREAD_DUMP, CLOJURE -> state | WEAK;
      case ERLANG_REPORT -> DONE;
      default -> END;
    };
  }

  private static int afterIndented(
      int state, byte[] head, int from, int text, int end, int presets, boolean sameWrite) {
    int kind = TraceLine.kind(head, text, end);
    if (kind == TraceLine.PYTHON && head[text] == '|' && state != PYTHON_GROUP) {
      // Elsewhere than in a group of exceptions, a bar is part of a drawing.
      kind = TraceLine.NONE;
    }
    switch (state) {
      case PYTHON_GROUP -> {
        return kind == TraceLine.PYTHON && head[text] != 'F' ? PYTHON_GROUP : END;
      }
      case PYTHON_FRAMES -> {
        // Source lines and carets: anything may stand there.
        boolean source = sameWrite && indent(head, from, text) >= PYTHON_SOURCE_INDENT;
        return source || kind == TraceLine.PYTHON ? python(head, text) : END;
      }
      case RULE -> {
        return PrintedBlock.afterRule(head, text, end, sameWrite);
      }
      case NODE -> {
        return sameWrite && kind != TraceLine.NONE ? NODE : END;
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
      case EXCERPT, EXCERPT_CARET -> {
        return TraceParts.afterExcerpt(state, head, text, end, sameWrite);
      }
      case FRAMES, FRAMES_BLANK -> {
        if (sameWrite && state == FRAMES && TraceParts.isSourceLine(head, text, end)) {
          return EXCERPT_CARET;
        }
        if (sameWrite && TraceParts.isRustRule(head, text, end)) {
          return FRAMES;
        }
      }
      case SANITIZER, THREAD_DUMP -> {
        return kind == TraceLine.NONE ? END : state;
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
      return known == PYTHON_FRAMES ? python(head, text) : known;
    }
    if (state == PHP && Bytes.startsWith(head, text, end, PHP_THROWN)) {
      return PHP;
    }
    if (ExceptionName.isHeader(head, text, end) || Bytes.startsWith(head, text, end, ELIXIR)) {
      return isEvent(state) || state == EXCEPTION || state == FRAMES
          ? (presets & Preset.WITH_EXCEPTIONS) == 0 ? END : EXCEPTION
          : END;
    }
    return END;
  }

  /// A plus begins or parts a group of exceptions.
  static int python(byte[] head, int text) {
    return head[text] == '+' ? PYTHON_GROUP : PYTHON_FRAMES;
  }

  /// The state behind a part of a trace: that of its runtime, where it may follow.
  private static int afterKind(int state, int kind, int presets) {
    if (kind == TraceLine.NONE || state == PYTHON_CHAIN) {
      return END;
    }
    return switch (kind) {
      case TraceLine.AT, TraceLine.CAUSE, TraceLine.CAUSE_END -> {
        if (state == GO || state == PHP || (presets & Preset.WITH_EXCEPTIONS) == 0) {
          yield END;
        }
        int behind = kind == TraceLine.CAUSE ? EXCEPTION : FRAMES;
        yield state == RUST || state == RUST_HEAD ? RUST : behind;
      }
      case TraceLine.PYTHON ->
          state == PYTHON_BLANK || (presets & Preset.PYTHON) == 0 ? END : PYTHON_FRAMES;
      case TraceLine.GO -> (presets & Preset.GO) == 0 ? END : GO;
      case TraceLine.RUBY -> (presets & Preset.RUBY) == 0 ? END : RUBY_FRAMES;
      case TraceLine.NUMBERED -> (presets & Preset.PHP) == 0 ? END : PHP;
      case TraceLine.RUST -> state == RUST || state == RUST_HEAD ? RUST : END;
      default -> FRAMES;
    };
  }

  private static int afterUnindented(int state, Line line, int from, int presets, int near) {
    byte[] head = line.head;
    int end = line.headEnd;
    boolean sameWrite = near != Gap.APART;
    return switch (state) {
      case EVENT, ERROR_EVENT, LOGGED, LOGGED_ERROR, WARN_EVENT, LOGGED_WARN ->
          sameWrite && TraceParts.isBelowEvent(state, head, from, end)
              ? state
              : BelowEvent.afterEvent(state, line, from, presets, near);
      case EXCEPTION -> BelowEvent.afterException(line, from, presets, sameWrite);
      case FRAMES -> {
        int behind = behindPart(head, from, end);
        boolean among =
            TraceParts.isAmongFrames(head, from, end)
                || (sameWrite && TraceParts.isBelowFramesAtOnce(head, from, end));
        yield behind == END && among ? FRAMES : behind;
      }
      case FRAMES_BLANK -> {
        if (PythonTrace.isChain(head, from, end)) {
          yield PYTHON_CHAIN;
        }
        boolean more = sameWrite && TraceParts.isBelowFrames(head, from, end);
        yield more ? FRAMES : behindPart(head, from, end);
      }
      case PYTHON_FRAMES, PYTHON_GAP, PYTHON_ERROR, PYTHON_BLANK, PYTHON_CHAIN ->
          PythonTrace.next(state, line, from, sameWrite);
      case GO -> TraceParts.afterGo(line, head, from, end, sameWrite);
      case RUBY_BLANK -> RUBY_CODE;
      case RUBY_CODE -> starts(head, from, end, RUBY_CARET, RUBY_SUGGESTION) ? RUBY_CODE : END;
      case RUBY_HEAD -> sameWrite && TraceParts.isRubyHeader(head, from, end) ? RUBY_HEAD : END;
      case RUBY_FRAMES ->
          TraceParts.isRubyHeader(head, from, end)
              ? RUBY_HEAD
              : TraceParts.isRubyFrame(head, from, end) ? RUBY_FRAMES : END;
      case PHP -> TraceParts.isPhp(head, from, end) ? PHP : END;
      case NODE -> TraceParts.afterNode(line, head, from, end);
      case RUST_HEAD -> sameWrite ? RUST : END;
      case JUL_HEAD -> BelowEvent.afterJulHead(line, from, sameWrite);
      case ERLANG_REPORT, THREAD_DUMP ->
          !sameWrite || line.header().beginsEvent()
              ? END
              : Bytes.startsWith(head, from, end, JNI_REFERENCES) ? DONE : state;
      case RUST -> starts(head, from, end, RUST_BACKTRACE, RUST_NOTE) ? RUST : END;
      case RULE ->
          sameWrite && Bytes.startsWith(head, from, end, RACE)
              ? SANITIZER
              : PrintedBlock.afterRule(head, from, end, sameWrite);
      case SANITIZER -> {
        boolean last =
            Bytes.indexOf(head, from, end, SANITIZER_END) > 0 || TraceParts.isRule(head, from, end);
        boolean ends = !sameWrite || line.header().beginsEvent();
        yield ends ? END : last ? DONE : SANITIZER;
      }
      case HASH -> sameWrite && TraceParts.isJvmReport(head, from, end) ? HASHES : END;
      case HASHES -> sameWrite && head[from] == '#' ? HASHES : END;
      case OBJECT -> sameWrite ? TraceParts.afterObject(line, from, end) : END;
      case BOX -> sameWrite ? TraceParts.afterBox(head, from, end) : END;
      case CLOJURE -> TraceParts.afterClojure(head, from, end);
      case HEADING -> near == Gap.BURST ? BelowEvent.afterHeading(line, from, presets) : END;
      case EXCERPT, EXCERPT_CARET -> TraceParts.afterExcerpt(state, head, from, end, sameWrite);
      default -> END;
    };
  }

  /// The state behind what joins one exception to another, or [#END].
  static int behindPart(byte[] head, int from, int end) {
    return switch (TraceLine.kind(head, from, end)) {
      case TraceLine.CAUSE -> EXCEPTION;
      case TraceLine.CAUSE_END -> FRAMES;
      default -> END;
    };
  }

  static boolean starts(byte[] head, int from, int end, byte[] one, byte[] other) {
    return Bytes.startsWith(head, from, end, one) || Bytes.startsWith(head, from, end, other);
  }
}
