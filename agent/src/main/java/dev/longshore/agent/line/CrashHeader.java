package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// The lines with which runtimes die and that name no level: the JVM's reports, the last words of
/// .NET, Rust, Zig, Swift, Crystal and Erlang, what a handler of signals prints in C++ and Julia,
/// glibc's checks and failed assertions. They are fatal, but for an error that the process may
/// outlive, as R's; its warnings are known too.
final class CrashHeader {
  private static final byte[] JVM_CRASH =
      ascii("#\n# A fatal error has been detected by the Java Runtime Environment");
  private static final byte[] JVM_MEMORY =
      ascii("#\n# There is insufficient memory for the Java Runtime Environment");
  private static final byte[] JVM_EXIT = ascii("Terminating due to java.lang.OutOfMemoryError");
  private static final byte[] JVM_ABORT = ascii("Aborting due to java.lang.OutOfMemoryError");
  private static final byte[] JVM_ERROR = ascii("java.lang.OutOfMemoryError: ");
  private static final byte[] STACK_OVERFLOW = ascii("Stack overflow.");
  private static final byte[] OUT_OF_MEMORY = ascii("Out of memory.");
  private static final byte[] RUST = ascii("fatal runtime error: ");
  private static final byte[] COLOR_EYRE = ascii("The application panicked (crashed).");
  private static final byte[] SEGMENTATION = ascii("Segmentation fault");
  private static final byte[] CORE = ascii("Aborted (core dumped)");
  private static final byte[] STARS = ascii("*** ");
  private static final byte[] SIGNAL = ascii("SIG");
  private static final byte[] CAUGHT = ascii("Caught signal ");
  private static final byte[] SWIFT = ascii("Program crashed: ");
  private static final byte[] SWIFT_SIGNAL = ascii("Signal ");
  private static final byte[] CRYSTAL = ascii("Invalid memory access (signal ");
  private static final byte[] ERLANG_KERNEL = ascii("Kernel pid terminated (");
  private static final byte[] ERLANG_BOOT = ascii("Runtime terminating during boot (");
  private static final byte[] JULIA_SIGNAL = ascii("] signal ");
  private static final byte[] R_ERROR = ascii("Error in ");
  private static final byte[] R_COLON = ascii(" : ");
  private static final byte[] R_WARNING = ascii("Warning message:");
  private static final byte[] R_WARNINGS = ascii("Warning messages:");
  private static final byte[] ZIG_THREAD = ascii("thread ");
  private static final byte[] ZIG_PANIC = ascii(" panic: ");
  private static final int NEAR_BYTES = 48;
  private static final int FIRST_BYTES = 128;
  private static final byte[] SMASHED = ascii("stack smashing detected ");
  private static final byte[] OVERFLOWN = ascii("buffer overflow detected ");

  /// glog and Folly, with the number of a time behind it.
  private static final byte[] ABORTED = ascii("Aborted at 1");

  /// What glibc says when it finds the heap damaged.
  private static final byte[] DOUBLE_FREE = ascii("double free or corruption (");

  private static final byte[] FREE = ascii("free(): ");
  private static final byte[] MALLOC = ascii("malloc(): ");
  private static final byte[] MUNMAP = ascii("munmap_chunk(): ");
  private static final byte[] REALLOC = ascii("realloc(): ");
  private static final byte[] CORRUPTED_SIZE = ascii("corrupted size vs. prev_size");
  private static final byte[] CORRUPTED_LIST = ascii("corrupted double-linked list");
  private static final byte[] ASSERTION = ascii(": Assertion `");
  private static final byte[] ASSERTION_END = ascii("' failed.");
  private static final byte[] DOTNET = ascii("Fatal error. ");
  private static final byte[] DENO = ascii("Deno has panicked.");
  private static final byte[] MONO = ascii("Native Crash Reporting");
  private static final byte[] RUBY = ascii(": [BUG] ");
  private static final byte[] RUST_MEMORY = ascii("memory allocation of ");
  private static final byte[] RUST_FAILED = ascii(" bytes failed");
  private static final byte[] ERLANG_INIT = ascii("{\"init terminating in do_boot\"");
  private static final byte[] MINIO_CALL = ascii("API: ");
  private static final byte[] MINIO_TIME = ascii("Time: ");
  private static final byte[] GO_FAULT = ascii("unexpected fault address 0x");
  private static final byte[] BUS = ascii("Bus error (core dumped)");
  private static final byte[] FLOATING_POINT = ascii("Floating point exception (core dumped)");
  private static final byte[] ILLEGAL = ascii("Illegal instruction (core dumped)");
  private static final byte[] PYTHON = ascii("Fatal Python error: ");
  private static final byte[] JVM_START = ascii("Error occurred during initialization of ");
  private static final byte[] OPEN_JDK = ascii("OpenJDK ");
  private static final byte[] VM_WARNING = ascii(" VM warning: ");

