package dev.longshore.shared.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
/// Timers run by the monotonic clock. A wall clock that jumps, or a machine that slept, makes none
/// of them wait longer or come earlier; who set one for a time of the wall clock sets it anew in
/// [#onClockJump].
///
/// A task that throws does not end the loop: the failure goes to the handler that was given. An
/// Error does, but for a StackOverflowError, which is a task's own: after a class that can't be
/// loaded or a JVM that says it is broken nothing on this thread can be relied on.
public final class Loop implements AutoCloseable {

  /// What was set for a time; it can be taken back.
  public final class Timer {
    private final long dueNanos;
    private final long ordinal;
    private final Runnable task;
    private boolean cancelled;

    private Timer(long dueNanos, long ordinal, Runnable task) {
      this.dueNanos = dueNanos;
      this.ordinal = ordinal;
      this.task = task;
    }

    /// When it is due, by the wall clock as it goes now.
    public Instant due() {
      return clock.now().plusNanos(dueNanos - clock.nanoTime());
    }

    /// Takes it back; on the loop's thread only.
    public void cancel() {
      cancelled = true;
    }
  }

  /// A clock that jumped is noticed after this long, in milliseconds.
  private static final long LONGEST_WAIT_MILLIS = 1_000;

  /// By how much the wall clock has to leave the monotonic one, in milliseconds, before that counts
  /// as a jump; many small corrections add up to one.
  private static final long JUMP_MILLIS = 1_000;

  /// The furthest time of a timer, in milliseconds: a century.
  private static final long FURTHEST_MILLIS = Duration.ofDays(36_500).toMillis();

  /// How long [#close] waits for the thread.
  private static final long JOIN_SECONDS = 10;

  private final Clock clock;
  private final Consumer<Throwable> failures;
  private final String name;

  /// Bounded by what callers wait for: each of them waits for its own task, or is a timer's I/O.
  private final LinkedBlockingQueue<Runnable> handedIn = new LinkedBlockingQueue<>();

  /// Owned by the loop's thread.
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          Comparator.<Timer>comparingLong(timer -> timer.dueNanos - startNanos())
              .thenComparingLong(timer -> timer.ordinal));

  /// Owned by the loop's thread.
  private final List<Consumer<Duration>> jumpListeners = new ArrayList<>();

  private final long startNanos;

  /// The wall clock minus the monotonic one, in milliseconds, when they were last compared.
  private long offsetMillis;

  private long ordinals;
  private volatile boolean started;
  private volatile @Nullable Thread owner;
  private volatile Runnable turned = () -> {};
  private volatile boolean closed;

  /// Is zero when [#run] has returned.
  private final CountDownLatch ended = new CountDownLatch(1);

  /// @param name the thread's
  /// @param failures told of each task that threw, on the loop's thread
  public Loop(String name, Clock clock, Consumer<Throwable> failures) {
    this.clock = clock;
    this.failures = failures;
    this.startNanos = clock.nanoTime();
    this.offsetMillis = offset();
    this.name = name;
  }

  private long startNanos() {
    return startNanos;
  }

  private long offset() {
    return clock.epochMillis() - (clock.nanoTime() - startNanos) / 1_000_000;
  }

  /// Has a function told by how much the wall clock has jumped, forward or back, a second later at
  /// most. Times that were computed before belong to the clock as it was. It is called on the
  /// loop's thread.
  public void onClockJump(Consumer<Duration> listener) {
    jumpListeners.add(listener);
  }

  /// Starts it on a thread of its own.
  public void start() {
    start(Thread.ofPlatform().name(name).unstarted(this::run)::start);
  }

  /// Starts it on the thread of somebody who supervises it, which calls [#run].
  ///
  /// @param starter starts that thread
  public void start(Runnable starter) {
    started = true;
    starter.run();
  }

  /// Has a function called on the loop's thread after each task, and each second when there is
  /// none: a loop whose last turn is old is stuck in a task.
  public void onTurn(Runnable listener) {
    turned = listener;
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
    if (!isRunning() || Thread.currentThread() == owner) {
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
        if (closed && !isRunning()) {
          throw new IllegalStateException("the loop is closed", e);
        }
      }
    }
  }

  /// Runs a task when the time is come that lies between now and a time of the wall clock, or soon
  /// when that is past; on the loop's thread only.
  public Timer at(Instant when, Runnable task) {
    Instant now = clock.now();
    Instant furthest = now.plusMillis(FURTHEST_MILLIS);
    Instant earliest = now.minusMillis(FURTHEST_MILLIS);
    Instant bounded = when.isAfter(furthest) ? furthest : when.isBefore(earliest) ? earliest : when;
    return in(Duration.between(now, bounded), task);
  }

  /// Runs a task after a time; on the loop's thread only.
  public Timer in(Duration delay, Runnable task) {
    Timer timer = new Timer(clock.nanoTime() + delay.toNanos(), ordinals++, task);
    timers.add(timer);
    return timer;
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
    noticeJump();
    int ran = 0;
    while (true) {
      Runnable task = handedIn.poll();
      if (task == null) {
        dropCancelled();
        Timer next = timers.peek();
        if (next == null || next.dueNanos - clock.nanoTime() > 0) {
          return ran;
        }
        timers.poll();
        task = next.task;
      }
      ran++;
      guarded(task);
      turned.run();
    }
  }

  private void noticeJump() {
    long jump = offset() - offsetMillis;
    if (Math.abs(jump) >= JUMP_MILLIS) {
      offsetMillis += jump;
      jumpListeners.forEach(it -> guarded(() -> it.accept(Duration.ofMillis(jump))));
    }
  }

  private boolean isRunning() {
    Thread thread = owner;
    return started && (thread == null || thread.isAlive());
  }

  /// Runs what is handed in and what is due, on the caller's thread, until it is closed.
  public void run() {
    owner = Thread.currentThread();
    try {
      while (!closed) {
        runDue();
        turned.run();
        Runnable task = handedIn.poll(waitMillis(), TimeUnit.MILLISECONDS);
        if (task != null) {
          guarded(task);
        }
      }
      runDue();
    } catch (InterruptedException e) {
      closed = true;
      runDue();
    } finally {
      ended.countDown();
    }
  }

  private long waitMillis() {
    dropCancelled();
    Timer next = timers.peek();
    long wait =
        next == null
            ? LONGEST_WAIT_MILLIS
            : Math.ceilDiv(next.dueNanos - clock.nanoTime(), 1_000_000L);
    return Math.clamp(wait, 0, LONGEST_WAIT_MILLIS);
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | StackOverflowError e) {
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
    // The thread may have been started and not have come to [#run] yet.
    if (started && Thread.currentThread() != owner) {
      try {
        var _ = ended.await(JOIN_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
