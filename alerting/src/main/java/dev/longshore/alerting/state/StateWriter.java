package dev.longshore.alerting.state;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what the stages keep: at the end of each turn of the loop, all that changed in it goes to
/// the [StateStore] as one [UnitOfWork]. While a unit is being written the loop goes on, and the
/// changes of the turns in between are the next unit.
///
/// State lives in memory and the store follows. When the store fails, or takes longer than
/// [#PATIENCE], whoever waits for it goes on without: what fires is told from memory, and
/// [#onHealth] says that it would not survive a restart. What was not written is in the next unit,
/// tried each [#RETRY_INTERVAL], and a unit that succeeds leaves the store whole.
///
/// Owned by the loop's thread; writing runs on the executor.
public final class StateWriter {

  /// What a stage keeps. Called on the loop's thread.
  public interface Part {
    /// Adds the rows that changed since the last unit to this one.
    void collect(UnitOfWork unit);

    /// The unit that was collected last is durable.
    void written();

    /// The unit that was collected last was not written: its rows count as changed again.
    void notWritten();

    /// The store has lost what it had: all rows count as changed.
    void everything();
  }

  /// How long a unit may take before those who wait for it go on.
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /// How soon is tried again what failed.
  static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);

  private final StateStore store;
  private final Clock clock;
  private final Loop loop;
  private final Executor executor;
  private final StateMetrics metrics;
  private final RateLimitedLogger log;
  private final List<Part> parts = new ArrayList<>();

  /// What waits for the unit that is being written, and for the one after it.
  private List<Runnable> waiting = new ArrayList<>();

  private List<Runnable> waitingForNext = new ArrayList<>();
  private Consumer<@Nullable String> onHealth = _ -> {};

  /// Why the store can't be written; null while it can. Read by any thread.
  private volatile @Nullable String failure;

  private @Nullable Instant failingSince;
  private long lastNumber;
  private boolean turnEnds;
  private boolean writing;

  /// Whether something changed while a unit was being written.
  private boolean more;

  private Loop.@Nullable Timer slow;
  private Loop.@Nullable Timer again;

  /// @param executor writes; with a thread of its own, for a disk that hangs
  public StateWriter(
      StateStore store, Clock clock, Loop loop, Executor executor, MeterRegistry registry) {
    this.store = store;
    this.clock = clock;
    this.loop = loop;
    this.executor = executor;
    this.metrics = new StateMetrics(registry);
    this.log = new RateLimitedLogger(LOG, clock, Duration.ofSeconds(10));
  }

  /// Adds a stage's rows to the units.
  public void add(Part part) {
    parts.add(part);
  }

  /// Has a function told when the store fails, with the reason, and when it is written again, with
  /// null. It may change state.
  public void onHealth(Consumer<@Nullable String> listener) {
    onHealth = listener;
  }

  /// Reads the store. From any thread.
  ///
  /// @throws StateException when it fails
  public <T> T read(StateStore.Query<T> query) {
    return store.read(query);
  }

  /// Writes a change before the unit that has it too, where the store can; from any thread but the
  /// loop's, and not while the store fails.
  ///
  /// @return whether it is written, as [StateStore#writeNow] says
  public boolean writeNow(String sql, Object... values) {
    return failure == null && store.writeNow(new UnitOfWork.Change(sql, List.of(values)));
  }

  /// Why the store can't be written; null while it can. From any thread.
  public @Nullable String failure() {
    return failure;
  }

  /// Since when the store can't be written; null while it can.
  public @Nullable Instant failingSince() {
    return failingSince;
  }

  /// Something changed: it is written at the end of this turn.
  public void changed() {
    if (!turnEnds) {
      turnEnds = true;
      loop.at(clock.now(), this::turnEnded);
    }
  }

  /// Runs a task on the loop when all that has changed until now is durable; when that is not to be
  /// had, without.
  public void afterCommit(Runnable task) {
    waitingForNext.add(task);
    changed();
  }

  /// What completes when all that has changed until now is durable, or can't be for now.
  public CompletableFuture<Void> commit() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    afterCommit(() -> done.complete(null));
    return done;
  }

  /// Waits until all that has changed until now is durable, or can't be for now. From any thread
  /// but the loop's.
  public void awaitCommit() throws InterruptedException {
    try {
      loop.call(this::commit).get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.atDebug().setCause(e).log("a commit was not waited for");
    }
  }

  private void turnEnded() {
    turnEnds = false;
    if (writing) {
      more = true;
      if (failure != null) {
        release();
      }
    } else if (again != null) {
      release();
    } else {
      write();
    }
  }

  private void write() {
    UnitOfWork unit = collected();
    waiting.addAll(waitingForNext);
    waitingForNext = new ArrayList<>();
    if (unit.isEmpty()) {
      release();
      return;
    }
    writing = true;
    more = false;
    slow = loop.in(PATIENCE, this::isSlow);
    executor.execute(
        () -> {
          Throwable problem = null;
          boolean empty = false;
          try {
            empty = store.write(unit);
          } catch (RuntimeException | Error e) {
            problem = e;
          }
          Throwable thrown = problem;
          boolean lost = empty;
          loop.execute(() -> written(lost, thrown));
        });
  }

  /// A stage that fails to say what changed does not keep the others from being written.
  private UnitOfWork collected() {
    UnitOfWork unit = new UnitOfWork(++lastNumber);
    for (Part part : parts) {
      int before = unit.changes().size();
      try {
        part.collect(unit);
      } catch (RuntimeException e) {
        unit.truncate(before);
        LOG.atError().setCause(e).log("State of one kind can't be written");
      }
    }
    return unit;
  }

  private void isSlow() {
    slow = null;
    fails("a write has not ended after " + PATIENCE.toSeconds() + " s");
    release();
  }

  private void written(boolean lost, @Nullable Throwable thrown) {
    writing = false;
    if (slow != null) {
      slow.cancel();
      slow = null;
    }
    if (thrown == null) {
      parts.forEach(Part::written);
      if (lost) {
        parts.forEach(Part::everything);
      }
      if (failure != null) {
        failure = null;
        metrics.failing(false);
        failingSince = null;
        LOG.atInfo().log("State is written again");
        onHealth.accept(null);
      }
      if (more || lost) {
        changed();
      }
    } else {
      metrics.failed();
      parts.forEach(Part::notWritten);
      again = loop.in(RETRY_INTERVAL, this::tryAgain);
      fails(String.valueOf(thrown.getMessage()));
    }
    release(waiting);
  }

  private void tryAgain() {
    again = null;
    changed();
  }

  private void fails(String reason) {
    log.warn(
        "state",
        event ->
            event
                .setMessage("State can't be written; alerting goes on from memory, and tries again")
                .addKeyValue("reason", reason));
    failure = reason;
    metrics.failing(true);
    if (failingSince == null) {
      failingSince = clock.now();
    }
    onHealth.accept(reason);
  }

  private void release() {
    List<Runnable> next = waitingForNext;
    waitingForNext = new ArrayList<>();
    release(waiting);
    next.forEach(Runnable::run);
  }

  private static void release(List<Runnable> tasks) {
    List<Runnable> ready = List.copyOf(tasks);
    tasks.clear();
    ready.forEach(Runnable::run);
  }

  /// Writes what is not written yet, on the caller's thread, which is the loop's; at the end.
  ///
  /// @throws StateException when it fails
  public void close() {
    for (Loop.Timer timer : new Loop.@Nullable Timer[] {slow, again}) {
      if (timer != null) {
        timer.cancel();
      }
    }
    if (writing) {
      parts.forEach(Part::notWritten); // written once more: the store takes one unit at a time
    }
    UnitOfWork unit = collected();
    if (!unit.isEmpty()) {
      store.write(unit);
    }
  }
}
