package dev.longshore.agent.frame;

/// Which lines that are no part of a known trace may belong to a record, by its [TraceState].
final class Tolerance {
  private Tolerance() {}

  /// Whether a line begins nothing; an exception's message may hold an object.
  static boolean isForeign(int start, int state) {
    return start == TraceState.NONE
        || start == LanguageTrace.PROGRAM
        || start == TraceState.HEADING
        || start == TraceState.RULE
        || start == PrintedBlock.TABLE
        || (start == TraceState.OBJECT && state == TraceState.EXCEPTION);
  }

  /// Whether a frame with a header of its own may follow: Sidekiq, Envoy and JBoss write such.
  static boolean isPrefixable(int state) {
    return switch (state) {
      case TraceState.EXCEPTION, TraceState.FRAMES, TraceState.RUBY_FRAMES -> true;
      case TraceState.PHP, TraceState.GO -> true;
      default -> TraceState.isEvent(state);
    };
  }

  /// Whether lines that begin as they like may be further ones of the record's message.
  static boolean hasMessage(int state) {
    return switch (state) {
      case TraceState.LOGGED, TraceState.LOGGED_ERROR, TraceState.LOGGED_WARN -> true;
      case TraceState.RUST, TraceState.CLOJURE -> true;
      case TraceState.PYTHON_ERROR, TraceState.PYTHON_BLANK -> true;
      default -> false;
    };
  }

  /// Whether an indented line that is nothing known goes on with it.
  static boolean isIndentable(int state) {
    return switch (state) {
      case TraceState.PYTHON_BLANK, TraceState.PYTHON_CHAIN, TraceState.PYTHON_GROUP -> false;
      case TraceState.FRAMES_BLANK, TraceState.JUL_HEAD, TraceState.PYTHON_WARNING -> false;
      case TraceState.RULE, TraceState.BOX, TraceState.EXCERPT, TraceState.EXCERPT_CARET -> false;
      default -> true;
    };
  }

  /// Whether a line that is nothing known may stand between an event or a header and its frames.
  static boolean toleratesForeign(int state) {
    return switch (state) {
      case TraceState.EVENT, TraceState.ERROR_EVENT, TraceState.WARN_EVENT -> true;
      case TraceState.EXCEPTION, TraceState.RUBY_HEAD -> true;
      // A function without its arguments, as zap writes it, or what wraps an error.
      case TraceState.GO -> true;
      // A message of several lines.
      case TraceState.PHP -> true;
      default -> hasMessage(state);
    };
  }
}
