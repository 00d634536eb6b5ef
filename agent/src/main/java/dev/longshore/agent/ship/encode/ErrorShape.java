package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Ansi;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.TraceLine;

/// What of a message is a stack trace: where it begins, the exception's type, the type at the root,
/// and the frames that count. Knows frames by [TraceLine], as framing does. Reused for each
/// message; looks at no more than [#WINDOW_BYTES].
final class ErrorShape {
  static final int MAX_FRAMES = 5;
  private static final int WINDOW_BYTES = 64 * 1024;
  private static final int ABSENT = -1;

  private static final byte[] AT = ascii("at ");
  private static final byte[] FILE = ascii("File \"");
  private static final byte[] TRACEBACK = ascii("Traceback (most recent call last)");
  private static final byte[] BOX_TITLE = ascii("Traceback ");
  private static final byte[] IN_THREAD = ascii("Exception in thread \"");
  private static final byte[] QUOTE = ascii("\" ");
  private static final byte[] GROUP = ascii("+-");
  private static final byte[] CAUSED_BY = ascii("Caused by: ");
  private static final byte[] INNER = ascii("---> ");
  private static final byte[] FROM = ascii("from ");
  private static final byte[] GOROUTINE = ascii("goroutine ");
  private static final byte[] PANIC_CALL = ascii("panic(");
  private static final byte[] RUNTIME = ascii("runtime.");
  private static final byte[] ELIXIR = ascii("** (");
  private static final byte[] PHP_TRACE = ascii("Stack trace:");
  private static final byte[] IN = ascii(" in ");
  private static final byte[] PHP_CALL = ascii("): ");

  private final LinePrefix prefix = new LinePrefix();
  private final TypeName name = new TypeName();
  private final GoPanic panic = new GoPanic();
  private final CrashLine crash = new CrashLine();
  private final int[] frameFrom = new int[MAX_FRAMES];
  private final int[] frameTo = new int[MAX_FRAMES];
  private final LanguageTrace language = new LanguageTrace(frameFrom, frameTo);
  private byte[] bytes = new byte[0];
  private int start;
  private int words;
  private int limit;

  private int frames;
  private int goroutines;
  private boolean python;
  private int indent;
  private boolean boxed;
  private boolean grouped;
  private boolean rust;
  private boolean crashed;
  private int traceFrom;
  private int typeFrom;
  private int typeTo;
  private int rootFrom;
  private int rootTo;

  /// Reads a message.
  ///
  /// @param firstWords where the words of its first line begin, behind time and level
  void read(byte[] message, int from, int to, int firstWords) {
    bytes = message;
    start = from;
    words = firstWords;
    limit = Math.min(to, from + WINDOW_BYTES);
    frames = 0;
    goroutines = 0;
    python = false;
    indent = 0;
    boxed = false;
    grouped = false;
    rust = false;
    crashed = false;
    traceFrom = ABSENT;
    typeFrom = ABSENT;
    rootFrom = ABSENT;
    if (CrashLine.isNoError(bytes, start, limit)) {
      return;
    }
    prefix.read(bytes, start, limit, words);
    int previous = from;
    for (int line = from; line < limit; ) {
      int feed = Bytes.indexOf(bytes, line, limit, (byte) '\n');
      int end = feed < 0 ? limit : feed;
      int text = textOf(line, end);
      if (line == from) {
        panic(text, end);
        crash(text, end, to);
        if (name.inObject(bytes, text, end)) {
          type(name.from(), name.to());
        }
        text = Math.max(text, prefix.words());
      }
      if (text < end) {
        line(text, prefix.begin(line), end, previous);
      }
      previous = line;
      line = end + 1;
    }
    if (!isTrace() && lineEnd(start) < limit) {
      language();
    }
    if (typeFrom < 0 && frames == 0 && goroutines == 0 && !python) {
      withoutFrames();
    }
  }

  private void language() {
    if (!language.read(bytes, start, limit, prefix)) {
      return;
    }
    crashed = true;
    frames = language.frames();
    traceAt(language.traceFrom());
    if (language.hasType()) {
      type(language.typeFrom(), language.typeTo());
    } else if (typeFrom < 0) {
      withoutFrames();
    }
  }