  private CrashHeader() {}

  /// The level that the line means, or [Level#NONE] if it is none of them.
  static Level of(byte[] bytes, int at, int limit) {
    if (bytes[limit - 1] == '.' && isAssertion(bytes, at, limit)) {
      return Level.FATAL;
    }
    return switch (bytes[at]) {
      case '#' -> fatalIf(either(bytes, at, limit, JVM_CRASH, JVM_MEMORY));
      case '*' -> fatalIf(isSignal(bytes, at, limit));
      case '[' -> fatalIf(isJuliaSignal(bytes, at, limit));
      case 'A' ->
          isMinio(bytes, at, limit)
              ? Level.ERROR
              : fatalIf(either(bytes, at, limit, JVM_ABORT, CORE));
      case 'J' -> vmWarning(bytes, at, limit);
      case 'O' ->
          Bytes.startsWith(bytes, at, limit, OPEN_JDK)
              ? vmWarning(bytes, at, limit)
              : fatalIf(isAlone(bytes, at, limit, OUT_OF_MEMORY));
      case 'F' ->
          fatalIf(
              either(bytes, at, limit, PYTHON, FLOATING_POINT)
                  || Bytes.startsWith(bytes, at, limit, DOTNET));
      case 'D', 'N' -> fatalIf(either(bytes, at, limit, DENO, MONO));
      case '{' -> fatalIf(Bytes.startsWith(bytes, at, limit, ERLANG_INIT));
      case '/' -> fatalIf(Bytes.indexOf(bytes, at, Math.min(limit, at + FIRST_BYTES), RUBY) > 0);
      case 'B' -> fatalIf(Bytes.startsWith(bytes, at, limit, BUS));
      case 'S' ->
          fatalIf(
              isAlone(bytes, at, limit, STACK_OVERFLOW)
                  || Bytes.startsWith(bytes, at, limit, SEGMENTATION));
      case 'T' ->
          Bytes.startsWith(bytes, at, limit, COLOR_EYRE)
              ? Level.ERROR
              : fatalIf(Bytes.startsWith(bytes, at, limit, JVM_EXIT));
      case 'E' ->
          isRError(bytes, at, limit)
              ? Level.ERROR
              : fatalIf(Bytes.startsWith(bytes, at, limit, JVM_START));
      case 'I' -> fatalIf(either(bytes, at, limit, CRYSTAL, ILLEGAL));
      case 'K', 'R' -> fatalIf(either(bytes, at, limit, ERLANG_KERNEL, ERLANG_BOOT));
      case 'W' -> isRWarning(bytes, at, limit) ? Level.WARN : Level.NONE;
      case 't' -> fatalIf(isZigPanic(bytes, at, limit));
      case 'f' -> fatalIf(either(bytes, at, limit, RUST, FREE));
      case 'u' -> fatalIf(Bytes.startsWith(bytes, at, limit, GO_FAULT));
      case 'd' -> fatalIf(Bytes.startsWith(bytes, at, limit, DOUBLE_FREE));
      case 'm' ->
          fatalIf(either(bytes, at, limit, MALLOC, MUNMAP) || isRustMemory(bytes, at, limit));
      case 'r' -> fatalIf(Bytes.startsWith(bytes, at, limit, REALLOC));
      case 'c' -> fatalIf(either(bytes, at, limit, CORRUPTED_SIZE, CORRUPTED_LIST));
      case 'j' -> Bytes.startsWith(bytes, at, limit, JVM_ERROR) ? Level.ERROR : Level.NONE;
      default -> Level.NONE;
    };
  }

