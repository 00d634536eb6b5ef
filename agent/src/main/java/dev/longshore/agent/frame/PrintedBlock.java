package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.Level;
import java.util.Arrays;
import java.util.List;

/// What programs print in several lines at once that is no trace: tables and boxes, banners,
/// MySQL's slow queries, MinIO's errors, V8's report of a full heap, and what PHP's consoles say of
/// an error. States of [LanguageTrace], from [#TABLE] on; their lines come with the same write.
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

  /// Large letters that are drawn with signs.
  static final int BANNER = 88;

  /// What npm and pnpm say before they start a script.
  static final int NPM = 89;

  /// Which folders the script that starts Tomcat uses.
  static final int TOMCAT = 90;

  /// An error on Symfony's console: the place, and a box below it.
  static final int SYMFONY = 91;

  /// What Laravel's and Symfony's consoles indent: a box around a message, or an exception with the
  /// lines of its source.
  static final int INDENTED = 92;

  /// What a runtime prints when it dies, in many lines of any form: up to the next event.
  static final int REPORT = 93;

  private static final List<byte[]> BOXES =
      List.of("┌─".getBytes(UTF_8), "╔═".getBytes(UTF_8), "╭─".getBytes(UTF_8));
  private static final List<byte[]> SLOW_QUERIES = list("# Time: 2", "# User@Host: ");
  private static final List<byte[]> SLOW_QUERY_COMMAND = list("# administrator command: ");
  private static final List<byte[]> SLOW_QUERY_SETTINGS = list("use ", "SET timestamp=");
  private static final List<byte[]> MINIO_CALL = list("API: ");
  private static final List<byte[]> V8_TITLE = list("<--- Last few GCs --->");
  private static final byte[] COLON = ascii(": ");
  private static final List<byte[]> REPORT_TITLES =
      list("Deno has panicked.", "Native Crash Reporting");
  private static final byte[] RUBY_BUG = ascii(": [BUG] ");
  private static final int NEAR_BYTES = 128;
  private static final byte[] NPM_LINE = ascii("> ");
  private static final List<byte[]> TOMCAT_FIRST = list("Using CATALINA_BASE:");
  private static final List<byte[]> TOMCAT_LINES = list("Using ", "NOTE: Picked up JDK_");
  private static final byte[] SYMFONY_IN = ascii("In ");
  private static final byte[] SYMFONY_LINE = ascii(".php line ");
  private static final byte[] SYMFONY_TRACE = ascii("Exception trace:");
  private static final byte[] BANNER_LINE = ascii("__");
  private static final byte[] EXCEPTION = ascii("Exception");
  private static final byte[] ERROR = ascii("Error");
  private static final int SHORTEST_BANNER_BYTES = 8;

  private PrintedBlock() {}

  /// The state in which a line leaves a record that it begins, or [TraceState#NONE].
  static int start(byte[] head, int from, int end) {
    return switch (head[from]) {
      case 'A' -> begins(MINIO_CALL, head, from, end) ? MINIO : TraceState.NONE;
      case '#' -> begins(SLOW_QUERIES, head, from, end) ? SLOW_QUERY : TraceState.NONE;
      case '<' -> begins(V8_TITLE, head, from, end) ? V8_MEMORY : TraceState.NONE;
      case '>' -> isNpm(head, from, end) ? NPM : TraceState.NONE;
      case 'U' -> begins(TOMCAT_FIRST, head, from, end) ? TOMCAT : TraceState.NONE;
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
      case REPORT -> {
        boolean logfmt = line.header().isSingle() && line.header().level() != Level.NONE;
        yield logfmt || head[from] == '{' ? TraceState.END : REPORT;
      }
      case BANNER -> afterBanner(line, from, text, end);
      case NPM -> Bytes.startsWith(head, from, end, NPM_LINE) ? NPM : TraceState.END;
      case TOMCAT -> begins(TOMCAT_LINES, head, from, end) ? TOMCAT : TraceState.END;
      case SYMFONY ->
          text > from
                  || isSymfony(head, from, end)
                  || Bytes.startsWith(head, from, end, SYMFONY_TRACE)
              ? SYMFONY
              : TraceState.END;
      case INDENTED -> text > from && head[text] != '[' ? INDENTED : TraceState.END;
      default -> TraceState.END;
    };
  }

  /// Below the letters, indented text may stand.
  private static int afterBanner(Line line, int from, int text, int end) {
    boolean part = text > from || isMostlyDrawn(line.head, text, end);
    return part && !line.header().beginsEvent() ? BANNER : TraceState.END;
  }

  /// Below a rule of equals signs, the title of what Deno or Mono prints when it dies.
  static int afterRule(byte[] head, int text, int end, boolean sameWrite) {
    return sameWrite && begins(REPORT_TITLES, head, text, end) ? REPORT : TraceState.END;
  }

  /// `/app/cart.rb:3: [BUG] Segmentation fault at 0x0000000000000000`.
  static boolean isRubyBug(byte[] head, int from, int end) {
    return Bytes.indexOf(head, from, Math.min(end, from + NEAR_BYTES), RUBY_BUG) > 0;
  }

  /// `In Cart.php line 12:`, above the box with the message.
  static boolean isSymfony(byte[] head, int from, int end) {
    return head[end - 1] == ':'
        && Bytes.startsWith(head, from, end, SYMFONY_IN)
        && Bytes.indexOf(head, from, end, SYMFONY_LINE) > 0;
  }

  /// The first line of a banner, all of signs: ` ____ _ `.
  static boolean isBanner(byte[] head, int text, int end) {
    boolean rule = true;
    for (int i = text; i < end; i++) {
      if (!isDrawn(head[i]) && head[i] != ' ') {
        return false;
      }
      rule &= head[i] == '_';
    }
    return !rule
        && end - text >= SHORTEST_BANNER_BYTES
        && Bytes.indexOf(head, text, end, BANNER_LINE) >= 0;
  }

  private static boolean isMostlyDrawn(byte[] head, int text, int end) {
    int drawn = 0;
    int others = 0;
    for (int i = text; i < end; i++) {
      drawn += isDrawn(head[i]) ? 1 : 0;
      others += isDrawn(head[i]) || head[i] == ' ' ? 0 : 1;
    }
    return drawn > others;
  }

  private static boolean isDrawn(byte b) {
    return switch (b) {
      case '_', '/', '\\', '|', '(', ')', '<', '>', '\'', '`', ',', '.', '-', '=', '~', '^' -> true;
      default -> false;
    };
  }

  /// An indented line with a blank at its end, as consoles fill a box: `[OK] Imported 3 carts `, or
  /// the name of an exception alone.
  static boolean isPadded(byte[] head, int text, int end) {
    int last = end;
    while (last > text && head[last - 1] == ' ') {
      last--;
    }
    boolean name =
        ExceptionName.endsWith(head, text, last, EXCEPTION)
            || ExceptionName.endsWith(head, text, last, ERROR);
    return head[text] == '['
        || (name && Bytes.indexOf(head, text, last, (byte) ' ') < 0 && Bytes.isLetter(head[text]));
  }

  /// `> shop@1.0.0 start`.
  private static boolean isNpm(byte[] head, int from, int end) {
    if (!Bytes.startsWith(head, from, end, NPM_LINE)) {
      return false;
    }
    int name = from + NPM_LINE.length;
    int blank = Bytes.indexOf(head, name, end, (byte) ' ');
    int at = blank < 0 ? -1 : Bytes.indexOf(head, name + 1, blank, (byte) '@');
    return at > 0 && Bytes.isDigit(head[at + 1]);
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
