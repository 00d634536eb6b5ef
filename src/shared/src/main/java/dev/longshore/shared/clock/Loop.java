package dev.longshore.shared.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One thread that owns state: it runs what others hand in, and what is due, in order.
///
/// In production [#start] gives it a thread of its own. A test, or a simulation in virtual time,
/// does not start it: it moves a clock and calls [#runDue] on its own thread, which is the owner
/// then.
///
/// A task that throws does not end the loop: the failure goes to the handler that was given.
public final class Loop implements AutoCloseable {

  /// What was set for a time; it can be taken back.
  public static final class Timer {
    private final long dueMillis;
    private final long ordinal;
    private final Runnable task;
    private boolean cancelled;

    private Timer(long dueMillis, long ordinal, Runnable task) {
      this.dueMillis = dueMillis;
      this.ordinal = ordinal;
      this.task = task;
    }

    /// When it is due.
    public Instant due() {
      return Instant.ofEpochMilli(dueMillis);
    }

    /// Takes it back; on the loop's thread only.
    public void cancel() {
      cancelled = true;
    }
  }

  /// A clock that was set back is noticed after this long, in milliseconds.
  private static final long LONGEST_WAIT_MILLIS = 1_000;

  private final Clock clock;
  private final Consumer<Throwable> failures;
  private final Thread thread;

  /// Bounded by what callers wait for: each of them waits for its own task, or is a timer's I/O.
  private final LinkedBlockingQueue<Runnable> handedIn = new LinkedBlockingQueue<>();

  /// Owned by the loop's thread.
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          Comparator.<Timer>comparingLong(timer -> timer.dueMillis)
              .thenComparingLong(timer -> timer.ordinal));

  private long ordinals;
  private volatile @Nullable Thread owner;
  private volatile boolean closed;

  /// @param name the thread's
  /// @param failures told of each task that threw, on the loop's thread
  public Loop(String name, Clock clock, Consumer<Throwable> failures) {
    this.clock = clock;
    this.failures = failures;
    this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
  }

  /// Starts the thread.
  public void start() {
    thread.start();
  }

  /// Runs a task soon; from any thread.
  public void execute(Runnable task) {
    handedIn.add(task);
  }

  /// Runs a task on the loop and waits for its result; from any thread, at once on the loop's own.
  ///
  /// @throws ExecutionException with what the task threw
  /// @throws IllegalStateException when the loop is closed
  public <T> T call(Callable<T> task) throws InterruptedException, ExecutionException {
    if (!thread.isAlive() || Thread.currentThread() == owner) {
      if (closed) {
        throw new IllegalStateException("the loop is closed");
      }
      try {
        return task.call();
      } catch (Exception e) {
        throw new ExecutionException(e);
      }
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    while (true) {
      try {
        return result.get(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (closed && !thread.isAlive()) {
          throw new IllegalStateException("the loop is closed", e);
        }
      }
    }
  }

  /// Runs a task at a time of the wall clock, or soon when that is past; on the loop's thread only.
  public Timer at(Instant when, Runnable task) {
    Timer timer = new Timer(when.toEpochMilli(), ordinals++, task);
    timers.add(timer);
    return timer;
  }

  /// Runs a task after a time; on the loop's thread only.
  public Timer in(Duration delay, Runnable task) {
    return at(clock.now().plus(delay), task);
  }

  /// When the next timer is due; null when none is set. On the loop's thread only.
  public @Nullable Instant nextDue() {
    dropCancelled();
    Timer next = timers.peek();
    return next == null ? null : next.due();
  }

  /// Runs all that was handed in and all that is due now, on the caller's thread; for a loop that
  /// was not started.
  ///
  /// @return how many tasks ran
  public int runDue() {
    int ran = 0;
    while (true) {
      Runnable task = handedIn.poll();
      if (task == null) {
        dropCancelled();
        Timer next = timers.peek();
        if (next == null || next.dueMillis > clock.epochMillis()) {
          return ran;
        }
        timers.poll();
        task = next.task;
      }
      ran++;
      guarded(task);
    }
  }

  private void run() {
    owner = Thread.currentThread();
    while (!closed) {
      runDue();
      try {
        Runnable task = handedIn.poll(waitMillis(), TimeUnit.MILLISECONDS);
        if (task != null) {
          guarded(task);
        }
      } catch (InterruptedException e) {
        closed = true;
      }
    }
    runDue();
  }

  private long waitMillis() {
    Instant next = nextDue();
    long wait = next == null ? LONGEST_WAIT_MILLIS : next.toEpochMilli() - clock.epochMillis();
    return Math.clamp(wait, 0, LONGEST_WAIT_MILLIS);
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      failures.accept(e);
    }
  }

  private void dropCancelled() {
    while (!timers.isEmpty() && timers.peek().cancelled) {
      timers.poll();
    }
  }

  /// Ends the thread once it has run what was handed in and is due; waits at most 10 s.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    handedIn.add(() -> {});
    if (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
