package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Bytes;

/// Traces whose frames look like no other's, looked for where no other trace was found: those of
/// Julia, R, OCaml, Haskell, Zig, Swift, Nim, Crystal, Dart, Erlang, and what Clojure's logging
/// prints. The first line that only such a trace has tells which one it is. Reused for each
/// message.
final class LanguageTrace {
  private static final int ABSENT = -1;
  private static final byte[] JULIA = ascii("Stacktrace:");
  private static final byte[] JULIA_SIGNAL = ascii("in expression starting at ");
  private static final byte[] BAR = "│".getBytes(UTF_8);
  private static final byte[] R = ascii("Backtrace:");
  private static final byte[] OCAML_RAISED = ascii("Raised ");
  private static final byte[] OCAML_CALLED = ascii("Called from ");
  private static final byte[] OCAML_AGAIN = ascii("Re-raised ");
  private static final byte[] OCAML_FILE = ascii(" in file \"");
  private static final byte[] OCAML_EXCEPTION = ascii("Fatal error: exception ");
  private static final byte[] HASKELL = ascii(", called at ");
  private static final byte[] HASKELL_EXCEPTION = ascii(": Uncaught exception ");
  private static final byte[] ZIG_FILE = ascii(".zig:");
  private static final byte[] ZIG_ADDRESS = ascii(": 0x");
  private static final byte[] ZIG_IN = ascii(" in ");
  private static final byte[] ZIG_PANIC = ascii(" panic: ");
  private static final byte[] ZIG_ERROR = ascii("error: ");
  private static final byte[] SWIFT_CRASHED = ascii("Program crashed: ");
  private static final byte[] SWIFT_THREAD = ascii("Thread ");
  private static final byte[] SWIFT_THREAD_END = ascii(" crashed:");
  private static final byte[] SWIFT_ADDRESS = ascii(" 0x");
  private static final byte[] SWIFT_PLUS = ascii(" + ");
  private static final byte[] SWIFT_IN = ascii(" in ");
  private static final byte[] NIM_FILE = ascii(".nim(");
  private static final byte[] NIM_ERROR = ascii("Error: unhandled exception: ");
  private static final byte[] CRYSTAL = ascii("from ");
  private static final byte[] CRYSTAL_FILE = ascii(".cr:");
  private static final byte[] CRYSTAL_IN = ascii(" in '");
  private static final byte[] CRYSTAL_ADDRESS = ascii("[0x");
  private static final byte[] DART_PACKAGE = ascii("package:");
  private static final byte[] DART_FILE = ascii(".dart ");
  private static final byte[] CLOJURE_FILE = ascii(".clj: ");
  private static final byte[] CLOJURE_QUOTED_FILE = ascii(".clj\"");
  private static final byte[] CLOJURE_ERROR = ascii("#error {");
  private static final byte[] CLOJURE_TYPE = ascii(":type ");
  private static final byte[] ERLANG_IN = ascii("in function ");
  private static final byte[] ERLANG_FROM = ascii("in call from ");
  private static final byte[] PERL_BEGIN = ascii("BEGIN failed--");
  private static final byte[] PERL_ABORTED = ascii(" aborted due to compilation errors.");

  private final TypeName name = new TypeName();
  private final int[] frameFrom;
  private final int[] frameTo;
  private byte[] bytes = new byte[0];
  private int start;
  private int limit;
  private int frames;
  private boolean found;

  /// The type stands in brackets behind a message.
  private boolean bracketed;

  /// The type begins a line below the first.
  private boolean named;

  private int traceFrom;
  private int typeFrom;
  private int typeTo;

  /// @param frameFrom where the frames that count begin; as long as there may be such
  /// @param frameTo where they end
  @SuppressWarnings("ArrayParameter") // filled for the caller, on whose thread this is
  LanguageTrace(int[] frameFrom, int[] frameTo) {
    this.frameFrom = frameFrom;
    this.frameTo = frameTo;
  }

  /// Whether there is one in `[from, to)`; its frames are then in the arrays.
  ///
  /// @param prefix what stands before the message's lines
  boolean read(byte[] message, int from, int to, LinePrefix prefix) {
    bytes = message;
    start = from;
    limit = to;
    frames = 0;
    found = false;
    bracketed = false;
    named = false;
    traceFrom = ABSENT;
    typeFrom = ABSENT;
    for (int line = from; line < to; ) {
      int feed = Bytes.indexOf(bytes, line, to, (byte) '\n');
      int end = feed < 0 ? to : feed;
      int begin = prefix.begin(line);
      int text = begin;
      while (text < end && isBefore(text, end)) {
        text += bytes[text] < 0 ? BAR.length : 1;
      }
      if (text < end) {
        line(begin, text, end);
      }
      line = end + 1;
    }
    if (found && typeFrom < 0) {
      typeOfFirstLine();
    }
    return found;
  }

