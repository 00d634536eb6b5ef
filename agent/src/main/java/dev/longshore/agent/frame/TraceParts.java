package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.Level;
import dev.longshore.agent.line.TraceLine;
import java.util.Arrays;
import java.util.List;

/// Lines without indentation that stand within stack traces and are no frames: what single runtimes
/// and frameworks write between or below them. `[from, end)` is the line.
final class TraceParts {
  private static final List<byte[]> SQLALCHEMY =
      list("(Background on this error", "[SQL: ", "[parameters: ");

  /// What psycopg and psql put below the error's first line.
  private static final List<byte[]> PSYCOPG =
      list("DETAIL: ", "HINT: ", "CONTEXT: ", "QUERY: ", "LINE ");

  /// What libraries of Rust print below the causes, and Bun below the frames of its last error.
  private static final List<byte[]> BELOW_FRAMES =
      list(
          "Location:",
          "Stack backtrace:",
          "Backtrace omitted",
          "Run with RUST_",
          "Run with COLORBT_",
          "Suggestion:",
          "Note:",
          "Bun v",
          "stack traceback:",
          "Driver stacktrace:");

  private static final List<byte[]> RUST_RULE =
      List.of("━━━".getBytes(UTF_8), "⋮ ".getBytes(UTF_8));
  private static final byte[] CLOJURE_REPORT = ascii("Full report at:");
  private static final byte[] CLOJURE_FILE = ascii(".edn");
  private static final List<byte[]> PHP =
      list(
          "Stack trace:",
          "Next ",
          "PHP Stack trace:",
          "PHP   ",
          "[stacktrace]",
          "\"}",
          "[previous exception]",
          "thrown in ",
          "<asynchronous suspension>");
  private static final List<byte[]> ELIXIR =
      list(
          "** (",
          "Last message",
          "State: ",
          "Function: ",
          "Client ",
          "Initial Call: ",
          "Ancestors: ",
          "Start Call: ");
  private static final List<byte[]> ELIXIR_REPORT =
      list(
          "Message Queue Length: ",
          "Messages: [",
          "Links: [",
          "Dictionary: [",
          "Trapping Exits: ",
          "Status: :",
          "Heap Size: ",
          "Stack Size: ",
          "Reductions: ",
          "Neighbours:",
          "Pid: #PID<",
          "Restart: :",
          "Shutdown: ",
          "Type: :");
  private static final List<byte[]> REACTOR =
      list("Error has been observed at ", "Original Stack Trace:", "Assembly trace from producer ");

  /// What .NET's clients of SQL Server print below the frames.
  private static final List<byte[]> SQL_SERVER =
      list("ClientConnectionId:", "Error Number:", "ClientConnectionId before routing:");

  private static final int LONGEST_NUMBER_BYTES = "99999 |".length();
  private static final int PREFIX_BYTES = 128;
  private static final byte[] RUBY_MESSAGE = ascii("': ");
  private static final byte[] HEX = ascii(" 0x");
  private static final byte[] CODE_BAR = ascii(" |");
  private static final int LONGEST_REGISTER_BYTES = 40;
  private static final int MOST_CLOSING_BYTES = 4;
  private static final byte[] PEM_DASHES = ascii("-----");
  private static final byte[] PEM_BEGIN = ascii("-----BEGIN ");
  private static final byte[] PEM_END = ascii("-----END ");
  private static final List<byte[]> PEM_HEADERS = list("Proc-Type: ", "DEK-Info: ");

  /// A line of PEM's has 64 characters (RFC 7468) but for the last, which comes with the others.
  private static final int SHORTEST_PEM_LINE_BYTES = 64;

  private static final List<byte[]> JVM_REPORT =
      list(
          "# A fatal error has been detected by the Java",
          "# There is insufficient memory for the Java");
  private static final byte[] GORM = ascii("[rows:");
  private static final int SHORTEST_RULE_BYTES = 10;
  private static final byte[] SANITIZER = ascii("==");
  private static final byte[] SANITIZER_ERROR = ascii("==ERROR: ");
  private static final byte[] BOX_SIDE = "│".getBytes(UTF_8);
  private static final byte[] BOX_END = "╵".getBytes(UTF_8);
  private static final byte[] LOG_BOX_END = "└ ".getBytes(UTF_8);
  private static final byte[] GO_EXIT = ascii("exit status ");

  private static final byte[] GO_PANIC = ascii("panic: ");

  /// What Go prints without indentation in a trace, besides functions and places.
  private static final List<byte[]> GO =
      list(
          "goroutine ",
          "panic: ",
          "fatal error: fault",
          "created by ",
          "[signal ",
          "runtime stack:",
          "...additional frames elided",
          "panic(",
          "PC=0x");