  /// The type stands in the first line, or begins the second.
  private void withoutFrames() {
    int first = lineEnd(words);
    int second = Math.min(first + 1, limit);
    if (name.at(bytes, afterBlanks(second, limit), lineEnd(second))
        || name.in(bytes, words, first)) {
      type(name.from(), name.to());
    }
  }

  private void line(int text, int line, int end, int previous) {
    int from = text;
    if (python) {
      from = FrameText.afterBars(bytes, text, end);
      grouped = from > text && (grouped || starts(text, end, GROUP));
    }
    // Tornado and Twisted indent all of a trace.
    boolean blank = line != start && (bytes[line] == ' ' || bytes[line] == '\t');
    boolean indented = from == text && blank && text - line != indent;
    if (traceback(from, end)) {
      indent = from == text ? text - line : 0;
      return;
    }
    if (part(from, line, end, previous)) {
      return;
    }
    if (starts(from, end, CAUSED_BY)) {
      root(from + CAUSED_BY.length, end);
    } else if (starts(from, end, INNER)) {
      root(from + INNER.length, end);
    } else if (starts(from, end, ELIXIR)) {
      elixir(from, end);
    } else if (starts(from, end, GOROUTINE) && line == text) {
      goroutines++;
      traceAt(text);
    } else if (starts(from, end, PHP_TRACE)) {
      crashed = true;
      traceAt(line == start ? text : start);
    } else if (goroutines == 0 && frames == 0 && typeFrom < 0) {
      panic(from, end);
    }
    if (python
        && (frames > 0 || boxed)
        && !indented
        && typeFrom < 0
        && (Bytes.isLetter(bytes[from]) || bytes[from] == '_')) {
      pythonType(from, end);
    }
  }

  /// Takes a frame; returns whether nothing else is to be looked for in the line.
  private boolean part(int text, int line, int end, int previous) {
    boolean first = line == start;
    switch (TraceLine.kind(bytes, text, end)) {
      case TraceLine.AT -> {
        if (!first && text > line && bytes[text] == 'a' && !rust) {
          frame(line, previous, text + AT.length, FrameText.callEnd(bytes, text + AT.length, end));
        }
      }
      case TraceLine.PYTHON -> {
        if (text > line && starts(text, end, FILE)) {
          frame(line, previous, text, end);
          python = true;
          return true;
        }
      }
      case TraceLine.GO -> {
        if (!first) {
          if (text > line) {
            goFrame(line, previous);
          } else {
            frame(line, previous, text, FrameText.callEnd(bytes, text, end));
          }
        }
      }
      case TraceLine.NONE, TraceLine.RUBY -> {
        if (!first && FrameText.isRuby(bytes, text, end)) {
          frame(line, previous, starts(text, end, FROM) ? text + FROM.length : text, end);
        }
      }
      case TraceLine.NUMBERED -> numbered(text, line, end, previous);
      case TraceLine.RUST, TraceLine.ELIXIR, TraceLine.LUA -> frame(line, previous, text, end);
      case TraceLine.PERL -> {
        if (!first) {
          frame(line, previous, text, FrameText.openingBracket(bytes, text, end));
        }
      }
      default -> {}
    }
    return false;
  }

  /// `#0 /app/Cart.php(12): Cart->total(Array)`, `#0 0x55 in main /app/a.cc:5`, `0. main @ 0x1`.
  private void numbered(int text, int line, int end, int previous) {
    int digits = FrameText.afterDigits(bytes, text + 1, end);
    int in = indexOf(text, end, IN);
    int call = indexOf(text, end, PHP_CALL);
    if (bytes[text] == '@') {
      // The columns of addresses differ from start to start.
      frame(line, previous, FrameText.behindColumns(bytes, text, end), end);
    } else if (bytes[text] != '#') {
      frame(line, previous, digits, FrameText.openingBracket(bytes, text, end));
    } else if (call >= 0) {
      frame(line, previous, digits, FrameText.openingBracket(bytes, call + PHP_CALL.length, end));
    } else if (in >= 0) {
      frame(line, previous, in + IN.length, end);
    } else if (FrameText.openingBracket(bytes, text, end) < end) {
      // Dart.
      frame(line, previous, digits, FrameText.openingBracket(bytes, text, end));
    }
  }

