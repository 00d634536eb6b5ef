package dev.longshore.alerting;

import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/// Loops whose tasks run on the thread of a test, while what other threads do, such as those of a
/// WebSocket, comes when it comes.
///
/// @param failures of their tasks; a turn fails the test when there is one
public record LoopTurns(List<Throwable> failures, List<Loop> loops) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  /// Runs what is due, and what is handed in meanwhile.
  public void run() {
    while (loops.stream().mapToInt(Loop::runDue).sum() > 0) {
      // There may be more now.
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a task on a loop failed", failures.getFirst());
    }
  }

  /// Runs what is due until a condition holds.
  public void await(BooleanSupplier condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(BETWEEN_LOOKS)
        .until(
            () -> {
              run();
              return condition.getAsBoolean();
            });
  }
}