  private static final byte[] GIN_ERROR = ascii("Error #");
  private static final byte[] NODE_HINT = ascii("(Use `");
  private static final byte[] NODE_VERSION = ascii("Node.js v");
  private static final List<byte[]> NODE_REQUIRE = list("Require stack:", "- /");
  private static final List<byte[]> NODE =
      list("throw ", "Thrown at:", "[UnhandledPromiseRejection", "Emitted '");

  private TraceParts() {}

  /// Whether the line may follow frames of Java, Node.js, .NET or Elixir.
  static boolean isAmongFrames(byte[] head, int from, int end) {
    return isElixir(head, from, end)
        || isReactor(head, from, end)
        || isClosing(head, from, end)
        || begins(SQL_SERVER, head, from, end)
        || isCodeLine(head, from, end)
        || isBelowFrames(head, from, end);
  }

  static boolean isElixir(byte[] head, int from, int end) {
    return begins(ELIXIR, head, from, end);
  }

  /// Whether the line may follow frames where it comes with them: closing brackets, and the process
  /// and the child in a report of Elixir.
  static boolean isBelowFramesAtOnce(byte[] head, int from, int end) {
    return areClosing(head, from, end) || begins(ELIXIR_REPORT, head, from, end);
  }

  static boolean isReactor(byte[] head, int from, int end) {
    return begins(REACTOR, head, from, end);
  }

  /// Whether the line may follow below an empty line behind frames or causes.
  static boolean isBelowFrames(byte[] head, int from, int end) {
    return begins(BELOW_FRAMES, head, from, end);
  }

  /// The rules that color-eyre draws around its frames.
  static boolean isRustRule(byte[] head, int text, int end) {
    return begins(RUST_RULE, head, text, end);
  }

  /// The lines with which clojure.main ends its report; see [TraceState#CLOJURE].
  static int afterClojure(byte[] head, int from, int end) {
    if (Bytes.startsWith(head, from, end, CLOJURE_REPORT)) {
      return TraceState.CLOJURE;
    }
    return head[from] == '/' && Bytes.startsWith(head, end - CLOJURE_FILE.length, end, CLOJURE_FILE)
        ? TraceState.DONE
        : TraceState.END;
  }

  /// `3 | take()`: a numbered line of source.
  static boolean isSourceLine(byte[] head, int text, int end) {
    int bar = Bytes.indexOf(head, text, Math.min(end, text + LONGEST_NUMBER_BYTES), (byte) '|');
    if (bar < 0) {
      return false;
    }
    int i = text;
    while (i < end && Bytes.isDigit(head[i])) {
      i++;
    }
    return i > text && isBar(head, i, end);
  }

  /// Further lines of the source, the caret, and the error below it.
  static int afterExcerpt(int state, byte[] head, int text, int end, boolean sameWrite) {
    if (!sameWrite) {
      return TraceState.END;
    }
    boolean source = isSourceLine(head, text, end);
    if (state == TraceState.EXCERPT) {
      return head[text] == '^' && text + 1 == end
          ? TraceState.EXCERPT_CARET
          : source ? TraceState.EXCERPT | TraceState.TENTATIVE : TraceState.END;
    }
    return source || head[text] == '^' ? TraceState.EXCERPT_CARET : TraceState.EXCEPTION;
  }

  private static boolean isBar(byte[] head, int at, int end) {
    return at + 1 < end
        && head[at] == ' '
        && head[at + 1] == '|'
        && (at + 2 == end || head[at + 2] == ' ');
  }

  /// A numbered line of source behind a text: `order failed 3 | take()`.
  static boolean endsInSourceLine(byte[] head, int from, int end) {
    int bar = Bytes.indexOf(head, from, Math.min(end, from + PREFIX_BYTES), (byte) '|');
    int digits = bar - 1;
    if (bar < from + 4 || !isBar(head, digits, end)) {
      return false;
    }
    while (Bytes.isDigit(head[digits - 1]) && digits - 1 > from) {
      digits--;
    }
    return digits < bar - 1 && head[digits - 1] == ' ' && isSourceLine(head, digits, end);
  }

