package dev.longshore.agent.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// Tells from a line alone whether a stack trace may begin with it. The line is then held until its
/// successor is seen, so this says no quickly to nearly all lines.
///
/// Begins are: the header of an exception (`java.lang.IllegalStateException: …`, `TypeError: …`,
/// `Exception in thread "main" …`, `Unhandled exception. …`), Python's `Traceback`, Go's `panic:`,
/// Ruby's `file.rb:3:in …`, PHP's `PHP Fatal error: Uncaught …`, the place that Node.js prints
/// before a crash, .NET's `fail:` — and a log line of level ERROR, SEVERE, FATAL or CRITICAL, since
/// logging libraries print the trace below it.
final class TraceStart {
  /// A level stands in a line's first bytes.
  private static final int LEVEL_BYTES = 128;

  private static final byte[] EXCEPTION_IN_THREAD = ascii("Exception in thread ");
  private static final byte[] UNHANDLED = ascii("Unhandled ");
  private static final byte[] UNCAUGHT = ascii("Uncaught ");
  private static final byte[] TRACEBACK = ascii("Traceback (most recent call last)");
  private static final byte[] GROUP_TRACEBACK = ascii("+ Exception Group Traceback");
  private static final byte[] PANIC = ascii("panic:");
  private static final byte[] FATAL_ERROR = ascii("fatal error: ");
  private static final byte[] GOROUTINE = ascii("goroutine ");
  private static final byte[] PANIC_SERVING = ascii("http: panic serving ");
  private static final byte[] PHP = ascii("PHP ");
  private static final byte[] PHP_FATAL = ascii("Fatal error: ");
  private static final byte[] DOTNET_FAIL = ascii("fail:");
  private static final byte[] DOTNET_CRIT = ascii("crit:");
  private static final byte[] RUBY_FILE = ascii(".rb:");
  private static final byte[] RUBY_IN = ascii(":in");
  private static final byte[] NODE_INTERNAL = ascii("node:");
  private static final byte[] FILE_URL = ascii("file:///");
  private static final byte[] EXCEPTION = ascii("Exception");
  private static final byte[] ERROR = ascii("Error");
  private static final byte[] THROWABLE = ascii("Throwable");
  private static final byte[] LEVEL_ERROR = ascii("ERROR");
  private static final byte[] LEVEL_SEVERE = ascii("SEVERE");
  private static final byte[] LEVEL_FATAL = ascii("FATAL");
  private static final byte[] LEVEL_CRITICAL = ascii("CRITICAL");

  private static final long ES = 'E' * ByteScan.ONES;
  private static final long LS = 'L' * ByteScan.ONES;

  private TraceStart() {}

  static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /// The state of [TraceState] in which a line leaves a record that it begins; [TraceState#NONE]
  /// for an ordinary line.
  static int of(Line line, int presets) {
    byte[] head = line.head;
    int from = line.headStart;
    int end = line.headEnd;
    if (from == end) {
      return TraceState.NONE;
    }
    byte first = head[from];
    if (first == '{') {
      return TraceState.NONE;
    }
    int state = TraceState.NONE;
    if (first >= '0' && first <= '9') {
      if ((presets & Preset.GO) != 0
          && head[Math.min(from + 4, end - 1)] == '/'
          && ByteScan.startsWith(head, Math.min(from + 20, end), end, PANIC_SERVING)) {
        state = TraceState.GO;
      }
    } else if (first == ' ' || first == '\t') {
      return python(head, skipBlanks(head, from, end), end, presets, GROUP_TRACEBACK);
    } else {
      state = byWord(line, head, from, end, presets);
    }
    if (state == TraceState.NONE && hasErrorLevel(head, from, Math.min(end, from + LEVEL_BYTES))) {
      return TraceState.ERROR_LINE;
    }
    return state;
  }

  private static int python(byte[] head, int from, int end, int presets, byte[] text) {
    return (presets & Preset.PYTHON) != 0 && ByteScan.startsWith(head, from, end, text)
        ? TraceState.PYTHON_FRAMES
        : TraceState.NONE;
  }

