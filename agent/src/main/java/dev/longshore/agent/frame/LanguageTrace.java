package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Bytes;
import java.util.Arrays;
import java.util.List;

/// Traces of runtimes whose frames look like no other's, and could not be told from other text
/// without the lines above them: Julia, R, OCaml, Haskell, Zig, Swift, Nim, Crystal, Dart and
/// Perl's objects. A state of [TraceState] from [#FIRST] on is one of these, and [#next] alone says
/// what goes on with it.
final class LanguageTrace {
  /// The lowest of these states.
  static final int FIRST = 65;

  /// What Julia prints when a signal ends it.
  static final int JULIA_SIGNAL = 65;

  /// Behind R's `Error in …`.
  static final int R = 66;

  /// Behind R's `Warning message:`; what it says is the next line.
  static final int R_WARNING_HEAD = 67;

  static final int R_WARNING = 68;
  static final int OCAML = 69;

  /// A program's name and a message: Haskell's stack of calls or Erlang's may follow.
  static final int PROGRAM = 70;

  /// Haskell's header of an exception, below which its message stands.
  static final int HASKELL_HEAD = 71;

  static final int HASKELL = 72;
  static final int ZIG = 73;
  static final int SWIFT = 74;
  static final int NIM = 75;
  static final int CRYSTAL_SIGNAL = 76;
  static final int DART = 77;
  static final int FLUTTER = 78;
  static final int PERL = 79;
  static final int ERLANG = 80;

  /// In the brackets that GlassFish and Payara put around a message, `[[ … ]]`.
  static final int BRACKETS = 81;

  /// Behind them, where an empty line follows.
  static final int BRACKETS_END = 82;

  private static final byte[] JULIA_TITLE = ascii("Stacktrace:");
  private static final byte[] JULIA_PLACE = ascii("in expression starting at ");
  private static final List<byte[]> JULIA_PARTS = List.of(ascii("caused by: "), JULIA_PLACE);
  private static final byte[] JULIA_END = ascii("Allocations: ");
  private static final byte[] SIGNAL = ascii("signal ");
  private static final byte[] UNKNOWN_LINE = ascii("(unknown line)");
  private static final byte[] INLINED = ascii(" [inlined]");
  private static final byte[] AT = ascii(" at ");
  private static final byte[] R_ERROR_IN = ascii("Error in ");
  private static final byte[] R_COLON = ascii(" : ");
  private static final byte[] R_END = ascii("Execution halted");
  private static final byte[] R_WARNING_TITLE = ascii("Warning message");
  private static final byte[] R_WARNING_IN = ascii("In ");
  private static final byte[] COLON = ascii(": ");
  private static final List<byte[]> R_PARTS =
      list("Calls: ", "Backtrace:", "! ", "Caused by error", "In addition: ", "Run `rlang::");
  private static final List<byte[]> OCAML_PARTS =
      list("Raised at ", "Raised by primitive ", "Called from ", "Re-raised at ");
  private static final byte[] OCAML_FILE = ascii(" in file \"");
  private static final byte[] OCAML_UNKNOWN = ascii(" unknown location");
  private static final List<byte[]> HASKELL_PARTS =
      list("CallStack (from ", "HasCallStack backtrace:", "Cost Centre stack backtrace:");
  private static final byte[] HASKELL_UNCAUGHT = ascii(": Uncaught exception ");
  private static final List<byte[]> ERLANG_PARTS = list("in function ", "in call from ");
  private static final byte[] ZIG_THREAD = ascii("thread ");
  private static final byte[] ZIG_PANIC = ascii(" panic: ");
  private static final byte[] ZIG_ADDRESS = ascii(": 0x");
  private static final byte[] ZIG_FILE = ascii(".zig:");
  private static final byte[] ZIG_UNKNOWN = ascii("???:?:?: 0x");
  private static final List<byte[]> SWIFT_STARTS =
      List.of(
          ascii("*** Program crashed: "),
          ascii("*** Signal "),
          "💣 Program crashed: ".getBytes(UTF_8));
  private static final byte[] SWIFT_THREAD = ascii("Thread ");
  private static final byte[] SWIFT_CRASHED = ascii(" crashed:");
  private static final byte[] SWIFT_END = ascii("Backtrace took ");
  private static final byte[] NIM_TITLE = ascii("Traceback (most recent call last)");
  private static final byte[] NIM_FILE = ascii(".nim(");
  private static final byte[] NIM_ERROR = ascii("Error: unhandled exception: ");
  private static final byte[] NIM_RERAISED = ascii("[[reraised from:");
  private static final byte[] NIM_RERAISED_END = ascii("]]");
  private static final byte[] CRYSTAL_ACCESS = ascii("Invalid memory access (signal ");
  private static final byte[] ADDRESS = ascii("[0x");
  private static final List<byte[]> DART_PARTS =
      list("package:", "dart:", "===== asynchronous gap ", "<asynchronous suspension>", "#");
  private static final byte[] DART_FILE = ascii(".dart ");
  private static final byte[] FLUTTER_TITLE = "══╡ EXCEPTION CAUGHT BY ".getBytes(UTF_8);
  private static final byte[] FLUTTER_RULE = "════".getBytes(UTF_8);
  private static final byte[] PERL_TRACE = ascii("Trace begun at ");
  private static final byte[] PERL_SYNTAX = ascii("syntax error at ");
  private static final byte[] CALLED_AT = ascii(" called at ");
  private static final byte[] LINE = ascii(" line ");
  private static final List<byte[]> PERL_PARTS =
      list("BEGIN failed--", "Compilation failed in ", "Execution of ", "Global symbol \"");