  /// Whether nothing but brackets is closed: `}`, `])`, `};`, `>`.
  static boolean areClosing(byte[] head, int from, int end) {
    if (end - from > MOST_CLOSING_BYTES) {
      return false;
    }
    for (int i = from; i < end; i++) {
      switch (head[i]) {
        case '}', ']', ')', '>' -> {}
        case ',', ';', ' ' -> {
          if (i == from) {
            return false;
          }
        }
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  /// `==1==ERROR: AddressSanitizer: …`
  static boolean isSanitizer(byte[] head, int from, int end) {
    return Bytes.startsWith(head, from, end, SANITIZER)
        && Bytes.indexOf(head, from, Math.min(end, from + 32), SANITIZER_ERROR) > 0;
  }

  /// The report of a JVM that crashes, below a line with a hash alone.
  static boolean isJvmReport(byte[] head, int from, int end) {
    return begins(JVM_REPORT, head, from, end);
  }

  /// Whether the line goes on with an event above it, and could not stand alone: closing brackets,
  /// GORM's statement, Gin's errors of a request, what Node.js says below a warning, a line of
  /// source in what rustc says, and what psql says below an error.
  static boolean isBelowEvent(int state, byte[] head, int from, int end) {
    boolean error = state == TraceState.ERROR_EVENT || state == TraceState.LOGGED_ERROR;
    return switch (head[from]) {
      case '}', ']', ')', '>' -> areClosing(head, from, end);
      case '[' -> isGorm(head, from, end);
      case '(' -> Bytes.startsWith(head, from, end, NODE_HINT);
      case 'E' -> Bytes.startsWith(head, from, end, GIN_ERROR);
      case 'D', 'H', 'C', 'Q', 'L' -> error && begins(PSYCOPG, head, from, end);
      default -> Bytes.isDigit(head[from]) && isSourceLine(head, from, end);
    };
  }

  /// `[0.512ms] [rows:0] SELECT …`: GORM's statement, below the line with the time.
  static boolean isGorm(byte[] head, int from, int end) {
    int near = Math.min(end, from + LONGEST_REGISTER_BYTES);
    return end - from > 2
        && Bytes.isDigit(head[from + 1])
        && Bytes.indexOf(head, from, near, GORM) > 0;
  }

  /// Whether the line is a value with its name, `Severity: ERROR`, `Message : ERROR: …`, as clients
  /// of databases print them with an exception: what looks like a level there is none.
  static boolean isField(byte[] head, int from, int end) {
    int name = from;
    while (name < end && Bytes.isLetter(head[name])) {
      name++;
    }
    int colon = TraceStart.skipBlanks(head, name, end);
    return name > from
        && colon + 1 < end
        && head[colon] == ':'
        && head[colon + 1] == ' '
        && Level.of(head, from, name) == Level.NONE;
  }

  /// Whether a line is of equals signs alone.
  static boolean isRule(byte[] head, int from, int end) {
    for (int i = from; i < end; i++) {
      if (head[i] != '=') {
        return false;
      }
    }
    return end - from >= SHORTEST_RULE_BYTES;
  }

  /// Whether a line ends with a colon: `Hibernate: `, with the statement indented below it.
  static boolean isHeading(byte[] head, int from, int end) {
    int last = head[end - 1] == ' ' ? end - 2 : end - 1;
    return last > from && head[last] == ':';
  }

  /// `-----BEGIN RSA PRIVATE KEY-----`, perhaps behind other text.
  static boolean beginsPem(Line line, int from, int end) {
    return line.headIsAll
        && Bytes.indexOf(line.head, from, end, PEM_BEGIN) >= 0
        && Bytes.startsWith(line.head, end - PEM_DASHES.length, end, PEM_DASHES);
  }

  /// Base64, the headers of an encrypted key, and the last line.
  static int afterPem(Line line, int text, int end, boolean sameWrite) {
    byte[] head = line.head;
    if (Bytes.startsWith(head, text, end, PEM_END)) {
      return TraceState.DONE;
    }
    boolean near = sameWrite || end - text >= SHORTEST_PEM_LINE_BYTES;
    boolean part = near && (begins(PEM_HEADERS, head, text, end) || isBase64(head, text, end));
    return line.headIsAll && part ? TraceState.PEM : TraceState.END;
  }

  private static boolean isBase64(byte[] head, int from, int end) {
    for (int i = from; i < end; i++) {
      byte b = head[i];
      if (!Bytes.isLetter(b) && !Bytes.isDigit(b) && b != '+' && b != '/' && b != '=') {
        return false;
      }
    }
    return true;
  }

  /// A member of an object, or the brackets that close it.
  static int afterObject(Line line, int from, int end) {
    if (areClosing(line.head, from, end)) {
      return TraceState.DONE;
    }
    boolean member = line.head[from] == '"' && !line.header().beginsEvent();
    return member ? TraceState.OBJECT : TraceState.END;
  }

  static int afterBox(byte[] head, int from, int end) {
    if (Bytes.startsWith(head, from, end, BOX_END)
        || Bytes.startsWith(head, from, end, LOG_BOX_END)) {
      return TraceState.DONE;
    }
    return Bytes.startsWith(head, from, end, BOX_SIDE) ? TraceState.BOX : TraceState.END;
  }

  /// Goroutines may come late when there are many, a second panic that was recovered is another.
  static int afterGo(Line line, byte[] head, int from, int end, boolean sameWrite) {
    if (!sameWrite && Bytes.startsWith(head, from, end, GO_PANIC)) {
      return TraceState.END;
    }
    if (Bytes.startsWith(head, from, end, GO_EXIT)) {
      return TraceState.DONE;
    }
    boolean part =
        begins(GO, head, from, end)
            || TraceLine.kind(head, from, end) == TraceLine.GO
            || isGoFunction(line, head, from, end)
            || isGoRegister(head, from, end);
    return part ? TraceState.GO : TraceState.END;
  }

  static int afterNode(Line line, byte[] head, int from, int end) {
    if (Bytes.startsWith(head, from, end, NODE_VERSION)) {
      return TraceState.DONE;
    }
    boolean part =
        head[from] == '^'
            || isClosing(head, from, end)
            || begins(NODE, head, from, end)
            || isRequireStack(head, from, end)
            || TraceStart.of(line, Preset.NODEJS) == TraceState.EXCEPTION;
    return part ? TraceState.NODE : TraceState.END;
  }

  /// Which modules asked for one that Node.js did not find.
  static boolean isRequireStack(byte[] head, int from, int end) {
    return begins(NODE_REQUIRE, head, from, end);
  }

  /// Node.js prints an error's own fields in braces behind its frames.
  static boolean isClosing(byte[] head, int from, int end) {
    return end - from == 1 && head[from] == '}';
  }

  /// `> 3 | take()`: the line of an excerpt from the source that is at fault.
  private static boolean isCodeLine(byte[] head, int from, int end) {
    return head[from] == '>'
        && Bytes.indexOf(head, from, Math.min(end, from + LONGEST_REGISTER_BYTES), CODE_BAR) > 0;
  }

  /// Whether the line may stand below the error of a Python trace.
  static boolean isBelowPythonError(byte[] head, int from, int end) {
    return begins(SQLALCHEMY, head, from, end) || begins(PSYCOPG, head, from, end);
  }

  /// `main.(*Cart).Add(0xc000012345, {0x1, 0x2})`: a name with a dot, then arguments up to the end.
  static boolean isGoFunction(Line line, byte[] head, int from, int end) {
    int open = Bytes.indexOf(head, from, end, (byte) '(');
    if (open < 0 || !line.headIsAll || head[end - 1] != ')') {
      return false;
    }
    int space = Bytes.indexOf(head, from, open, (byte) ' ');
    return space < 0 && Bytes.indexOf(head, from, open, (byte) '.') > 0;
  }

  /// `rax 0x0`.
  static boolean isGoRegister(byte[] head, int from, int end) {
    return end - from < LONGEST_REGISTER_BYTES
        && Bytes.indexOf(head, from, Math.min(end, from + 10), HEX) > 0;
  }

  static boolean isPhp(byte[] head, int from, int end) {
    return isNumberedFrame(head, from, end) || begins(PHP, head, from, end);
  }

  /// `#0 /app/index.php(12): Cart->add()`.
  static boolean isNumberedFrame(byte[] head, int from, int end) {
    return TraceLine.kind(head, from, end) == TraceLine.NUMBERED;
  }

  /// The header of a cause: `app/cart.rb:12:in 'total': no stock (OutOfStock)`.
  static boolean isRubyHeader(byte[] head, int from, int end) {
    return TraceLine.kind(head, from, end) == TraceLine.RUBY
        && Bytes.indexOf(head, from, end, RUBY_MESSAGE) > 0;
  }

  /// Rails puts the request's tags before each line: `[2f1c7a] app/cart.rb:12:in 'total'`.
  static boolean isRubyFrame(byte[] head, int from, int end) {
    return TraceLine.kind(head, afterTags(head, from, end), end) == TraceLine.RUBY;
  }

  /// Whether the line is empty but for tags, which a blank sets off: an array ends with its
  /// bracket.
  static boolean areTags(byte[] head, int from, int end) {
    return head[end - 1] == ' ' && afterTags(head, from, end) == end;
  }

  /// Behind what stands between brackets at a line's begin, and the blanks after it.
  static int afterTags(byte[] head, int from, int end) {
    int at = from;
    while (at < end && head[at] == '[') {
      int close = Bytes.indexOf(head, at, end, (byte) ']');
      if (close < 0) {
        return from;
      }
      at = TraceStart.skipBlanks(head, close + 1, end);
    }
    return at;
  }

  private static boolean begins(List<byte[]> texts, byte[] head, int from, int end) {
    for (int i = 0; i < texts.size(); i++) {
      if (Bytes.startsWith(head, from, end, texts.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static List<byte[]> list(String... texts) {
    return Arrays.stream(texts).map(Bytes::ascii).toList();
  }
}
