package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.TraceLine;

/// The lines without indentation that go on with an event, or with the header of an exception.
final class BelowEvent {
  private static final byte[] INNER = ascii(" ---> ");
  private static final byte[] PHP_TRACE = ascii("Stack trace:");
  private static final byte[] LARAVEL_TRACE = ascii("[stacktrace]");
  private static final int MOST_JUL_LEVEL_BYTES = 24;

  private BelowEvent() {}

  /// An event with the exception's header or its first frame directly below. Below an event that
  /// tells of no error, a header must have come in the same burst, a frame soon after, and so a
  /// header below a warning; and what a runtime prints when it crashes doesn't belong to it, nor to
  /// an error that was written earlier.
  static int afterEvent(int state, Line line, int from, int presets, int near) {
    boolean calm = state == TraceState.EVENT || state == TraceState.LOGGED;
    boolean mild = TraceState.isMild(state);
    if ((mild && near < Gap.NEAR)
        || ((mild || near == Gap.APART) && TraceStart.isCrash(line.head, from, line.headEnd))) {
      return TraceState.END;
    }
    int next = directlyBelow(line, from, presets);
    boolean frame = next == TraceState.FRAMES || next == TraceState.RUBY_FRAMES;
    if (calm && near < Gap.BURST && !frame) {
      return TraceState.END;
    }
    if ((next == TraceState.EXCEPTION || next == TraceState.PYTHON_FRAMES)
        && line.header().beginsEvent()
        && !line.header().isByColon()) {
      return TraceState.END;
    }
    if (next == TraceState.EXCEPTION && near == Gap.APART) {
      // It may as well be the next error: frames prove that it belongs to this one.
      return state | TraceState.TENTATIVE;
    }
    boolean field =
        next == TraceState.EXCEPTION
            && near == Gap.BURST
            && TraceState.isLogged(state)
            && ExceptionName.mayBeField(line.head, from, line.headEnd);
    return field ? state | TraceState.TENTATIVE | TraceState.MESSAGE : next;
  }

  private static int directlyBelow(Line line, int from, int presets) {
    byte[] head = line.head;
    int end = line.headEnd;
    if ((presets & Preset.GO) != 0 && TraceLine.kind(head, from, end) == TraceLine.GO) {
      return TraceState.GO;
    }
    if ((presets & Preset.PHP) != 0
        && (TraceParts.isNumberedFrame(head, from, end)
            || TraceState.starts(head, from, end, PHP_TRACE, LARAVEL_TRACE))) {
      return TraceState.PHP;
    }
    int part = TraceState.behindPart(head, from, end);
    if ((presets & Preset.JAVA) != 0 && part != TraceState.END) {
      return part;
    }
    if ((presets & Preset.RUBY) != 0
        && TraceParts.isRubyFrame(head, from, end)
        && !line.header().beginsEvent()) {
      return TraceState.RUBY_FRAMES;
    }
    int start = TraceStart.of(line, presets);
    return switch (start) {
      case TraceState.EXCEPTION,
          TraceState.FRAMES,
          TraceState.PYTHON_FRAMES,
          TraceState.RUBY_HEAD,
          TraceState.NODE,
          TraceState.RUST,
          TraceState.RUST_HEAD ->
          start;
      case TraceState.THREAD_DUMP, TraceState.PEM, TraceState.CLOJURE -> start;
      case TraceState.GO -> Bytes.isDigit(head[from]) ? TraceState.END : TraceState.GO;
      default -> LanguageTrace.below(TraceState.EVENT, head, from, end);
    };
  }

  /// `Unexpected error:`, with the error's header at once below it.
  static int afterHeading(Line line, int from, int presets) {
    int start = TraceStart.of(line, presets);
    return switch (start) {
      case TraceState.EXCEPTION ->
          ExceptionName.mayBeField(line.head, from, line.headEnd) ? TraceState.END : start;
      case TraceState.PYTHON_FRAMES -> start;
      default -> TraceState.END;
    };
  }

  /// `SEVERE: …`, in whatever language: a word in capitals and a colon.
  static int afterJulHead(Line line, int from, boolean sameWrite) {
    byte[] head = line.head;
    int end = line.headEnd;
    int colon = Bytes.indexOf(head, from, Math.min(end, from + MOST_JUL_LEVEL_BYTES), (byte) ':');
    if (!sameWrite || colon <= from || !isAllCapitals(head, from, colon)) {
      return TraceState.END;
    }
    return TraceState.logged(line.header().level());
  }

  /// A letter outside ASCII may be a capital.
  private static boolean isAllCapitals(byte[] head, int from, int end) {
    for (int i = from; i < end; i++) {
      if (head[i] >= 0 && (head[i] < 'A' || head[i] > 'Z')) {
        return false;
      }
    }
    return true;
  }

  static int afterException(Line line, int from, int presets, boolean sameWrite) {
    byte[] head = line.head;
    int end = line.headEnd;
    int part = TraceState.behindPart(head, from, end);
    if (part != TraceState.END) {
      return part;
    }
    if (TraceParts.isElixir(head, from, end)
        || TraceParts.isReactor(head, from, end)
        || (sameWrite && TraceParts.isBelowFrames(head, from, end))) {
      return TraceState.FRAMES;
    }
    if (sameWrite && Bytes.indexOf(head, from, end, INNER) > 0) {
      // A message of several lines, behind which .NET Framework and Mono put what is inside.
      return TraceState.EXCEPTION;
    }
    if ((presets & Preset.PHP) != 0
        && (TraceParts.isNumberedFrame(head, from, end)
            || Bytes.startsWith(head, from, end, PHP_TRACE))) {
      return TraceState.PHP;
    }
    if ((presets & Preset.RUBY) != 0 && TraceParts.isRubyFrame(head, from, end)) {
      return TraceState.RUBY_FRAMES;
    }
    if (sameWrite && (presets & Preset.PYTHON) != 0) {
      if (Bytes.startsWith(head, from, end, PythonTrace.QUOTED_TRACE)) {
        return TraceState.PYTHON_CHAIN;
      }
      if (TraceStart.of(line, Preset.PYTHON) == TraceState.PYTHON_FRAMES) {
        return TraceState.PYTHON_FRAMES;
      }
    }
    return TraceParts.isRequireStack(head, from, end)
        ? TraceState.EXCEPTION
        : LanguageTrace.below(TraceState.EXCEPTION, head, from, end);
  }
}
