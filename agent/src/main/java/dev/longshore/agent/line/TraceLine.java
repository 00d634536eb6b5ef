package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// Tells whether one line is part of a stack trace, by the line alone.
///
/// All methods take the line's text `[text, end)` behind its indentation, and read no further.
public final class TraceLine {
  /// Not part of a stack trace.
  public static final int NONE = 0;

  /// A frame of Java, Node.js or .NET, or Java's count of frames left out: `at …`, `... 12 more`.
  public static final int AT = 1;

  /// `File "/srv/a.py", line 3, in load`, and the bars of an exception group.
  public static final int PYTHON = 2;

  /// `/src/cart.go:12 +0x1d`, `shop/cart.go:12`, below the function's name.
  public static final int GO = 3;

  /// `app/cart.rb:12:in 'total'`, `from app/cart.rb:12:in 'total'`.
  public static final int RUBY = 4;

  /// `#0 /app/index.php(12): Cart->add()`; debuggers and sanitizers of C number frames alike, and
  /// ClickHouse writes `0. DB::Exception::Exception() @ 0x1`, glog `@ 0x1 main`.
  public static final int NUMBERED = 5;

  /// `0: shop::cart::take`.
  public static final int RUST = 6;

  /// `(shop 0.1.0) lib/cart.ex:12: Shop.Cart.take/1`.
  public static final int ELIXIR = 7;

  /// `main::take(1) called at cart.pl line 3`.
  public static final int PERL = 8;

  /// What joins one exception to another: `Caused by: …`, `Caused: …`, `Suppressed: …`, `Wrapped
  /// by: …`, `Rethrow as …`, `---> …`. Its message may have further lines.
  public static final int CAUSE = 9;

  /// `--- End of inner exception stack trace ---`.
  public static final int CAUSE_END = 10;

  /// `cart.lua:3: in function 'take'`, `[C]: in function 'error'`.
  public static final int LUA = 11;

  private static final byte[] AT_WORD = ascii("at ");

  /// Open Liberty leaves frames out.
  private static final byte[] INTERNAL = ascii("[internal classes]");

  private static final byte[] ELIDED = ascii("... ");
  private static final byte[] MORE = ascii(" more");
  private static final byte[] OMITTED = ascii("omitted");
  private static final byte[] MATCHING = ascii(" lines matching ");
  private static final byte[] FILE = ascii("File \"");
  private static final byte[] FROM = ascii("from ");
  private static final byte[] GO_FILE = ascii(".go:");
  private static final byte[] ASSEMBLER_FILE = ascii(".s:");
  private static final byte[] GEM_VERSION_END = ascii(") ");
  private static final byte[] RUBY_IN = ascii(":in ");
  private static final byte[] ELIXIR_FILE = ascii(".ex");
  private static final byte[] ERLANG_FILE = ascii(".erl:");
  private static final byte[] CALLED_AT = ascii(" called at ");
  private static final byte[] CAUSED_BY = ascii("Caused by:");

  /// Jenkins prints the root first.
  private static final byte[] CAUSED = ascii("Caused: ");

  private static final byte[] SUPPRESSED = ascii("Suppressed: ");
  private static final byte[] WRAPPED_BY = ascii("Wrapped by: ");

  /// Mono and Unity.
  private static final byte[] RETHROW = ascii("Rethrow as ");

  private static final byte[] INNER = ascii("---> ");
  private static final byte[] END_OF = ascii("--- End of ");
  private static final byte[] CHECKPOINT = ascii("*__checkpoint");
  private static final byte[] ADDRESS = ascii(" @ 0x");
  private static final byte[] HEX = ascii("0x");
  private static final byte[] PHP = ascii(".php(");
  private static final byte[] OFFSET = ascii(" +0x");
  private static final byte[] LUA_BUILTIN = ascii("[C]: in ");
  private static final byte[] LUA_FILE = ascii(".lua:");
  private static final byte[] LUA_IN = ascii(": in ");
  private static final byte[] RUST_FILE = ascii(".rs:");
  private static final byte[] GROUP = ascii("+ Exception Group Traceback");
  private static final byte[] GROUP_RULE = ascii("+-");