  private static final byte[] OPENED = ascii("] [[");
  private static final byte[] CLOSED = ascii("]]");
  private static final int NEAR_BYTES = 48;

  private LanguageTrace() {}

  private static List<byte[]> list(String... texts) {
    return Arrays.stream(texts).map(Bytes::ascii).toList();
  }

  /// The state in which a line leaves a record that it begins, or [TraceState#NONE].
  static int start(byte[] head, int from, int end) {
    return switch (head[from]) {
      case 'E' -> startIf(isRError(head, from, end), R);
      case 'W' ->
          startIf(starts(head, from, end, R_WARNING_TITLE) && head[end - 1] == ':', R_WARNING_HEAD);
      case 'T' -> {
        if (starts(head, from, end, NIM_TITLE)) {
          yield startIf(from + NIM_TITLE.length == end, NIM);
        }
        boolean perl = starts(head, from, end, PERL_TRACE);
        yield perl ? PERL : startIf(isSwiftThread(head, from, end), SWIFT);
      }
      case 'I' -> startIf(starts(head, from, end, CRYSTAL_ACCESS), CRYSTAL_SIGNAL);
      case '*' -> startIf(begins(SWIFT_STARTS, head, from, end), SWIFT);
      case '/' -> {
        boolean nim = isNimFrame(head, from, end);
        yield nim ? NIM : startIf(PrintedBlock.isRubyBug(head, from, end), PrintedBlock.REPORT);
      }
      case '[' -> startIf(isJuliaSignal(head, from, end), JULIA_SIGNAL);
      case 't' -> startIf(isZigPanic(head, from, end), ZIG);
      case 's' -> startIf(starts(head, from, end, PERL_SYNTAX), TraceState.EXCEPTION);
      default -> PrintedBlock.start(head, from, end);
    };
  }

  /// The same for a line that begins outside ASCII.
  static int startBeyondAscii(byte[] head, int from, int end) {
    if (starts(head, from, end, FLUTTER_TITLE)) {
      return FLUTTER;
    }
    return begins(SWIFT_STARTS, head, from, end)
        ? SWIFT
        : PrintedBlock.startBeyondAscii(head, from, end);
  }

  private static int startIf(boolean begins, int state) {
    return begins ? state : TraceState.NONE;
  }

