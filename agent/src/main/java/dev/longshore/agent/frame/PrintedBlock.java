package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Bytes;
import java.util.Arrays;
import java.util.List;

/// What programs print in several lines at once that is no trace: tables and boxes, MySQL's slow
/// queries, MinIO's errors, and V8's report of a full heap. States of [LanguageTrace], from
/// [#TABLE] on; their lines come with the same write.
final class PrintedBlock {
  /// A table, or a box around text, whose rules and sides are drawn.
  static final int TABLE = 83;

  /// The header of an entry in MySQL's log of slow queries, each of whose lines has a hash.
  static final int SLOW_QUERY = 84;

  /// Behind that header: the statement, up to its semicolon.
  static final int SLOW_STATEMENT = 85;

  /// What MinIO says of an error: the call, the time, and frames.
  static final int MINIO = 86;

  /// What V8 prints when its heap is full.
  static final int V8_MEMORY = 87;

  private static final List<byte[]> BOXES =
      List.of("┌─".getBytes(UTF_8), "╔═".getBytes(UTF_8), "╭─".getBytes(UTF_8));
  private static final List<byte[]> SLOW_QUERIES = list("# Time: 2", "# User@Host: ");
  private static final List<byte[]> SLOW_QUERY_COMMAND = list("# administrator command: ");
  private static final List<byte[]> SLOW_QUERY_SETTINGS = list("use ", "SET timestamp=");
  private static final List<byte[]> MINIO_CALL = list("API: ");
  private static final List<byte[]> V8_TITLE = list("<--- Last few GCs --->");
  private static final byte[] COLON = ascii(": ");

  private PrintedBlock() {}

  /// The state in which a line leaves a record that it begins, or [TraceState#NONE].
  static int start(byte[] head, int from, int end) {
    return switch (head[from]) {
      case 'A' -> begins(MINIO_CALL, head, from, end) ? MINIO : TraceState.NONE;
      case '#' -> begins(SLOW_QUERIES, head, from, end) ? SLOW_QUERY : TraceState.NONE;
      case '<' -> begins(V8_TITLE, head, from, end) ? V8_MEMORY : TraceState.NONE;
      default -> TraceState.NONE;
    };
  }

  /// The same for a line that begins outside ASCII.
  static int startBeyondAscii(byte[] head, int from, int end) {
    return begins(BOXES, head, from, end) ? TABLE : TraceState.NONE;
  }

  /// What [TraceState#next] is for a state of these.
  static int next(int state, Line line, int from, int text, int end, boolean sameWrite) {
    if (!sameWrite || line.header().isLogged()) {
      return TraceState.END;
    }
    byte[] head = line.head;
    return switch (state) {
      case TABLE -> isTable(head, text, end) ? TABLE : TraceState.END;
      case SLOW_QUERY, SLOW_STATEMENT -> afterSlowQuery(state, line, from, end);
      case MINIO -> text > from || isMinioField(head, from, end) ? MINIO : TraceState.END;
      case V8_MEMORY -> head[from] == '{' ? TraceState.END : V8_MEMORY;
      default -> TraceState.END;
    };
  }

  /// `+------+-----+`.
  static boolean isTableRule(byte[] head, int from, int end) {
    return end - from > 4
        && head[from] == '+'
        && head[from + 1] == '-'
        && head[from + 2] == '-'
        && head[end - 1] == '+';
  }

  /// A row or a rule; the signs from U+2500 to U+257F draw boxes.
  private static boolean isTable(byte[] head, int text, int end) {
    boolean drawn =
        head[text] == (byte) 0xe2
            && text + 1 < end
            && (head[text + 1] == (byte) 0x94 || head[text + 1] == (byte) 0x95);
    return drawn || head[text] == '|' || isTableRule(head, text, end);
  }

  private static int afterSlowQuery(int state, Line line, int from, int end) {
    byte[] head = line.head;
    if (begins(SLOW_QUERY_COMMAND, head, from, end)) {
      return TraceState.DONE;
    }
    if (head[from] == '#') {
      return state == SLOW_QUERY ? SLOW_QUERY : TraceState.END;
    }
    boolean last =
        line.headIsAll && head[end - 1] == ';' && !begins(SLOW_QUERY_SETTINGS, head, from, end);
    return last ? TraceState.DONE : SLOW_STATEMENT;
  }

  /// `DeploymentID: 3a8c`.
  private static boolean isMinioField(byte[] head, int from, int end) {
    int name = from;
    while (name < end && Bytes.isLetter(head[name])) {
      name++;
    }
    return name > from && head[from] <= 'Z' && Bytes.startsWith(head, name, end, COLON);
  }

  private static List<byte[]> list(String... texts) {
    return Arrays.stream(texts).map(Bytes::ascii).toList();
  }

  private static boolean begins(List<byte[]> texts, byte[] head, int from, int end) {
    for (int i = 0; i < texts.size(); i++) {
      if (Bytes.startsWith(head, from, end, texts.get(i))) {
        return true;
      }
    }
    return false;
  }
}