  private TraceLine() {}

  /// Which kind of part the line is, or [#NONE].
  public static int kind(byte[] bytes, int text, int end) {
    if (end - text < 4) {
      return NONE;
    }
    return switch (bytes[text]) {
      case 'a' ->
          starts(bytes, text, end, AT_WORD) && isCall(bytes, text + AT_WORD.length, end)
              ? AT
              : other(bytes, text, end);
      case '.' ->
          starts(bytes, text, end, ELIDED)
                  && (Bytes.indexOf(bytes, text, end, MORE) > 0
                      || Bytes.indexOf(bytes, text, end, OMITTED) > 0
                      || Bytes.indexOf(bytes, text, end, MATCHING) > 0)
              ? AT
              : NONE;
      case 'F' -> starts(bytes, text, end, FILE) ? PYTHON : NONE;
      case '+' ->
          starts(bytes, text, end, GROUP)
                  || (starts(bytes, text, end, GROUP_RULE) && bytes[end - 1] != '+')
              ? PYTHON
              : NONE;
      case '|' -> bytes[text + 1] == ' ' ? PYTHON : NONE;
      case '#' -> isNumbered(bytes, text, end) ? NUMBERED : NONE;
      case '@' -> isAddressed(bytes, text, end) ? NUMBERED : NONE;
      case '[' -> starts(bytes, text, end, LUA_BUILTIN) ? LUA : NONE;
      case '(' -> isElixir(bytes, text, end) ? ELIXIR : NONE;
      case '*' -> starts(bytes, text, end, CHECKPOINT) ? AT : NONE;
      case 'C' ->
          starts(bytes, text, end, CAUSED_BY) || starts(bytes, text, end, CAUSED)
              ? CAUSE
              : other(bytes, text, end);
      case 'S' -> starts(bytes, text, end, SUPPRESSED) ? CAUSE : other(bytes, text, end);
      case 'R' -> starts(bytes, text, end, RETHROW) ? CAUSE : other(bytes, text, end);
      case 'W' -> starts(bytes, text, end, WRAPPED_BY) ? CAUSE : other(bytes, text, end);
      case '-' ->
          starts(bytes, text, end, INNER)
              ? CAUSE
              : starts(bytes, text, end, END_OF) ? CAUSE_END : NONE;
      case 'f' -> {
        int place = starts(bytes, text, end, FROM) ? text + FROM.length : text;
        yield other(bytes, place, end);
      }
      case '/' -> isGoPlace(bytes, text, end) ? GO : other(bytes, text, end);
      default -> Bytes.isDigit(bytes[text]) ? byNumber(bytes, text, end) : other(bytes, text, end);
    };
  }

  /// A frame has something in brackets, or a place in a file. Rust's tracing states the place of an
  /// event alike, `at src/cart.rs:12`; a frame of Rust has a column.
  private static boolean isCall(byte[] bytes, int from, int end) {
    if (Bytes.startsWith(bytes, from, end, INTERNAL)) {
      return true;
    }
    int open = Bytes.indexOf(bytes, from, end, (byte) '(');
    if (open >= 0 && Bytes.indexOf(bytes, from, open, (byte) ' ') < 0) {
      return true;
    }
    for (int i = from; i < end; i++) {
      if (bytes[i] == '(' || bytes[i] == '<') {
        return true;
      }
      if (bytes[i] == '[') {
        // Node.js: `at Function.run [as start] (/app/a.js:1:2)`.
        int close = Bytes.indexOf(bytes, i, end, (byte) ']');
        i = close < 0 ? i : close;
        continue;
      }
      if (bytes[i] == ':' && i + 1 < end && Bytes.isDigit(bytes[i + 1])) {
        boolean rust = i - 2 > from && Bytes.startsWith(bytes, i - 3, end, RUST_FILE);
        return !rust || Bytes.indexOf(bytes, i + 1, end, (byte) ':') > 0;
      }
      if (bytes[i] == ' '
          && !isPrefix(bytes, from, i)
          && (i + 1 >= end || (bytes[i + 1] != '(' && bytes[i + 1] != '['))) {
        return false;
      }
    }
    return false;
  }

