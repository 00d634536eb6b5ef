package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;

/// What of a message is a stack trace: where it begins, the exception's type, the type at the root,
/// and the frames that count. Reads Java, Node.js, .NET, Python, Go, Ruby and PHP. Reused for each
/// message; looks at no more than [#WINDOW_BYTES].
final class ErrorShape {
  static final int MAX_FRAMES = 5;
  private static final int WINDOW_BYTES = 64 * 1024;
  private static final int ABSENT = -1;

  private static final byte[] AT = ascii("at ");
  private static final byte[] FILE = ascii("File \"");
  private static final byte[] TRACEBACK = ascii("Traceback (most recent call last)");
  private static final byte[] CAUSED_BY = ascii("Caused by: ");
  private static final byte[] INNER = ascii("---> ");
  private static final byte[] FROM = ascii("from ");
  private static final byte[] GOROUTINE = ascii("goroutine ");
  private static final byte[] PANIC = ascii("panic: ");
  private static final byte[] PANIC_CALL = ascii("panic(");
  private static final byte[] FATAL_ERROR = ascii("fatal error: ");
  private static final byte[] RUNTIME = ascii("runtime.");
  private static final byte[] RUNTIME_ERROR = ascii("runtime error");
  private static final byte[] GO_FILE = ascii(".go:");
  private static final byte[] RUBY_IN = ascii(":in ");
  private static final byte[] RUST_THREAD = ascii("thread '");
  private static final byte[] RUST_PANICKED = ascii("' panicked at ");
  private static final byte[] NODE = ascii("node:");
  private static final byte[] FILE_URL = ascii("file:///");
  private static final byte[] CARET_LINE = ascii("^\n");
  private static final byte[] PHP_CALL = ascii("): ");

  private final TypeName name = new TypeName();
  private final int[] frameFrom = new int[MAX_FRAMES];
  private final int[] frameTo = new int[MAX_FRAMES];
  private byte[] bytes = new byte[0];
  private int start;
  private int words;
  private int limit;