  /// The state behind the part of a trace directly below an event or the header of an exception, or
  /// [TraceState#END].
  static int below(int state, byte[] head, int from, int end) {
    int part =
        switch (head[from]) {
          case 'S' -> endUnless(is(head, from, end, JULIA_TITLE), TraceState.EXCEPTION);
          case 'R' -> endUnless(isOcaml(head, from, end), OCAML);
          case 'C', 'H' -> {
            boolean haskell = begins(HASKELL_PARTS, head, from, end);
            yield haskell ? HASKELL : endUnless(isOcaml(head, from, end), OCAML);
          }
          case '/', '?' -> endUnless(isZigFrame(head, from, end), ZIG);
          case 'p', 'd' -> endUnless(isDartFrame(head, from, end), DART);
          case 'T' ->
              starts(head, from, end, PERL_TRACE)
                  ? PERL
                  : endUnless(isSwiftThread(head, from, end), SWIFT);
          default -> endUnless(begins(SWIFT_STARTS, head, from, end), SWIFT);
        };
    return part == TraceState.END && state == TraceState.EXCEPTION
        ? belowException(head, from, end)
        : part;
  }

  /// What stands below the header or the frames of an exception alone.
  private static int belowException(byte[] head, int from, int end) {
    if (is(head, from, end, R_END)) {
      return TraceState.DONE;
    }
    boolean part = begins(PERL_PARTS, head, from, end) || begins(JULIA_PARTS, head, from, end);
    return part
        ? TraceState.EXCEPTION
        : endUnless(head[from] != '!' && begins(R_PARTS, head, from, end), R);
  }

  private static int endUnless(boolean part, int state) {
    return part ? state : TraceState.END;
  }

  /// What [TraceState#next] is for a state of these.
  ///
  /// @param text behind the line's indentation
  static int next(int state, Line line, int from, int text, int end, boolean sameWrite) {
    if (text == end) {
      if ((state == BRACKETS_END || state == PrintedBlock.NPM) && sameWrite) {
        return TraceState.DONE;
      }
      return sameWrite && isOverBlanks(state) ? state | TraceState.WEAK : TraceState.END;
    }
    byte[] head = line.head;
    boolean indented = text > from;
    return switch (state) {
      case JULIA_SIGNAL -> afterJuliaSignal(head, from, end, sameWrite);
      case R -> afterR(line, head, from, text, end, sameWrite);
      case R_WARNING_HEAD ->
          endUnless(sameWrite && !line.header().beginsEvent() && head[from] != '{', R_WARNING);
      case R_WARNING ->
          endUnless(sameWrite && (indented || isRWarning(head, from, end)), R_WARNING);
      case OCAML -> endUnless(isOcaml(head, from, end), OCAML);
      case PROGRAM, ERLANG -> {
        if (begins(HASKELL_PARTS, head, from, end)) {
          yield HASKELL;
        }
        yield endUnless(indented && begins(ERLANG_PARTS, head, text, end), ERLANG);
      }
      case HASKELL_HEAD -> {
        if (begins(HASKELL_PARTS, head, from, end)) {
          yield HASKELL;
        }
        boolean message = sameWrite && !line.header().beginsEvent() && head[from] != '{';
        yield endUnless(message, HASKELL_HEAD | TraceState.TENTATIVE);
      }
      case HASKELL ->
          endUnless((indented && sameWrite) || begins(HASKELL_PARTS, head, from, end), HASKELL);
      case ZIG ->
          endUnless((indented && sameWrite) || (!indented && isZigFrame(head, from, end)), ZIG);
      case SWIFT -> afterSwift(line, head, from, end, sameWrite);
      case NIM -> afterNim(head, from, end);
      case CRYSTAL_SIGNAL -> endUnless(starts(head, from, end, ADDRESS), CRYSTAL_SIGNAL);
      case DART -> endUnless(begins(DART_PARTS, head, from, end), DART);
      case FLUTTER -> {
        boolean rule = starts(head, from, end, FLUTTER_RULE);
        yield sameWrite && !line.header().isLogged()
            ? rule ? TraceState.DONE : FLUTTER
            : TraceState.END;
      }
      case PERL -> endUnless(isPerlCall(head, text, end), PERL);
      case BRACKETS -> {
        boolean last = line.headIsAll && Bytes.startsWith(head, end - CLOSED.length, end, CLOSED);
        yield !sameWrite || line.header().isLogged()
            ? TraceState.END
            : last ? BRACKETS_END : BRACKETS;
      }
      default -> PrintedBlock.next(state, line, from, text, end, sameWrite);
    };
  }