  /// `async`, `new` and `get` stand before a function's name in Node.js.
  private static boolean isPrefix(byte[] bytes, int from, int to) {
    return to - from <= 5 && Bytes.isLetter(bytes[from]) && bytes[from] >= 'a';
  }

  private static boolean isNumbered(byte[] bytes, int text, int end) {
    int i = text + 1;
    while (i < end && Bytes.isDigit(bytes[i])) {
      i++;
    }
    if (i < end && bytes[i] == ':') {
      // Envoy.
      i++;
    }
    return i > text + 1 && i + 1 < end && bytes[i] == ' ';
  }

  /// Which kind of frame the words behind a line's header are: some programs put one before each
  /// line of a trace. Only looked at where the first byte is one that begins few sentences.
  public static int kindBehindHeader(byte[] bytes, int words, int end) {
    if (end - words < 4 || words == 0) {
      return NONE;
    }
    if (bytes[words - 1] == '#') {
      // A separator to those who look for words.
      int worker = behindWorker(bytes, words, end);
      boolean place =
          Bytes.indexOf(bytes, words, end, HEX) > 0 || Bytes.indexOf(bytes, words, end, PHP) > 0;
      return place ? kind(bytes, words - 1, end) : worker > words ? kind(bytes, worker, end) : NONE;
    }
    int text = behindThread(bytes, words, end);
    return switch (bytes[text]) {
      case '/' -> kind(bytes, text, end);
      case 'a' -> starts(bytes, text, end, AT_WORD) ? kind(bytes, text, end) : NONE;
      case '.' -> starts(bytes, text, end, ELIDED) ? kind(bytes, text, end) : NONE;
      case 'C' -> starts(bytes, text, end, CAUSED_BY) ? CAUSE : NONE;
      default -> NONE;
    };
  }

  /// Behind the thread's name and the indentation where JBoss puts a header before each line of a
  /// trace, `(default task-1) \tat …`, or `words`.
  public static int behindThread(byte[] bytes, int words, int end) {
    int close = bytes[words] == '(' ? Bytes.indexOf(bytes, words, end, (byte) ')') : -1;
    if (close < 0) {
      return words;
    }
    int i = close + 1;
    while (i < end && (bytes[i] == ' ' || bytes[i] == '\t')) {
      i++;
    }
    return i < end ? i : words;
  }

  /// Behind the number of the worker that Fluentd puts before each line of a trace, `#0 /a.rb:12:in
  /// 'take'`, or `words`.
  ///
  /// @param words behind the hash
  public static int behindWorker(byte[] bytes, int words, int end) {
    int i = words;
    while (i < end && Bytes.isDigit(bytes[i])) {
      i++;
    }
    boolean place = i > words && i + 1 < end && bytes[i] == ' ' && bytes[i + 1] == '/';
    return place ? i + 1 : words;
  }

  private static int byNumber(byte[] bytes, int text, int end) {
    int i = text;
    while (i < end && Bytes.isDigit(bytes[i])) {
      i++;
    }
    if (i - text > 4 || i + 2 >= end || bytes[i + 1] != ' ') {
      return NONE;
    }
    if (bytes[i] == '.') {
      return Bytes.indexOf(bytes, i, end, ADDRESS) > 0 ? NUMBERED : NONE;
    }
    boolean frame = bytes[i] == ':' && Bytes.indexOf(bytes, i + 1, end, (byte) ':') >= 0;
    return frame ? RUST : NONE;
  }

  private static boolean isElixir(byte[] bytes, int text, int end) {
    int close = Bytes.indexOf(bytes, text, end, (byte) ')');
    return close > 0
        && (Bytes.indexOf(bytes, close, end, ELIXIR_FILE) > 0
            || Bytes.indexOf(bytes, close, end, ERLANG_FILE) > 0);
  }