  private int frames;
  private int goroutines;
  private boolean python;
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
    crashed = false;
    traceFrom = ABSENT;
    typeFrom = ABSENT;
    rootFrom = ABSENT;
    int previous = from;
    for (int line = from; line < limit; ) {
      int feed = Bytes.indexOf(bytes, line, limit, (byte) '\n');
      int end = feed < 0 ? limit : feed;
      int text = line;
      while (text < end && (bytes[text] == ' ' || bytes[text] == '\t')) {
        text++;
      }
      if (line == from) {
        panic(text, end);
        crash(text, end, to);
        text = Math.max(text, words);
      }
      if (text < end) {
        line(text, line, end, previous);
      }
      previous = line;
      line = end + 1;
    }
    if (typeFrom < 0 && !isTrace()) {
      int feed = Bytes.indexOf(bytes, from, limit, (byte) '\n');
      if (name.in(bytes, words, feed < 0 ? limit : feed)) {
        type(name.from(), name.to());
      }
    }
  }

  private void line(int text, int line, int end, int previous) {
    boolean indented = text > line && line != start;
    switch (bytes[text]) {
      case 'a' -> {
        if (indented && starts(text, end, AT) && isCall(text + AT.length, end)) {
          frame(line, previous, text + AT.length, callEnd(text + AT.length, end));
        }
      }
      case 'F' -> {
        if (indented && starts(text, end, FILE)) {
          frame(line, previous, text, end);
          python = true;
          return;
        }
      }
      case 'T' -> {
        if (starts(text, end, TRACEBACK)) {
          traceback(text);
          return;
        }
      }
      case '#' -> {
        int colon = phpCall(text, end);
        if (colon >= 0) {
          frame(line, previous, afterDigits(text + 1, end), colon);
        }
      }
      case 'g' -> {
        if (starts(text, end, GOROUTINE) && line == text) {
          goroutines++;
          traceAt(text);
        }
      }
      default -> {}
    }
    if (starts(text, end, CAUSED_BY)) {
      root(text + CAUSED_BY.length, end);
    } else if (starts(text, end, INNER)) {
      root(text + INNER.length, end);
    } else if (bytes[line] == '\t' && line != start && indexOf(text, end, GO_FILE) >= 0) {
      goFrame(line, previous);
    } else if (line != start && isRuby(text, end)) {
      int from = starts(text, end, FROM) ? text + FROM.length : text;
      frame(line, previous, from, end);
    } else if (goroutines == 0 && frames == 0 && typeFrom < 0) {
      panic(text, end);
    }
    if (python && frames > 0 && !indented && typeFrom < 0 && isWordStart(text)) {
      pythonType(text, end);
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
    for (int line = firstEnd + 1; line < firstFrame; line = lineEnd(line) + 1) {
      if (name.at(bytes, line, lineEnd(line))) {
        type(name.from(), name.to());
        traceAt(line);
        return;
      }
    }
    int from = words < firstEnd ? words : start;
    for (int line = from; line < firstFrame; line = lineEnd(line) + 1) {
      if (name.at(bytes, line, lineEnd(line)) || name.in(bytes, line, lineEnd(line))) {
        type(name.from(), name.to());
        traceAt(name.from());
        return;
      }
    }
    traceAt(previous);
  }

  private void traceback(int text) {
    if (python && typeFrom >= 0) {
      if (rootFrom < 0) {
        rootFrom = typeFrom;
        rootTo = typeTo;
      }
      typeFrom = ABSENT;
    }
    python = true;
    frames = 0;
    traceAt(text);
  }

  private void pythonType(int text, int end) {
    int i = text;
    while (i < end && (Bytes.isLetter(bytes[i]) || Bytes.isDigit(bytes[i]) || isJoin(bytes[i]))) {
      i++;
    }
    if (i == end || bytes[i] == ':' || bytes[i] == '\r') {
      type(text, i);
    }
  }

  private static boolean isJoin(byte b) {
    return b == '_' || b == '.';
  }

  /// `panic: runtime error: …` is of the type `runtime error`, `panic: main.Refused{…}` of
  /// `main.Refused`, any other `panic`; `fatal error: …` is of itself.
  private void panic(int text, int end) {
    if (starts(text, end, FATAL_ERROR)) {
      type(text, text + FATAL_ERROR.length - 2);
      traceAt(text);
    } else if (starts(text, end, PANIC)) {
      int what = text + PANIC.length;
      traceAt(text);
      if (starts(what, end, RUNTIME_ERROR)) {
        type(what, what + RUNTIME_ERROR.length);
        return;
      }
      while (what < end && (bytes[what] == '(' || bytes[what] == '*' || bytes[what] == '&')) {
        what++;
      }
      int i = what;
      boolean dot = false;
      while (i < end && (Bytes.isLetter(bytes[i]) || Bytes.isDigit(bytes[i]) || isJoin(bytes[i]))) {
        dot |= bytes[i] == '.';
        i++;
      }
      if (dot && i < end && (bytes[i] == '{' || bytes[i] == ')' || bytes[i] == '(')) {
        type(what, i);
      } else {
        type(text, text + PANIC.length - 2);
      }
    }
  }

  /// What Node.js and Rust print when they crash is a trace, with frames or without.
  private void crash(int text, int end, int to) {
    boolean rust = starts(text, end, RUST_THREAD) && indexOf(text, end, RUST_PANICKED) >= 0;
    boolean node = end < to && isNodePlace(text, end) && indexOf(end, limit, CARET_LINE) >= 0;
    if (rust) {
      type(indexOf(text, end, RUST_PANICKED) + 2, indexOf(text, end, RUST_PANICKED) + 7);
    }
    if (rust || node) {
      crashed = true;
      traceAt(text);
    }
  }

  /// `/app/index.js:3`, `node:internal/process/promises:394`.
  private boolean isNodePlace(int text, int end) {
    int digits = end;
    while (digits > text && Bytes.isDigit(bytes[digits - 1])) {
      digits--;
    }
    return digits < end
        && digits > text + 1
        && bytes[digits - 1] == ':'
        && (bytes[text] == '/' || starts(text, end, NODE) || starts(text, end, FILE_URL))
        && Bytes.indexOf(bytes, text, end, (byte) ' ') < 0;
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

  /// A frame has something in brackets, or a place in a file.
  private boolean isCall(int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == '(' || bytes[i] == ':' || bytes[i] == '/') {
        return true;
      }
    }
    return false;
  }

  private int callEnd(int from, int end) {
    int close = Bytes.indexOf(bytes, from, end, (byte) ')');
    return close < 0 ? end : close;
  }

  /// `#0 /app/Cart.php(12): Cart->total(Array)`: where the arguments begin, or -1.
  private int phpCall(int text, int end) {
    int digits = afterDigits(text + 1, end);
    if (digits == text + 1 || digits >= end || bytes[digits] != ' ') {
      return ABSENT;
    }
    int call = indexOf(digits, end, PHP_CALL);
    if (call < 0) {
      return ABSENT;
    }
    int open = Bytes.indexOf(bytes, call + PHP_CALL.length, end, (byte) '(');
    return open < 0 ? end : open;
  }

  private int afterDigits(int from, int end) {
    int i = from;
    while (i < end && Bytes.isDigit(bytes[i])) {
      i++;
    }
    return i;
  }

  /// `app/models/cart.rb:12:in 'total'`, with either quote.
  private boolean isRuby(int text, int end) {
    int in = indexOf(text, end, RUBY_IN);
    if (in <= text || !Bytes.isDigit(bytes[in - 1]) || in + RUBY_IN.length >= end) {
      return false;
    }
    byte quote = bytes[in + RUBY_IN.length];
    return quote == '`' || quote == '\'';
  }

  private boolean isWordStart(int at) {
    return Bytes.isLetter(bytes[at]) || bytes[at] == '_';
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

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Whether there is a stack trace at all.
  boolean isTrace() {
    return frames > 0 || goroutines > 0 || python || crashed;
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