  /// Tells by the first letter and by the end of the first word.
  private static int byWord(Line line, byte[] head, int from, int end, int presets) {
    int space = ByteScan.find(head, from, end, ' ');
    int wordEnd = space < 0 ? end : space;
    byte last = head[wordEnd - 1];
    boolean exceptions = (presets & (Preset.JAVA | Preset.NODEJS | Preset.DOTNET)) != 0;
    boolean go = (presets & Preset.GO) != 0;
    if (last == ':') {
      if (go && ByteScan.startsWith(head, from, end, PANIC)) {
        return TraceState.GO;
      }
      if ((presets & Preset.DOTNET) != 0 && isDotnetFailure(head, from, end)) {
        return TraceState.DOTNET_FAIL;
      }
      return exceptions && isExceptionName(head, from, wordEnd - 1)
          ? TraceState.EXCEPTION
          : byPhrase(head, from, end, presets, exceptions, go);
    }
    if (space < 0 && !line.headIsAll) {
      return TraceState.NONE;
    }
    if (space < 0 || head[Math.min(space + 1, end - 1)] == '[') {
      if (exceptions && isExceptionName(head, from, wordEnd)) {
        return TraceState.EXCEPTION;
      }
      return space < 0 && (presets & Preset.NODEJS) != 0 && isNodePlace(head, from, end)
          ? TraceState.NODE
          : TraceState.NONE;
    }
    if (last == 'n' && (presets & Preset.RUBY) != 0 && isRubyPlace(head, from, wordEnd)) {
      return TraceState.RUBY_HEAD;
    }
    return byPhrase(head, from, end, presets, exceptions, go);
  }

  private static int byPhrase(
      byte[] head, int from, int end, int presets, boolean exceptions, boolean go) {
    switch (head[from]) {
      case 'E' -> {
        if (exceptions && ByteScan.startsWith(head, from, end, EXCEPTION_IN_THREAD)) {
          return TraceState.EXCEPTION;
        }
      }
      case 'U' -> {
        if (exceptions
            && (ByteScan.startsWith(head, from, end, UNHANDLED)
                || ByteScan.startsWith(head, from, end, UNCAUGHT))) {
          return TraceState.EXCEPTION;
        }
      }
      case 'T' -> {
        return python(head, from, end, presets, TRACEBACK);
      }
      case 'f', 'g', 'h' -> {
        if (go
            && (ByteScan.startsWith(head, from, end, FATAL_ERROR)
                || ByteScan.startsWith(head, from, end, GOROUTINE)
                || ByteScan.startsWith(head, from, end, PANIC_SERVING))) {
          return TraceState.GO;
        }
      }
      case 'P', 'F', '[', 'N' -> {
        if ((presets & Preset.PHP) != 0 && isPhpUncaught(head, from, end)) {
          return TraceState.PHP;
        }
      }
      default -> {}
    }
    return TraceState.NONE;
  }

  /// `PHP Fatal error: Uncaught …`, also behind a time in brackets or php-fpm's `NOTICE:`.
  private static boolean isPhpUncaught(byte[] head, int from, int end) {
    int near = Math.min(end, from + 80);
    int php = ByteScan.find(head, from, near, PHP);
    int fatal = ByteScan.find(head, php < 0 ? from : php, near, PHP_FATAL);
    return (php >= 0 || fatal == from)
        && fatal >= 0
        && ByteScan.find(head, fatal, Math.min(end, fatal + 32), UNCAUGHT) > 0;
  }

  private static boolean isDotnetFailure(byte[] head, int from, int end) {
    return ByteScan.startsWith(head, from, end, DOTNET_FAIL)
        || ByteScan.startsWith(head, from, end, DOTNET_CRIT);
  }

  /// `/app/worker.rb:3:in`.
  private static boolean isRubyPlace(byte[] head, int from, int wordEnd) {
    return wordEnd - from > 6
        && ByteScan.startsWith(head, wordEnd - RUBY_IN.length, wordEnd, RUBY_IN)
        && ByteScan.find(head, from, wordEnd, RUBY_FILE) > 0;
  }