  /// Blanks, and the bar that Julia's logging draws.
  private boolean isBefore(int at, int end) {
    return bytes[at] == ' ' || bytes[at] == '\t' || (bytes[at] < 0 && starts(at, end, BAR));
  }

  private void line(int line, int text, int end) {
    switch (bytes[text]) {
      case 'S' -> titleIf(starts(text, end, JULIA) && text + JULIA.length == end, line);
      case 'B' -> titleIf(starts(text, end, R) || starts(text, end, PERL_BEGIN), line);
      case '[' -> {
        if (starts(text, end, CRYSTAL_ADDRESS)) {
          frameIf(text > start, line, behindBlank(text, end), end);
        } else if (indexOf(text, end, CLOJURE_QUOTED_FILE) > 0) {
          frameIf(found && text > line, line, text, end);
        } else {
          frameIf(
              found && text > line && digitAt(text + 1, end), line, behindBlank(text, end), end);
        }
      }
      case 'R', 'C' -> ocaml(line, text, end);
      case 'i' -> {
        if (starts(text, end, JULIA_SIGNAL)) {
          titleIf(text == line, start);
        } else {
          boolean erlang = starts(text, end, ERLANG_IN) || starts(text, end, ERLANG_FROM);
          frameIf(erlang && text > line, line, text, FrameText.openingBracket(bytes, text, end));
        }
      }
      case '/', '?' -> place(line, text, end);
      case '*', 'T' -> titleIf(isSwift(text, end), line);
      case 'f' -> crystal(line, text, end);
      case 'p', 'd' -> {
        int columns = FrameText.behindColumns(bytes, text, end);
        boolean dart = starts(text, end, DART_PACKAGE) && indexOf(text, end, DART_FILE) > 0;
        frameIf(dart || (found && columns > text + 2), line, columns, end);
        named |= dart;
      }
      case 'E' -> {
        nim(text, end);
        titleIf(text == line && ends(text, end, PERL_ABORTED), start);
      }
      case '#' -> clojure(line, text, end);
      default -> others(line, text, end);
    }
  }

  private void others(int line, int text, int end) {
    if (Bytes.isDigit(bytes[text])) {
      int plus = found && text == line ? indexOf(text, end, SWIFT_PLUS) : ABSENT;
      if (plus > 0 && indexOf(plus, end, SWIFT_IN) > 0) {
        frame(line, behindAddress(text, plus), plus);
      }
      return;
    }
    if (text > line && indexOf(text, end, CLOJURE_FILE) > 0) {
      frame(line, text, FrameText.openingBracket(bytes, text, end));
      named = true;
    } else {
      int called = indexOf(text, end, HASKELL);
      frameIf(called > 0 && text > line, line, text, end);
    }
  }

  private void ocaml(int line, int text, int end) {
    boolean raised =
        starts(text, end, OCAML_RAISED)
            || starts(text, end, OCAML_CALLED)
            || starts(text, end, OCAML_AGAIN);
    int file = raised && text == line ? indexOf(text, end, OCAML_FILE) : ABSENT;
    frameIf(file > 0, line, text, file);
  }

  /// A frame of Zig or Nim: `/app/src/main.zig:5:16: 0x1038f9d in take (cart)`, `/app/cart.nim(3)
  /// take`.
  private void place(int line, int text, int end) {
    int nim = indexOf(text, end, NIM_FILE);
    if (nim > 0) {
      frameIf(text == line, line, FrameText.behindColumns(bytes, text, end), end);
      return;
    }
    int address = indexOf(text, end, ZIG_ADDRESS);
    int in = address < 0 ? ABSENT : indexOf(address, end, ZIG_IN);
    boolean zig = in > 0 && indexOf(text, address, ZIG_FILE) > 0;
    frameIf(zig, line, in + ZIG_IN.length, FrameText.openingBracket(bytes, text, end));
  }

  private void crystal(int line, int text, int end) {
    boolean crystal =
        text > line && starts(text, end, CRYSTAL) && indexOf(text, end, CRYSTAL_FILE) > 0;
    int in = crystal ? indexOf(text, end, CRYSTAL_IN) : ABSENT;
    frameIf(in > 0, line, in, end);
    bracketed |= in > 0;
  }

  /// `Error: unhandled exception: no stock [ValueError]`, below the frames.
  private void nim(int text, int end) {
    if (!found || !starts(text, end, NIM_ERROR) || bytes[end - 1] != ']') {
      return;
    }
    int open = end - 1;
    while (open > text && bytes[open] != '[') {
      open--;
    }
    type(open + 1, end - 1);
  }

