package dev.longshore.agent.frame;

import static dev.longshore.agent.line.Bytes.ascii;

import dev.longshore.agent.line.Bytes;
import dev.longshore.agent.line.TraceLine;

/// Tells by its first words whether a line begins a record of several lines: what runtimes and
/// frameworks print in words of their own when something fails.
final class StartPhrase {
  /// What Go prints before `fatal error: fault`.
  static final byte[] GO_FAULT = ascii("unexpected fault address 0x");

  private static final byte[] GOROUTINE = ascii("goroutine ");
  static final byte[] SIGNAL = ascii("SIG");
  private static final byte[] RUST_PANICKED = ascii(" panicked at ");
  private static final byte[] DJANGO = ascii("Internal Server Error: ");
  private static final byte[] ASYNCIO_TASK = ascii("Task exception was never retrieved");
  private static final byte[] PYTHON_EXCEPTION = ascii("Exception ignored in");
  private static final byte[] PYTHON_CALLBACK = ascii("Exception in callback ");
  private static final byte[] ERLANG_REPORT = ascii(" REPORT====");
  private static final byte[] ELIXIR = ascii("** (");
  private static final byte[] RUBY_THREAD = ascii("#<Thread:");
  private static final byte[] RUBY_TERMINATED = ascii(" terminated with exception ");
  private static final byte[] LUA = ascii("lua: ");
  private static final byte[] LUA_TRACE = ascii("stack traceback:");
  private static final byte[] COLOR_EYRE = ascii("The application panicked ");
  private static final byte[] TERMINATE = ascii("terminate called ");
  private static final byte[] THREAD_DUMP = ascii("Full thread dump ");
  private static final byte[] PYTHON_FATAL = ascii("Fatal Python error: ");

  /// The last words of .NET, with frames below.
  private static final byte[] TERMINATED = ascii("Process terminated. ");

  private static final byte[] DOTNET_FATAL = ascii("Fatal error. ");
  private static final byte[] PERL_LINE = ascii(" line ");
  private static final byte[] PERL_CHUNK = ascii("> chunk ");
  private static final byte[] PERL_THREAD = ascii(" thread ");
  private static final byte[] PERL_AT = ascii(" at ");
  private static final byte[] PHP = ascii("PHP ");
  private static final byte[] PHP_FATAL = ascii("Fatal error: ");
  private static final byte[] CLOJURE_EXECUTION = ascii("Execution error ");
  private static final byte[] JVM_START = ascii("Error occurred during initialization of ");
  private static final byte[] CLOJURE_SYNTAX = ascii("Syntax error ");
  private static final byte[] CLOJURE_AT = ascii(" at ");
  private static final byte[] CLOJURE_END = ascii(").");

  private StartPhrase() {}