  /// `** (RuntimeError) no stock`.
  private void elixir(int text, int end) {
    int from = text + ELIXIR.length;
    if (typeFrom < 0 && name.at(bytes, from, end)) {
      type(name.from(), name.to());
      crashed = true;
      traceAt(text);
    }
  }

  private void frame(int line, int previous, int from, int to) {
    if (frames == 0 && !python) {
      header(line, previous);
    }
    // Python prints the innermost frame last; elsewhere it is first.
    boolean innermostLast = bytes[from] == 'F' && starts(from, to, FILE);
    if (frames < MAX_FRAMES || innermostLast) {
      int slot = frames % MAX_FRAMES;
      frameFrom[slot] = from;
      frameTo[slot] = to;
      frames++;
    }
  }

  /// Finds the exception's type in what stands before the first frame.
  private void header(int firstFrame, int previous) {
    if (typeFrom >= 0) {
      return;
    }
    int firstEnd = lineEnd(start);
    if (headerIn(firstEnd + 1, firstFrame, false) || headerIn(firstEnd + 1, firstFrame, true)) {
      return;
    }
    int frame = afterBlanks(firstFrame, limit);
    if (FrameText.isRuby(bytes, frame, lineEnd(frame))
        && name.inBrackets(bytes, frame, lineEnd(frame))) {
      type(name.from(), name.to());
      traceAt(firstFrame);
      return;
    }
    if (typeOfFirstLine(firstEnd)) {
      // Ruby's name is the last word.
      traceAt(name.isLast() ? previous : name.from());
      return;
    }
    int from = words < firstFrame ? words : start;
    if (prefix.isPerLine() && previous == start && name.camelCaseAt(bytes, from, firstEnd)) {
      type(name.from(), name.to());
      traceAt(from);
      return;
    }
    for (int line = from; line < firstFrame; line = lineEnd(line) + 1) {
      int text = afterBlanks(line, firstFrame);
      if (name.at(bytes, text, lineEnd(line)) || name.in(bytes, line, lineEnd(line))) {
        type(name.from(), name.to());
        traceAt(name.from());
        return;
      }
    }
    // Node.js prints an error behind a text: `order failed OutOfStock: no stock`.
    if (name.camelCaseIn(bytes, from, lineEnd(from))) {
      type(name.from(), name.to());
    }
    traceAt(previous);
  }

  /// Takes the first line in `[from, to)` that begins with a type's name.
  private boolean headerIn(int from, int to, boolean camelCase) {
    for (int line = from; line < to; line = lineEnd(line) + 1) {
      int end = lineEnd(line);
      int text = textOf(line, end);
      if (camelCase
          ? name.camelCaseAt(bytes, text, end)
          : name.at(bytes, text, end)
              || (FrameText.isRuby(bytes, text, end) && name.inBrackets(bytes, text, end))) {
        type(name.from(), name.to());
        traceAt(line);
        return true;
      }
    }
    return false;
  }

  /// `Exception in thread "main" Cart$Refused: …`, `OutOfStock: …`, and Ruby's `… (OutOfStock)`.
  private boolean typeOfFirstLine(int end) {
    int at = afterBlanks(start, end);
    if (starts(start, end, IN_THREAD)) {
      int quote = indexOf(start + IN_THREAD.length, end, QUOTE);
      at = quote < 0 ? start : quote + QUOTE.length;
    } else if (name.inBrackets(bytes, start, end)) {
      type(name.from(), name.to());
      return true;
    }
    boolean found = name.at(bytes, at, end) || name.camelCaseAt(bytes, at, end);
    if (found) {
      type(name.from(), name.to());
    }
    return found;
  }

  private boolean traceback(int text, int end) {
    boolean group = bytes[text] == '+' || bytes[text] == 'E' || bytes[text] < 0;
    byte[] title = bytes[text] < 0 ? BOX_TITLE : TRACEBACK;
    // Nim's title has no colon.
    boolean titled = starts(text, end, TRACEBACK) && text + TRACEBACK.length < end;
    int found = titled ? text : group ? indexOf(text, end, title) : ABSENT;
    if (found < 0 || grouped) {
      return found >= 0;
    }
    if (python && typeFrom >= 0) {
      if (rootFrom < 0) {
        rootFrom = typeFrom;
        rootTo = typeTo;
      }
      typeFrom = ABSENT;
    }
    python = true;
    frames = 0;
    boxed = bytes[text] < 0;
    traceAt(text);
    return true;
  }