  /// Whether it is a place in a Go file: `/src/cart.go:12 +0x1d`.
  private static boolean isGoPlace(byte[] bytes, int text, int end) {
    int suffix = Bytes.indexOf(bytes, text, end, GO_FILE);
    int digit = suffix + GO_FILE.length;
    if (suffix < 0) {
      suffix = Bytes.indexOf(bytes, text, end, ASSEMBLER_FILE);
      digit = suffix + ASSEMBLER_FILE.length;
    }
    return suffix > 0 && digit < end && Bytes.isDigit(bytes[digit]);
  }

  /// `@ 0x55c5d3b1f8a2 google::LogMessage::Fail()`, of glog and of Abseil.
  private static boolean isAddressed(byte[] bytes, int text, int end) {
    int i = text + 1;
    while (i < end && bytes[i] == ' ') {
      i++;
    }
    return i > text + 1 && starts(bytes, i, end, HEX);
  }

  /// `github.com/shop/cart/main.go:12 +0x1d`: a binary whose paths are trimmed has no slash first.
  private static boolean isTrimmedGoPlace(byte[] bytes, int text, int end) {
    int suffix = Bytes.indexOf(bytes, text, end, GO_FILE);
    int digits = suffix + GO_FILE.length;
    int i = digits;
    while (suffix > text && i < end && Bytes.isDigit(bytes[i])) {
      i++;
    }
    return i > digits
        && (i == end || starts(bytes, i, end, OFFSET))
        && Bytes.indexOf(bytes, text, suffix, (byte) ' ') < 0;
  }

  private static boolean isHexDigit(byte b) {
    return Bytes.isDigit(b) || (b >= 'a' && b <= 'f');
  }

  /// What is told by what the line holds, and not by how it begins.
  private static int other(byte[] bytes, int text, int end) {
    if (isHexDigit(bytes[end - 1]) && isTrimmedGoPlace(bytes, text, end)) {
      return GO;
    }
    if (Bytes.indexOf(bytes, text, end, LUA_FILE) > 0
        && Bytes.indexOf(bytes, text, end, LUA_IN) > 0) {
      return LUA;
    }
    int in = Bytes.indexOf(bytes, text, end, RUBY_IN);
    if (in > text && isRubyPlace(bytes, text, in) && isQuote(bytes, in + RUBY_IN.length, end)) {
      return RUBY;
    }
    int called = Bytes.indexOf(bytes, text, end, CALLED_AT);
    // Haskell's calls have a comma before it.
    return called > text && bytes[called - 1] != ',' ? PERL : NONE;
  }

  /// A file and a line, `app/cart.rb:12`, `bin/puma:3`, `(eval):1`; Rails puts the gem before it:
  /// `actionpack (7.1.0) lib/a.rb:12`.
  private static boolean isRubyPlace(byte[] bytes, int text, int end) {
    int colon = end;
    while (colon > text && Bytes.isDigit(bytes[colon - 1])) {
      colon--;
    }
    if (colon == end || colon - 1 <= text || bytes[colon - 1] != ':') {
      return false;
    }
    int blank = Bytes.indexOf(bytes, text, colon, (byte) ' ');
    if (blank < 0) {
      return true;
    }
    int version = Bytes.indexOf(bytes, blank, colon, GEM_VERSION_END);
    return blank + 2 < colon
        && bytes[blank + 1] == '('
        && Bytes.isDigit(bytes[blank + 2])
        && version > 0
        && Bytes.indexOf(bytes, version + GEM_VERSION_END.length, colon, (byte) ' ') < 0;
  }

  private static boolean isQuote(byte[] bytes, int at, int end) {
    return at < end && (bytes[at] == '`' || bytes[at] == '\'');
  }

  private static boolean starts(byte[] bytes, int at, int end, byte[] wanted) {
    return Bytes.startsWith(bytes, at, end, wanted);
  }
}