  /// `OpenJDK 64-Bit Server VM warning: …`.
  private static Level vmWarning(byte[] bytes, int at, int limit) {
    int warning = Bytes.indexOf(bytes, at, Math.min(limit, at + NEAR_BYTES), VM_WARNING);
    return warning > 0 ? Level.WARN : Level.NONE;
  }

  /// ``shop: cart.c:3: take: Assertion `n > 0' failed.``
  private static boolean isAssertion(byte[] bytes, int at, int limit) {
    return limit - at > ASSERTION_END.length
        && Bytes.startsWith(bytes, limit - ASSERTION_END.length, limit, ASSERTION_END)
        && Bytes.indexOf(bytes, at, limit, ASSERTION) > at;
  }

  /// `[7] signal 11 (1): Segmentation fault`.
  private static boolean isJuliaSignal(byte[] bytes, int at, int limit) {
    int close = Bytes.indexOf(bytes, at, Math.min(limit, at + NEAR_BYTES), (byte) ']');
    return close > at + 1
        && Bytes.isDigit(bytes[at + 1])
        && Bytes.startsWith(bytes, close, limit, JULIA_SIGNAL);
  }

  /// `API: SYSTEM()` and `Time: …` below it: so MinIO begins what it says of an error.
  private static boolean isMinio(byte[] bytes, int at, int limit) {
    int feed = Bytes.indexOf(bytes, at, limit, (byte) '\n');
    return feed > 0
        && Bytes.startsWith(bytes, at, limit, MINIO_CALL)
        && Bytes.startsWith(bytes, feed + 1, limit, MINIO_TIME);
  }

  /// `Error in take(3) : no stock`, ``Error in `take()`:``.
  private static boolean isRError(byte[] bytes, int at, int limit) {
    int call = at + R_ERROR.length;
    int feed = Bytes.indexOf(bytes, at, limit, (byte) '\n');
    int end = feed < 0 ? limit : feed;
    return Bytes.startsWith(bytes, at, limit, R_ERROR)
        && call < end
        && (bytes[call] == '`' || Bytes.indexOf(bytes, call, end, R_COLON) > 0);
  }

  /// `Warning message:`, `Warning messages:`.
  private static boolean isRWarning(byte[] bytes, int at, int limit) {
    return isAlone(bytes, at, limit, R_WARNING) || isAlone(bytes, at, limit, R_WARNINGS);
  }

  /// `thread 7 panic: reached unreachable code`.
  private static boolean isZigPanic(byte[] bytes, int at, int limit) {
    int digit = at + ZIG_THREAD.length;
    return Bytes.startsWith(bytes, at, limit, ZIG_THREAD)
        && digit < limit
        && Bytes.isDigit(bytes[digit])
        && Bytes.indexOf(bytes, digit, Math.min(limit, at + NEAR_BYTES), ZIG_PANIC) > 0;
  }

  /// `memory allocation of 12345678 bytes failed`.
  private static boolean isRustMemory(byte[] bytes, int at, int limit) {
    return Bytes.startsWith(bytes, at, limit, RUST_MEMORY)
        && Bytes.indexOf(bytes, at, Math.min(limit, at + NEAR_BYTES), RUST_FAILED) > 0;
  }

  private static Level fatalIf(boolean crash) {
    return crash ? Level.FATAL : Level.NONE;
  }

  /// `*** SIGSEGV (@0x0) received by PID 7 …`, `*** Caught signal (Segmentation fault) **`.
  private static boolean isSignal(byte[] bytes, int at, int limit) {
    int what = at + STARS.length;
    return Bytes.startsWith(bytes, at, limit, STARS)
        && (either(bytes, what, limit, SIGNAL, CAUGHT)
            || either(bytes, what, limit, SWIFT, SWIFT_SIGNAL)
            || either(bytes, what, limit, SMASHED, OVERFLOWN)
            || Bytes.startsWith(bytes, what, limit, ABORTED));
  }

  private static boolean either(byte[] bytes, int at, int limit, byte[] one, byte[] other) {
    return Bytes.startsWith(bytes, at, limit, one) || Bytes.startsWith(bytes, at, limit, other);
  }

  private static boolean isAlone(byte[] bytes, int at, int limit, byte[] line) {
    int end = at + line.length;
    return Bytes.startsWith(bytes, at, limit, line)
        && (end >= limit || bytes[end] == '\n' || bytes[end] == '\r');
  }
}
