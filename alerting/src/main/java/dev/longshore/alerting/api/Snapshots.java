package dev.longshore.alerting.api;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What readers are shown, as the loop sees it at one moment. Those who ask before a snapshot is
/// taken share it, and each sees all that was put before it asked. Safe for use by many threads.
///
/// @param <T> can't be changed, and refers to nothing that can
final class Snapshots<T> {

  /// Bounds what readers take of the loop's time, whatever they read: after each snapshot it has
  /// three times as long for its own work. Shared by all kinds.
  static final class Pace {
    private static final int REST = 3;

    private final Clock clock;
    private long earliestNanos;

    Pace(Clock clock) {
      this.clock = clock;
      this.earliestNanos = clock.nanoTime();
    }

    private void await() throws InterruptedException {
      long left;
      synchronized (this) {
        left = earliestNanos - clock.nanoTime();
      }
      if (left > 0) {
        clock.sleep(Duration.ofNanos(left));
      }
    }

    private synchronized void took(long nanos) {
      earliestNanos = clock.nanoTime() + REST * nanos;
    }
  }

  private final Loop loop;
  private final Clock clock;
  private final Pace pace;
  private final Callable<T> onLoop;
  private final UnaryOperator<T> after;

  /// The snapshot that is not begun yet; guarded by this.
  private @Nullable CompletableFuture<T> next;

  /// @param onLoop takes a snapshot, on the loop
  /// @param after what is left to be done with it, on a reader's thread
  Snapshots(Loop loop, Clock clock, Pace pace, Callable<T> onLoop, UnaryOperator<T> after) {
    this.loop = loop;
    this.clock = clock;
    this.pace = pace;
    this.onLoop = onLoop;
    this.after = after;
  }

  /// A snapshot that was begun after this call.
  ///
  /// @throws ExecutionException with what taking it threw
  T get() throws InterruptedException, ExecutionException {
    CompletableFuture<T> mine = new CompletableFuture<>();
    CompletableFuture<T> others;
    synchronized (this) {
      others = next;
      if (others == null) {
        next = mine;
      }
    }
    return others == null ? take(mine) : others.get();
  }

  private T take(CompletableFuture<T> mine) throws InterruptedException, ExecutionException {
    try {
      pace.await();
      T taken = after.apply(loop.call(this::begin));
      mine.complete(taken);
      return taken;
    } catch (InterruptedException | ExecutionException | RuntimeException e) {
      begun(mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private T begin() throws Exception {
    synchronized (this) {
      next = null;
    }
    long startNanos = clock.nanoTime();
    try {
      return onLoop.call();
    } finally {
      pace.took(clock.nanoTime() - startNanos);
    }
  }

  private synchronized void begun(CompletableFuture<T> mine) {
    if (next == mine) {
      next = null;
    }
  }
}
