package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.agent.line.Ansi;
import dev.longshore.agent.line.Bytes;

/// The lines without indentation that go on with a trace of Python: the error below the frames, the
/// sentences that chain two traces, and what loguru, Rich and multiprocessing print between them.
final class PythonTrace {
  /// Celery and multiprocessing put the trace of another process between such.
  static final byte[] QUOTED_TRACE = ascii("\"\"\"");

  private static final byte[] DURING = ascii("During handling of the above exception");
  private static final byte[] DIRECT_CAUSE = ascii("The above exception was the direct cause");
  private static final byte[] LOGURU_FRAME = ascii("> File \"");
  private static final byte[] LAST = ascii("(most recent call last):");
  private static final byte[] FIRST = ascii("(most recent call first):");
  private static final int LONGEST_COLOUR_BYTES = 8;
  private static final byte[] BOX_SIDE = "│".getBytes(UTF_8);
  private static final byte[] BOX_END = "╰".getBytes(UTF_8);

  private PythonTrace() {}

  /// The state behind the line, or [TraceState#END].
  static int next(int state, Line line, int from, boolean sameWrite) {
    byte[] head = line.head;
    int end = line.headEnd;
    boolean chained =
        state != TraceState.PYTHON_FRAMES
            && (sameWrite || state != TraceState.PYTHON_ERROR)
            && isChain(head, from, end);
    if (chained) {
      return TraceState.PYTHON_CHAIN;
    }
    return switch (state) {
      case TraceState.PYTHON_FRAMES -> afterFrames(line, from, sameWrite);
      case TraceState.PYTHON_GAP -> {
        if (Bytes.startsWith(head, from, end, LOGURU_FRAME) || isTitle(head, from, end)) {
          yield TraceState.PYTHON_FRAMES;
        }
        yield sameWrite && isError(line, from, true) ? TraceState.PYTHON_ERROR : TraceState.END;
      }
      case TraceState.PYTHON_CHAIN -> {
        if (TraceStart.of(line, Preset.PYTHON) == TraceState.PYTHON_FRAMES) {
          yield TraceState.PYTHON_FRAMES;
        }
        // A cause that was made and never raised has no frames.
        yield sameWrite && isError(line, from, false) ? TraceState.PYTHON_ERROR : TraceState.END;
      }
      default -> {
        if (state == TraceState.PYTHON_ERROR && Bytes.startsWith(head, from, end, QUOTED_TRACE)) {
          yield TraceState.PYTHON_CHAIN;
        }
        boolean below =
            TraceParts.isBelowPythonError(head, from, end)
                || (sameWrite && TraceParts.areClosing(head, from, end));
        yield below ? TraceState.PYTHON_ERROR : TraceState.END;
      }
    };
  }

  private static int afterFrames(Line line, int from, boolean sameWrite) {
    byte[] head = line.head;
    int end = line.headEnd;
    if (Bytes.startsWith(head, from, end, BOX_SIDE) || Bytes.startsWith(head, from, end, BOX_END)) {
      return sameWrite ? TraceState.PYTHON_FRAMES : TraceState.END;
    }
    if (isTitle(head, from, end)) {
      return sameWrite ? TraceState.PYTHON_FRAMES : TraceState.END;
    }
    if (TraceParts.isRubyHeader(head, from, end)) {
      // Ruby prints its traces in this order too.
      return TraceState.RUBY_HEAD;
    }
    return isError(line, from, sameWrite) ? TraceState.PYTHON_ERROR : TraceState.END;
  }

  /// Whether a sentence joins this trace to the next.
  static boolean isChain(byte[] head, int from, int end) {
    return Bytes.startsWith(head, from, end, DURING)
        || Bytes.startsWith(head, from, end, DIRECT_CAUSE);
  }

  /// `Traceback (most recent call last):`, `Stack (most recent call last):`, `Current thread 0x7f
  /// (most recent call first):`, in colours or without.
  static boolean isTitle(byte[] head, int from, int end) {
    int colon = end - 1;
    if (head[colon] == 'm') {
      int near = Math.max(from, end - LONGEST_COLOUR_BYTES);
      while (colon > near && head[colon] != Ansi.ESCAPE) {
        colon--;
      }
      colon = Math.max(from, colon - 1);
    }
    return head[colon] == ':'
        && (ends(head, from, colon + 1, LAST) || ends(head, from, colon + 1, FIRST));
  }

  private static boolean ends(byte[] head, int from, int end, byte[] text) {
    return end - from > text.length && Bytes.startsWith(head, end - text.length, end, text);
  }

  private static boolean isTypeName(byte[] head, int from, int end) {
    return ExceptionName.isType(head, from, end) || Bytes.indexOf(head, from, end, (byte) '.') > 0;
  }

  /// `ValueError: …`, `shop.errors.OutOfStock: …`, `RayTaskError(ValueError): …`; a name alone,
  /// `KeyboardInterrupt`, where it comes with the frames.
  private static boolean isError(Line line, int from, boolean sameWrite) {
    byte[] head = line.head;
    int end = line.headEnd;
    int space = Bytes.indexOf(head, from, end, (byte) ' ');
    int wordEnd = space < 0 ? end : space;
    int colour = Bytes.indexOf(head, from, wordEnd, Ansi.ESCAPE);
    if (colour > from) {
      int colon = Ansi.skip(head, colour, end);
      return (colon == end || head[colon] == ':') && ExceptionName.isName(head, from, colour);
    }
    if (head[wordEnd - 1] == ':') {
      int nameEnd = wordEnd - 1;
      if (nameEnd > from && head[nameEnd - 1] == ')') {
        int open = Bytes.indexOf(head, from, nameEnd, (byte) '(');
        nameEnd = open < 0 ? nameEnd : open;
      }
      if (!ExceptionName.isName(head, from, nameEnd)) {
        return false;
      }
      // A stack that was logged has no error below: an event may follow, or a value with its name.
      return line.header().beginsEvent()
          ? ExceptionName.isException(head, from, nameEnd)
          : sameWrite || isTypeName(head, from, nameEnd);
    }
    return sameWrite && space < 0 && line.headIsAll && ExceptionName.isName(head, from, end);
  }
}