  /// `/app/index.js:3`, `file:///app/index.mjs:3`, `node:internal/process:95`.
  private static boolean isNodePlace(byte[] head, int from, int end) {
    int at = end;
    while (at > from && head[at - 1] >= '0' && head[at - 1] <= '9') {
      at--;
    }
    if (at == end || at - from < 4 || head[at - 1] != ':') {
      return false;
    }
    int name = at - 1;
    return ByteScan.startsWith(head, from, end, NODE_INTERNAL)
        || ((head[from] == '/' || ByteScan.startsWith(head, from, end, FILE_URL))
            && head[name - 1] == 's'
            && (head[name - 2] == 'j' || head[name - 2] == 't'));
  }

  /// A name of letters, digits, dots, `$` and `_` that ends with Exception, Error or Throwable.
  static boolean isExceptionName(byte[] head, int from, int end) {
    return (endsWith(head, from, end, EXCEPTION)
            || endsWith(head, from, end, ERROR)
            || endsWith(head, from, end, THROWABLE))
        && isName(head, from, end);
  }

  /// Letters, digits, dots, `$`, `_` and .NET's and Python's `+` and backtick.
  static boolean isName(byte[] head, int from, int end) {
    for (int i = from; i < end; i++) {
      byte b = head[i];
      boolean letter = ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || b < 0;
      if (!letter && b != '.' && b != '$' && b != '_' && b != '+' && b != '`') {
        if (b < '0' || b > '9') {
          return false;
        }
      }
    }
    return end > from;
  }

  private static boolean endsWith(byte[] head, int from, int end, byte[] text) {
    return end - from >= text.length && ByteScan.startsWith(head, end - text.length, end, text);
  }

  static int skipBlanks(byte[] head, int from, int end) {
    int at = from;
    while (at < end && (head[at] == ' ' || head[at] == '\t')) {
      at++;
    }
    return at;
  }

  /// Whether one of the level words stands in `[from, end)`: each has an E or an L near its begin,
  /// and capitals are few.
  private static boolean hasErrorLevel(byte[] head, int from, int end) {
    int at = from;
    for (; at <= end - 8; at += 8) {
      long word = (long) ByteScan.LONGS.get(head, at);
      long hits = ByteScan.zeros(word ^ ES) | ByteScan.zeros(word ^ LS);
      while (hits != 0) {
        if (isErrorLevel(head, from, end, at + ByteScan.index(hits))) {
          return true;
        }
        hits &= hits - 1;
      }
    }
    for (; at < end; at++) {
      if ((head[at] == 'E' || head[at] == 'L') && isErrorLevel(head, from, end, at)) {
        return true;
      }
    }
    return isKlogError(head, from, end);
  }

  /// Whether a level word has its first E or its L at `hit`.
  private static boolean isErrorLevel(byte[] head, int from, int end, int hit) {
    if (head[hit] == 'E') {
      return isWord(head, from, end, hit, LEVEL_ERROR)
          || isWord(head, from, end, hit - 1, LEVEL_SEVERE);
    }
    return isWord(head, from, end, hit - 4, LEVEL_FATAL)
        || isWord(head, from, end, hit - 7, LEVEL_CRITICAL);
  }

  private static boolean isWord(byte[] head, int from, int end, int at, byte[] word) {
    int behind = at + word.length;
    return at >= from
        && ByteScan.startsWith(head, at, end, word)
        && (at == from || !isLetter(head[at - 1]))
        && (behind >= end || !isLetter(head[behind]));
  }

  private static boolean isLetter(byte b) {
    return ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || b == '_';
  }

  /// `E1123 05:48:55.123456 1 leaderelection.go:330] …`.
  private static boolean isKlogError(byte[] head, int from, int end) {
    if (end - from < 6 || head[from] != 'E' || head[from + 5] != ' ') {
      return false;
    }
    for (int i = from + 1; i < from + 5; i++) {
      if (head[i] < '0' || head[i] > '9') {
        return false;
      }
    }
    return true;
  }
}
