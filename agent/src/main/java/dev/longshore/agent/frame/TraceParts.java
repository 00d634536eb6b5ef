package dev.longshore.agent.frame;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.TraceLine;
import java.util.Arrays;
import java.util.List;

/// Lines without indentation that stand within stack traces and are no frames: what single runtimes
/// and frameworks write between or below them. `[from, end)` is the line.
final class TraceParts {
  private static final List<byte[]> SQLALCHEMY =
      list("(Background on this error", "[SQL: ", "[parameters: ");

  /// What psycopg puts below the error's first line.
  private static final List<byte[]> PSYCOPG =
      list("DETAIL: ", "HINT: ", "CONTEXT: ", "QUERY: ", "LINE 1: ");

  private static final List<byte[]> PHP =
      list(
          "Stack trace:",
          "Next ",
          "PHP Stack trace:",
          "PHP   ",
          "[stacktrace]",
          "\"}",
          "[previous exception]",
          "thrown in ");
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
  private static final List<byte[]> REACTOR =
      list("Error has been observed at ", "Original Stack Trace:", "Assembly trace from producer ");

  /// What .NET's clients of SQL Server print below the frames.
  private static final List<byte[]> SQL_SERVER =
      list("ClientConnectionId:", "Error Number:", "ClientConnectionId before routing:");

  private static final byte[] RUBY_MESSAGE = TraceStart.ascii("': ");
  private static final byte[] HEX = TraceStart.ascii(" 0x");
  private static final byte[] CODE_BAR = TraceStart.ascii(" |");
  private static final int LONGEST_REGISTER_BYTES = 40;

  private TraceParts() {}

  /// Whether the line may follow frames of Java, Node.js, .NET or Elixir.
  static boolean isAmongFrames(byte[] head, int from, int end) {
    return isElixir(head, from, end)
        || isReactor(head, from, end)
        || isClosing(head, from, end)
        || begins(SQL_SERVER, head, from, end)
        || isCodeLine(head, from, end);
  }

  static boolean isElixir(byte[] head, int from, int end) {
    return begins(ELIXIR, head, from, end);
  }

  static boolean isReactor(byte[] head, int from, int end) {
    return begins(REACTOR, head, from, end);
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
    int at = from;
    while (at < end && head[at] == '[') {
      int close = Bytes.indexOf(head, at, end, (byte) ']');
      if (close < 0) {
        return false;
      }
      at = TraceStart.skipBlanks(head, close + 1, end);
    }
    return TraceLine.kind(head, at, end) == TraceLine.RUBY;
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
    return Arrays.stream(texts).map(TraceStart::ascii).toList();
  }
}
