package dev.longshore.agent.line;

import static dev.longshore.agent.line.Bytes.ascii;

/// The lines with which runtimes die and that name no level: the JVM's reports, .NET's and Rust's
/// last words, what a handler of signals prints in C++. They are fatal, but for an error that the
/// process may outlive.
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
  private static final byte[] SMASHED = ascii("stack smashing detected ");

  private CrashHeader() {}

  /// The level that the line means, or [Level#NONE] if it is none of them.
  static Level of(byte[] bytes, int at, int limit) {
    return switch (bytes[at]) {
      case '#' -> fatalIf(either(bytes, at, limit, JVM_CRASH, JVM_MEMORY));
      case '*' -> fatalIf(isSignal(bytes, at, limit));
      case 'A' -> fatalIf(either(bytes, at, limit, JVM_ABORT, CORE));
      case 'O' -> fatalIf(isAlone(bytes, at, limit, OUT_OF_MEMORY));
      case 'S' ->
          fatalIf(
              isAlone(bytes, at, limit, STACK_OVERFLOW)
                  || Bytes.startsWith(bytes, at, limit, SEGMENTATION));
      case 'T' ->
          Bytes.startsWith(bytes, at, limit, COLOR_EYRE)
              ? Level.ERROR
              : fatalIf(Bytes.startsWith(bytes, at, limit, JVM_EXIT));
      case 'f' -> fatalIf(Bytes.startsWith(bytes, at, limit, RUST));
      case 'j' -> Bytes.startsWith(bytes, at, limit, JVM_ERROR) ? Level.ERROR : Level.NONE;
      default -> Level.NONE;
    };
  }

  private static Level fatalIf(boolean crash) {
    return crash ? Level.FATAL : Level.NONE;
  }

  /// `*** SIGSEGV (@0x0) received by PID 7 …`, `*** Caught signal (Segmentation fault) **`.
  private static boolean isSignal(byte[] bytes, int at, int limit) {
    int what = at + STARS.length;
    return Bytes.startsWith(bytes, at, limit, STARS)
        && (either(bytes, what, limit, SIGNAL, CAUGHT)
            || Bytes.startsWith(bytes, what, limit, SMASHED));
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