  private void pythonType(int text, int end) {
    int i = text;
    while (i < end && (Bytes.isLetter(bytes[i]) || Bytes.isDigit(bytes[i]) || isJoin(bytes[i]))) {
      i++;
    }
    int close = i < end && bytes[i] == '(' ? Bytes.indexOf(bytes, i, end, (byte) ')') : ABSENT;
    i = close < 0 || close + 1 >= end || bytes[close + 1] != ':' ? i : close + 1;
    int after = Ansi.skip(bytes, i, end);
    boolean colon = after < end && bytes[after] == ':';
    if (colon && after + 1 < end && Bytes.isDigit(bytes[after + 1])) {
      // Ruby prints its traces in this order too.
      return;
    }
    if (after == end || colon || bytes[after] == '\r') {
      type(text, i);
    }
  }

  private static boolean isJoin(byte b) {
    return b == '_' || b == '.';
  }

  private void panic(int text, int end) {
    if (panic.read(bytes, text, end)) {
      traceAt(text);
      type(panic.typeFrom(), panic.typeTo());
    }
  }

  private void crash(int text, int end, int to) {
    if (crash.read(bytes, text, end, limit, end < to)) {
      if (crash.hasType()) {
        type(crash.typeFrom(), crash.typeTo());
      }
      rust = crash.isRust();
      crashed = true;
      traceAt(text);
    }
  }

  /// The line before names the function; the arguments are addresses.
  private void goFrame(int line, int previous) {
    if (goroutines > 1) {
      return;
    }
    int end = lineEnd(previous);
    if (starts(previous, end, RUNTIME) || starts(previous, end, PANIC_CALL)) {
      return;
    }
    int to = end;
    if (end > previous && bytes[end - 1] == ')') {
      while (to > previous && bytes[to - 1] != '(') {
        to--;
      }
      to = Math.max(to - 1, previous);
    }
    if (to > previous) {
      frame(line, previous, previous, to);
    }
  }

  private void root(int from, int end) {
    if (name.at(bytes, from, end) || name.in(bytes, from, end)) {
      rootFrom = name.from();
      rootTo = name.to();
    }
  }

  private int textOf(int line, int end) {
    return prefix.textOf(line, end);
  }

  private int afterBlanks(int from, int end) {
    return LinePrefix.afterBlanks(bytes, from, end);
  }

  private int indexOf(int from, int end, byte[] wanted) {
    return Bytes.indexOf(bytes, from, end, wanted);
  }

  private boolean starts(int at, int end, byte[] wanted) {
    return Bytes.startsWith(bytes, at, end, wanted);
  }

  private int lineEnd(int line) {
    int feed = Bytes.indexOf(bytes, line, limit, (byte) '\n');
    return feed < 0 ? limit : feed;
  }

  private void type(int from, int to) {
    typeFrom = from;
    typeTo = to;
  }

  private void traceAt(int from) {
    if (traceFrom < 0) {
      traceFrom = from;
    }
  }

  /// Whether there is a stack trace at all.
  boolean isTrace() {
    return frames > 0 || goroutines > 0 || python || crashed;
  }

  /// Whether type or frames tell it from other errors.
  boolean isDistinct() {
    return frames > 0 || goroutines > 0 || python || typeFrom >= 0;
  }

  /// Where the trace begins; it goes on to the message's end.
  int traceFrom() {
    return Math.max(traceFrom, start);
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

  /// Adds type, root and frames to a fingerprint.
  void addTo(Fingerprint fingerprint) {
    if (typeFrom >= 0) {
      fingerprint.frame(bytes, typeFrom, typeTo);
    }
    if (rootFrom >= 0) {
      fingerprint.frame(bytes, rootFrom, rootTo);
    }
    int first = Math.max(0, frames - MAX_FRAMES);
    for (int i = first; i < frames; i++) {
      fingerprint.frame(bytes, frameFrom[i % MAX_FRAMES], frameTo[i % MAX_FRAMES]);
    }
  }
}