  private static boolean isOverBlanks(int state) {
    return switch (state) {
      case HASKELL_HEAD, HASKELL, SWIFT, FLUTTER, BRACKETS, PrintedBlock.V8_MEMORY -> true;
      case PrintedBlock.BANNER, PrintedBlock.SYMFONY, PrintedBlock.INDENTED -> true;
      case PrintedBlock.REPORT -> true;
      default -> false;
    };
  }

  private static int afterJuliaSignal(byte[] head, int from, int end, boolean sameWrite) {
    if (!sameWrite) {
      return TraceState.END;
    }
    if (starts(head, from, end, JULIA_END)) {
      return TraceState.DONE;
    }
    boolean frame =
        Bytes.indexOf(head, from, end, AT) > 0
            && (Bytes.isDigit(head[end - 1])
                || ends(head, from, end, UNKNOWN_LINE)
                || ends(head, from, end, INLINED));
    return endUnless(frame || starts(head, from, end, JULIA_PLACE), JULIA_SIGNAL);
  }

  /// `[7] signal 11 (1): Segmentation fault`.
  private static boolean isJuliaSignal(byte[] head, int from, int end) {
    int close = Bytes.indexOf(head, from, Math.min(end, from + NEAR_BYTES), (byte) ']');
    return close > from + 1
        && Bytes.isDigit(head[from + 1])
        && starts(head, close + 2, end, SIGNAL);
  }

  /// `Error in take(3) : no stock`, whose message may be the next line, and rlang's ``Error in
  /// `take()`:``.
  private static boolean isRError(byte[] head, int from, int end) {
    int call = from + R_ERROR_IN.length;
    return starts(head, from, end, R_ERROR_IN)
        && call < end
        && (head[call] == '`' ? head[end - 1] == ':' : Bytes.indexOf(head, call, end, R_COLON) > 0);
  }

  private static int afterR(
      Line line, byte[] head, int from, int text, int end, boolean sameWrite) {
    if (is(head, from, end, R_END)) {
      return TraceState.DONE;
    }
    boolean part =
        (text > from || head[from] < 0)
            ? !line.header().beginsEvent()
            : begins(R_PARTS, head, from, end);
    return endUnless(sameWrite && part, R);
  }

  /// `In log(-1) : NaNs produced`, `2: In sqrt(-1) : NaNs produced`.
  private static boolean isRWarning(byte[] head, int from, int end) {
    int digits = from;
    while (digits < end && Bytes.isDigit(head[digits])) {
      digits++;
    }
    return digits > from ? starts(head, digits, end, COLON) : starts(head, from, end, R_WARNING_IN);
  }

  /// The state behind a name in small letters, a colon and a message, `cart: no stock`, or
  /// [TraceState#NONE]; asked for where the line begins nothing else.
  static int program(byte[] head, int from, int end) {
    if (head[from] < 'a' || head[from] > 'z') {
      return TraceState.NONE;
    }
    int i = from;
    int near = Math.min(end - 2, from + NEAR_BYTES);
    while (i < near && isName(head[i])) {
      i++;
    }
    if (i >= near || !starts(head, i, end, COLON)) {
      return TraceState.NONE;
    }
    return starts(head, i, end, HASKELL_UNCAUGHT) && head[end - 1] == ':' ? HASKELL_HEAD : PROGRAM;
  }

  private static boolean isName(byte b) {
    return Bytes.isLetter(b) || Bytes.isDigit(b) || b == '-' || b == '_' || b == '.';
  }

  /// `Called from Dune__exe__Cart.take in file "bin/cart.ml", line 3, characters 2-20`.
  private static boolean isOcaml(byte[] head, int from, int end) {
    return begins(OCAML_PARTS, head, from, end)
        && (Bytes.indexOf(head, from, end, OCAML_FILE) > 0 || ends(head, from, end, OCAML_UNKNOWN));
  }

