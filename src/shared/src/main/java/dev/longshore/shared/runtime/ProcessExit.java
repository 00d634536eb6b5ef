package dev.longshore.shared.runtime;

/// Ends the process at once, from any thread. A parameter, so that a test can see it happen.
@FunctionalInterface
public interface ProcessExit {

  /// @param code of the process
  void exit(int code);

  /// Halts the JVM: no shutdown hook runs and nothing is closed, since after an unexpected error no
  /// state in memory can be relied on. Everything on disk survives a kill at any time.
  static ProcessExit halt() {
    return Runtime.getRuntime()::halt;
  }
}