  /// `#error {`, whose member `:type` is the first below `:via`.
  private void clojure(int line, int text, int end) {
    if (!starts(text, end, CLOJURE_ERROR)) {
      return;
    }
    titleIf(true, line);
    int type = indexOf(text, limit, CLOJURE_TYPE);
    if (type > 0) {
      int from = type + CLOJURE_TYPE.length;
      int to = from;
      while (to < limit && bytes[to] > ' ' && bytes[to] != '}') {
        to++;
      }
      type(from, to);
    }
  }

  /// The type in the first line or, where that names none, in one that begins with it.
  private void typeOfFirstLine() {
    int end = lineEnd(start);
    int ocaml = indexOf(start, end, OCAML_EXCEPTION);
    int haskell = indexOf(start, end, HASKELL_EXCEPTION);
    int zig = indexOf(start, end, ZIG_PANIC);
    if (ocaml == start) {
      int from = start + OCAML_EXCEPTION.length;
      type(from, FrameText.openingBracket(bytes, from, end));
    } else if (haskell > 0) {
      type(haskell + HASKELL_EXCEPTION.length, end - 1);
    } else if (zig > 0 && Bytes.isDigit(bytes[zig - 1])) {
      type(zig + 1, zig + ZIG_PANIC.length - 2);
    } else if (starts(start, end, ZIG_ERROR) && frames > 0) {
      int from = start + ZIG_ERROR.length;
      int to = indexOf(from, end, ZIG_IN);
      boolean word = Bytes.indexOf(bytes, from, end, (byte) ' ') < 0 && to < 0;
      typeIf(word, from, end);
    } else if (bracketed) {
      typeInBrackets();
    } else if (named) {
      typeBelow(end + 1);
    }
  }

  private void typeInBrackets() {
    for (int line = start; line < limit && typeFrom < 0; line = lineEnd(line) + 1) {
      typeIf(name.inBrackets(bytes, line, lineEnd(line)), name.from(), name.to());
    }
  }

  private void typeBelow(int from) {
    for (int line = from; line < limit && typeFrom < 0; line = lineEnd(line) + 1) {
      typeIf(name.at(bytes, line, lineEnd(line)), name.from(), name.to());
    }
  }

  private boolean isSwift(int text, int end) {
    int crashed = indexOf(text, end, SWIFT_CRASHED);
    return crashed > 0
        ? crashed < text + SWIFT_CRASHED.length
        : starts(text, end, SWIFT_THREAD) && ends(text, end, SWIFT_THREAD_END);
  }

  /// Behind `[ra] 0x000055d0f3a1b2c3 `, which differs from start to start.
  private int behindAddress(int text, int end) {
    int at = indexOf(text, end, SWIFT_ADDRESS);
    return at < 0 ? text : behindBlank(at + 1, end);
  }

  private int behindBlank(int from, int end) {
    int blank = Bytes.indexOf(bytes, from, end, (byte) ' ');
    return blank < 0 ? from : blank + 1;
  }

  private void titleIf(boolean title, int line) {
    if (title) {
      found = true;
      traceFrom = traceFrom < 0 ? line : traceFrom;
    }
  }

  private void frameIf(boolean frame, int line, int from, int to) {
    if (frame) {
      frame(line, from, to);
    }
  }

  private void frame(int line, int from, int to) {
    titleIf(true, line);
    if (frames < frameFrom.length) {
      frameFrom[frames] = from;
      frameTo[frames] = to;
      frames++;
    }
  }

  private void typeIf(boolean is, int from, int to) {
    if (is) {
      type(from, to);
    }
  }

  private void type(int from, int to) {
    typeFrom = from;
    typeTo = to;
  }

  private int lineEnd(int line) {
    int feed = Bytes.indexOf(bytes, line, limit, (byte) '\n');
    return feed < 0 ? limit : feed;
  }

  private boolean digitAt(int at, int end) {
    return at < end && Bytes.isDigit(bytes[at]);
  }

  private int indexOf(int from, int end, byte[] wanted) {
    return Bytes.indexOf(bytes, from, end, wanted);
  }

  private boolean ends(int from, int end, byte[] wanted) {
    return end - from > wanted.length && starts(end - wanted.length, end, wanted);
  }

  private boolean starts(int at, int end, byte[] wanted) {
    return Bytes.startsWith(bytes, at, end, wanted);
  }

  /// How many frames are in the arrays.
  int frames() {
    return frames;
  }

  int traceFrom() {
    return traceFrom;
  }

  boolean hasType() {
    return typeFrom >= 0;
  }

  int typeFrom() {
    return typeFrom;
  }

  int typeTo() {
    return typeTo;
  }
}