  /// `package:shop/cart.dart 3:5 take`, `dart:async/zone.dart 1399:13 _rootRun`.
  private static boolean isDartFrame(byte[] head, int from, int end) {
    return begins(DART_PARTS, head, from, end) && Bytes.indexOf(head, from, end, DART_FILE) > 0;
  }

  /// `thread 7 panic: reached unreachable code`.
  private static boolean isZigPanic(byte[] head, int from, int end) {
    return starts(head, from, end, ZIG_THREAD)
        && Bytes.isDigit(head[Math.min(end - 1, from + ZIG_THREAD.length)])
        && Bytes.indexOf(head, from, Math.min(end, from + NEAR_BYTES), ZIG_PANIC) > 0;
  }

  /// `/app/src/main.zig:5:16: 0x1038f9d in take (cart)`, `???:?:?: 0x0 in ??? (???)`.
  private static boolean isZigFrame(byte[] head, int from, int end) {
    if (head[from] == '?') {
      return starts(head, from, end, ZIG_UNKNOWN);
    }
    int address = Bytes.indexOf(head, from, end, ZIG_ADDRESS);
    return address > from && Bytes.indexOf(head, from, address, ZIG_FILE) > 0;
  }

  /// `Thread 0 "cart" crashed:`.
  private static boolean isSwiftThread(byte[] head, int from, int end) {
    return starts(head, from, end, SWIFT_THREAD) && ends(head, from, end, SWIFT_CRASHED);
  }

  private static int afterSwift(Line line, byte[] head, int from, int end, boolean sameWrite) {
    if (!sameWrite || line.header().isLogged() || head[from] == '{') {
      return TraceState.END;
    }
    return starts(head, from, end, SWIFT_END) ? TraceState.DONE : SWIFT;
  }

  /// `/app/cart.nim(7) cart`.
  private static boolean isNimFrame(byte[] head, int from, int end) {
    int place = Bytes.indexOf(head, from, end, NIM_FILE);
    int digit = place + NIM_FILE.length;
    return place > from && digit < end && Bytes.isDigit(head[digit]);
  }

  private static int afterNim(byte[] head, int from, int end) {
    if (starts(head, from, end, NIM_ERROR)) {
      return TraceState.DONE;
    }
    boolean part =
        isNimFrame(head, from, end)
            || starts(head, from, end, NIM_RERAISED)
            || is(head, from, end, NIM_RERAISED_END);
    return endUnless(part, NIM);
  }

  /// `main::take(3) called at /app/cart.pl line 7`, `main::run at /app/cart.pl line 9`.
  private static boolean isPerlCall(byte[] head, int text, int end) {
    int line = Bytes.indexOf(head, text, end, LINE);
    return line > 0
        && (Bytes.indexOf(head, text, line, CALLED_AT) > 0
            || (Bytes.isDigit(head[end - 1]) && Bytes.indexOf(head, text, line, AT) > 0));
  }

  /// `[2026-11-28T12:00:01.101+0000] … [levelValue: 800] [[`.
  static boolean opensBrackets(byte[] head, int from, int end) {
    return head[from] == '[' && ends(head, from, end, OPENED);
  }

  /// How far apart the lines of a state may be: nothing goes on with these but what was written at
  /// once.
  static boolean isOfOneWrite(int state) {
    return state == PROGRAM || state >= BRACKETS;
  }

  private static boolean is(byte[] head, int from, int end, byte[] text) {
    return end - from == text.length && starts(head, from, end, text);
  }

  private static boolean ends(byte[] head, int from, int end, byte[] text) {
    return end - from > text.length && starts(head, end - text.length, end, text);
  }

  private static boolean begins(List<byte[]> texts, byte[] head, int from, int end) {
    for (int i = 0; i < texts.size(); i++) {
      if (starts(head, from, end, texts.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean starts(byte[] head, int at, int end, byte[] text) {
    return Bytes.startsWith(head, at, end, text);
  }
}
