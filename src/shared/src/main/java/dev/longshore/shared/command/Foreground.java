package dev.longshore.shared.command;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;

/// A service in the foreground, which ends when the process is asked to: by SIGTERM or SIGINT.
public final class Foreground {

  /// What runs.
  public interface Service {

    /// Starts, waits for the latch, and ends.
    ///
    /// @param signalled counted down when the process is asked to end
    /// @return the exit code
    int serve(CountDownLatch signalled) throws InterruptedException;
  }

  private Foreground() {}

  /// Runs the service and halts the process with its exit code: a signal's would be 143, and an end
  /// that was asked for, and clean, is a success.
  ///
  /// @param failed the exit code when the service throws
  /// @return never; the code is for the compiler
  public static int run(Service service, int failed, Logger log) throws InterruptedException {
    CountDownLatch signalled = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("signal").unstarted(() -> hold(signalled)));
    int code = failed;
    try {
      code = service.serve(signalled);
    } catch (RuntimeException | Error e) {
      log.atError().setCause(e).log("the service failed");
    }
    Runtime.getRuntime().halt(code);
    return code;
  }

  /// Tells of the signal, and keeps the process alive until it is halted.
  private static void hold(CountDownLatch signalled) {
    signalled.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
