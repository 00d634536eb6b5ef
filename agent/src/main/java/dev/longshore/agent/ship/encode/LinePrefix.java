package dev.longshore.agent.ship.encode;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Ansi;
import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.LineHeader;
import dev.longshore.agent.line.RepeatedHeader;
import dev.longshore.agent.line.TraceLine;
import java.util.Arrays;

/// What stands before the words of each line of a message: blanks, colours, and the header that
/// some programs put before each line of a trace. Reused for each message.
final class LinePrefix {
  private static final byte[] DROPWIZARD = ascii("! ");

  private final LineHeader header = new LineHeader();
  private byte[] bytes = new byte[0];
  private int start;
  private int limit;
  private int words;
  private int repeated;
  private boolean perLine;

  /// Begins with a message.
  ///
  /// @param firstWords where the words of its first line begin, behind time and level
  void read(byte[] message, int from, int to, int firstWords) {
    bytes = message;
    start = from;
    limit = to;
    words = firstWords;
    perLine = false;
    repeated = 0;
    int first = Bytes.indexOf(bytes, from, to, (byte) '\n');
    if (first > from && mayRepeat(bytes[from])) {
      header.read(bytes, from, first);
      repeated = RepeatedHeader.length(header, bytes, from, first);
    }
    if (repeated > 0) {
      words = Math.max(words, afterBlanks(bytes, from + repeated, first));
    }
  }

  private static boolean mayRepeat(byte first) {
    return first == '(' || (first >= 'A' && first <= 'Z') || Bytes.isDigit(first);
  }

  /// Where the words of the first line begin.
  int words() {
    return words;
  }

  /// Whether a header was found before a line below the first.
  boolean isPerLine() {
    return perLine;
  }

  /// Where a line begins behind the header that it shares with the first.
  int begin(int line) {
    int to = line + repeated;
    boolean same =
        line > start
            && to <= limit
            && Arrays.equals(bytes, line, to, bytes, start, start + repeated);
    if (!same || repeated == 0) {
      return line;
    }
    // One blank parts the two; what follows it is the line's own indentation.
    return to < limit && bytes[to] == ' ' && bytes[to - 1] != ' ' ? to + 1 : to;
  }

  /// Where a line's words begin: behind blanks, or behind a header of its own.
  int textOf(int line, int end) {
    int begin = begin(line);
    int text = afterBlanks(bytes, begin, end);
    if (begin > line) {
      perLine = true;
      return text;
    }
    boolean headed = words > start || bytes[start] == '[';
    if (text >= end || line == start || !headed) {
      return text;
    }
    if ((bytes[text] != '[' || text > line) && !Bytes.isDigit(bytes[text])) {
      return text;
    }
    header.read(bytes, line, end);
    if (!header.isLogged()) {
      return bytes[text] == '[' && bytes[start] == '['
          ? FrameText.afterTags(bytes, line, end)
          : text;
    }
    perLine = true;
    int behind = header.words();
    if (behind == end || bytes[behind - 1] != '#') {
      return behind == end ? behind : TraceLine.behindThread(bytes, behind, end);
    }
    int worker = TraceLine.behindWorker(bytes, behind, end);
    return worker > behind ? worker : behind - 1;
  }

  /// Past blanks, colours and Dropwizard's mark.
  static int afterBlanks(byte[] bytes, int from, int end) {
    int i = Bytes.startsWith(bytes, from, end, DROPWIZARD) ? from + DROPWIZARD.length : from;
    while (i < end && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == Ansi.ESCAPE)) {
      i = bytes[i] == Ansi.ESCAPE ? Ansi.skip(bytes, i, end) : i + 1;
    }
    return i;
  }
}