  /// The state in which the line leaves a record that it begins; [TraceState#NONE] for others.
  static int of(byte[] head, int from, int end, int presets, boolean exceptions, boolean go) {
    switch (head[from]) {
      case 'C', 'W' -> {
        if (exceptions && TraceLine.kind(head, from, end) == TraceLine.CAUSE) {
          return TraceState.EXCEPTION;
        }
      }
      case 'E' -> {
        if (exceptions && Bytes.startsWith(head, from, end, TraceStart.EXCEPTION_IN_THREAD)) {
          return TraceState.EXCEPTION;
        }
        if (Bytes.startsWith(head, from, end, JVM_START)) {
          return TraceStart.ifAny(presets & Preset.JAVA, TraceState.LOGGED_ERROR);
        }
        if (isClojure(head, from, end, CLOJURE_EXECUTION)) {
          return TraceStart.ifAny(presets & Preset.JAVA, TraceState.CLOJURE);
        }
        if (Bytes.startsWith(head, from, end, PYTHON_EXCEPTION)
            || Bytes.startsWith(head, from, end, PYTHON_CALLBACK)) {
          return TraceStart.ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
      }
      case 'I' -> {
        if (Bytes.startsWith(head, from, end, DJANGO)) {
          return TraceStart.ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
      }
      case 'U' -> {
        if (exceptions
            && (Bytes.startsWith(head, from, end, TraceStart.UNHANDLED)
                || Bytes.startsWith(head, from, end, TraceStart.UNCAUGHT))) {
          // Dart prints the exception below.
          return head[end - 1] == ':' ? TraceState.ERROR_EVENT : TraceState.EXCEPTION;
        }
      }
      case '#' -> {
        if (Bytes.startsWith(head, from, end, RUBY_THREAD)
            && Bytes.indexOf(head, from, end, RUBY_TERMINATED) > 0) {
          return TraceStart.ifAny(presets & Preset.RUBY, TraceState.ERROR_EVENT);
        }
      }
      case 'l', 's' -> {
        if (Bytes.startsWith(head, from, end, LUA)
            || Bytes.startsWith(head, from, end, LUA_TRACE)) {
          return TraceState.EXCEPTION;
        }
      }
      case 'T' -> {
        if (Bytes.startsWith(head, from, end, COLOR_EYRE)) {
          return TraceState.EXCEPTION;
        }
        if (Bytes.startsWith(head, from, end, ASYNCIO_TASK)) {
          return TraceStart.ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
      }
      case 'S' -> {
        if (go && isGoSignal(head, from, end)) {
          return TraceState.GO;
        }
        if (isClojure(head, from, end, CLOJURE_SYNTAX)) {
          return TraceStart.ifAny(presets & Preset.JAVA, TraceState.CLOJURE);
        }
      }
      case 't' -> {
        if (Bytes.startsWith(head, from, end, TraceStart.RUST_THREAD)
            && Bytes.indexOf(head, from, Math.min(end, from + 96), RUST_PANICKED) > 0) {
          return head[end - 1] == ':' ? TraceState.RUST_HEAD : TraceState.RUST;
        }
        if (Bytes.startsWith(head, from, end, TERMINATE)) {
          return TraceState.EXCEPTION;
        }
      }
      case '*' -> {
        if (Bytes.startsWith(head, from, end, ELIXIR)) {
          return TraceState.EXCEPTION;
        }
      }
      case '=' -> {
        if (TraceParts.isSanitizer(head, from, end)) {
          return TraceState.SANITIZER;
        }
        if (Bytes.indexOf(head, from, Math.min(end, from + 32), ERLANG_REPORT) > 0) {
          return TraceState.ERLANG_REPORT;
        }
      }
      case 'F' -> {
        if (Bytes.startsWith(head, from, end, THREAD_DUMP)) {
          return TraceStart.ifAny(presets & Preset.JAVA, TraceState.THREAD_DUMP);
        }
        if (exceptions && Bytes.startsWith(head, from, end, DOTNET_FATAL)) {
          return TraceState.EXCEPTION;
        }
        if (Bytes.startsWith(head, from, end, PYTHON_FATAL)) {
          return TraceStart.ifAny(presets & Preset.PYTHON, TraceState.ERROR_EVENT);
        }
        if ((presets & Preset.PHP) != 0 && isPhpUncaught(head, from, end)) {
          return TraceState.PHP;
        }
      }
      case 'f', 'g', 'h', 'u' -> {
        if (go
            && (Bytes.startsWith(head, from, end, GO_FAULT)
                || Bytes.startsWith(head, from, end, TraceStart.FATAL_ERROR)
                || Bytes.startsWith(head, from, end, GOROUTINE)
                || Bytes.indexOf(head, from, Math.min(end, from + 24), TraceStart.PANIC_SERVING)
                    > 0)) {
          return TraceState.GO;
        }
      }
      case 'P', '[', 'N' -> {
        if (exceptions && Bytes.startsWith(head, from, end, TERMINATED)) {
          return TraceState.EXCEPTION;
        }
        if ((presets & Preset.PHP) != 0 && isPhpUncaught(head, from, end)) {
          return TraceState.PHP;
        }
      }
      default -> {}
    }
    if (presets == Preset.AUTO) {
      int other = LanguageTrace.start(head, from, end);
      if (other != TraceState.NONE) {
        return other;
      }
    }
    if (isPerlDeath(head, from, end)
        || (exceptions && TraceStart.namesException(head, from, end))) {
      return TraceState.EXCEPTION;
    }
    return (presets & Preset.NODEJS) != 0 && TraceParts.endsInSourceLine(head, from, end)
        ? TraceState.EXCERPT
        : TraceState.NONE;
  }

  /// `Execution error (ExceptionInfo) at shop/take (cart.clj:2).`, `Syntax error compiling at
  /// (cart.clj:1:21).`
  private static boolean isClojure(byte[] head, int from, int end, byte[] words) {
    return Bytes.startsWith(head, from, end, words)
        && Bytes.startsWith(head, end - 2, end, CLOJURE_END)
        && Bytes.indexOf(head, from, end, CLOJURE_AT) > 0;
  }

  /// `SIGQUIT: quit`.
  private static boolean isGoSignal(byte[] head, int from, int end) {
    int colon = Bytes.indexOf(head, from, Math.min(end, from + 12), (byte) ':');
    if (colon < 0 || !Bytes.startsWith(head, from, end, SIGNAL)) {
      return false;
    }
    for (int i = from; i < colon; i++) {
      if (head[i] < 'A' || head[i] > 'Z') {
        return false;
      }
    }
    return true;
  }

  /// `no stock at cart.pl line 3.`, `no stock at cart.pl line 3, <$fh> chunk 5.`
  private static boolean isPerlDeath(byte[] head, int from, int end) {
    if (head[end - 1] != '.' || end - from < 12) {
      return false;
    }
    int digit = end - 2;
    while (digit > from && head[digit] >= '0' && head[digit] <= '9') {
      digit--;
    }
    int line = digit + 1 - PERL_LINE.length;
    return digit < end - 2
        && line > from
        && (Bytes.startsWith(head, line, end, PERL_LINE)
            || Bytes.startsWith(head, digit + 1 - PERL_CHUNK.length, end, PERL_CHUNK)
            || Bytes.startsWith(head, digit + 1 - PERL_THREAD.length, end, PERL_THREAD))
        && Bytes.indexOf(head, from, line, PERL_AT) > 0;
  }

  /// `PHP Fatal error: Uncaught …`, also behind a time in brackets or php-fpm's `NOTICE:`.
  private static boolean isPhpUncaught(byte[] head, int from, int end) {
    int near = Math.min(end, from + 80);
    int php = Bytes.indexOf(head, from, near, PHP);
    int fatal = Bytes.indexOf(head, php < 0 ? from : php, near, PHP_FATAL);
    return (php >= 0 || fatal == from)
        && fatal >= 0
        && Bytes.indexOf(head, fatal, Math.min(end, fatal + 32), TraceStart.UNCAUGHT) > 0;
  }
}
