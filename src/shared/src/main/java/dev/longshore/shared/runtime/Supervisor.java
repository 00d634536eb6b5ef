package dev.longshore.shared.runtime;

import dev.longshore.shared.clock.Clock;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the long-lived threads of a process and ends the process when one of them fails.
///
/// - A thread whose work throws, or returns without having been asked to stop, ends the process
///   with the exit code [#EXIT_CODE] and one log line that names the thread and the reason. The
///   first failure alone is logged.
/// - A thread that reports its turns ([SupervisedThread#turned]) has a limit on the age of the last
///   one. A thread beyond its limit is [#overdue]: it is logged once with its stack, and `/healthz`
///   fails. It is not ended here; Kubernetes' liveness probe decides.
///
/// Ages are counted in *watched* time, which the thread `watchdog` advances each second by what has
/// passed, but by 2 s at most. When the whole process was paused (a stopped container, a suspended
/// or migrated machine), watched time stands still too, and no thread becomes overdue by that.
///
/// An OutOfMemoryError is not handled here: the JVM itself exits on it (`ExitOnOutOfMemoryError`).
public final class Supervisor implements AutoCloseable {

  /// The exit code of a process that ended because one of its threads failed: EX_SOFTWARE of
  /// sysexits.h. The JVM's own for an OutOfMemoryError is 3.
  public static final int EXIT_CODE = 70;

  /// Names the thread whose supervision is the watchdog itself.
  private static final String WATCHDOG = "watchdog";

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final long MAX_STEP_NANOS = Duration.ofSeconds(2).toNanos();

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  private final Clock clock;
  private final ProcessExit exit;
  private final List<SupervisedThread> threads = new CopyOnWriteArrayList<>();
  private final AtomicBoolean failed = new AtomicBoolean();
  private final SupervisedThread watchdog;

  /// Written by the watchdog alone.
  private volatile long watchedNanos;

  // Owned by the watchdog.
  private long totalNanos;
  private long tickedNanos;

  /// What a supervised thread does until it is asked to stop.
  @FunctionalInterface
  public interface Work {
    /// @throws InterruptedException when it was interrupted to stop
    void run() throws InterruptedException;
  }

  /// A thread whose last turn is older than it may be.
  ///
  /// @param thread its name
  /// @param age since its last turn, in watched time
  /// @param limit what it may be
  public record Overdue(String thread, Duration age, Duration limit) {}

  public Supervisor(Clock clock) {
    this(clock, ProcessExit.halt());
  }

  /// @param exit called once, on the thread that failed
  public Supervisor(Clock clock, ProcessExit exit) {
    this.clock = clock;
    this.exit = exit;
    watchdog = new SupervisedThread(this, WATCHDOG, Thread.ofPlatform(), null, this::watch);
  }

  /// A platform thread, for long computation and for file access that pins its carrier; not
  /// started.
  ///
  /// @param maxTurnAge how old its last turn may be; null for a thread that reports no turns
  public SupervisedThread platform(String name, @Nullable Duration maxTurnAge, Work work) {
    return add(new SupervisedThread(this, name, Thread.ofPlatform(), maxTurnAge, work));
  }

  /// A virtual thread, for work that mostly waits; not started.
  ///
  /// @param maxTurnAge how old its last turn may be; null for a thread that reports no turns
  public SupervisedThread virtual(String name, @Nullable Duration maxTurnAge, Work work) {
    return add(new SupervisedThread(this, name, Thread.ofVirtual(), maxTurnAge, work));
  }

  private SupervisedThread add(SupervisedThread thread) {
    threads.add(thread);
    return thread;
  }

  /// Starts the watchdog.
  public void start() {
    tickedNanos = clock.nanoTime();
    watchdog.start();
  }

  /// Makes an uncaught error of any other thread of the process end it too: such a thread is a
  /// library's or serves one request, and an Error there says that the JVM or the program is
  /// broken. An uncaught exception is logged and ends its thread alone.
  public void handleUncaught() {
    Thread.setDefaultUncaughtExceptionHandler(this::uncaught);
  }

  void uncaught(Thread thread, Throwable thrown) {
    if (thrown instanceof Error) {
      fail(thread.getName(), thrown);
      return;
    }
    LOG.atError()
        .addKeyValue("thread", thread.getName())
        .setCause(thrown)
        .log("uncaught exception; the thread has ended");
  }

  /// The threads beyond their limits.
  public List<Overdue> overdue() {
    return threads.stream().filter(SupervisedThread::isOverdue).map(Supervisor::overdue).toList();
  }

  private static Overdue overdue(SupervisedThread thread) {
    Duration limit = thread.maxTurnAge();
    return new Overdue(thread.name(), thread.turnAge(), limit == null ? Duration.ZERO : limit);
  }

  /// All threads that were made, in that order.
  public List<SupervisedThread> threads() {
    return List.copyOf(threads);
  }

  long watchedNanos() {
    return watchedNanos;
  }

  /// Ends the process because of a thread.
  ///
  /// @param thrown null when its work returned without having been asked to
  void fail(String thread, @Nullable Throwable thrown) {
    if (!failed.compareAndSet(false, true)) {
      return;
    }
    try {
      LOG.atError()
          .addKeyValue("thread", thread)
          .addKeyValue("reason", thrown == null ? "it returned" : thrown.toString())
          .addKeyValue("exitCode", EXIT_CODE)
          .setCause(thrown)
          .log("a supervised thread failed; the process exits");
    } catch (Throwable e) {
      logByHand(thread, thrown);
    } finally {
      exit.exit(EXIT_CODE);
    }
  }

  /// The same line where logging itself fails, as it does when a class of it can't be loaded.
  private static void logByHand(String thread, @Nullable Throwable thrown) {
    String reason = thrown == null ? "it returned" : thrown.getClass().getName();
    String line =
        "{\"log.level\":\"error\",\"message\":\"a supervised thread failed; the process exits\","
            + ("\"thread\":\"" + thread + "\",\"reason\":\"" + reason + "\",")
            + ("\"exitCode\":" + EXIT_CODE + "}\n");
    try (FileOutputStream stderr = new FileOutputStream(FileDescriptor.err)) {
      stderr.write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Nobody reads stderr; the exit code still tells.
    }
  }

  private void watch() throws InterruptedException {
    while (true) {
      clock.sleep(TICK);
      tick();
    }
  }

  /// One second of watched time.
  void tick() {
    long now = clock.nanoTime();
    totalNanos += Math.clamp(now - tickedNanos, 0, MAX_STEP_NANOS);
    watchedNanos = totalNanos;
    tickedNanos = now;
    for (SupervisedThread thread : threads) {
      thread.logWhenOverdue();
    }
  }

  /// Stops the watchdog; the threads are stopped by those who made them.
  @Override
  public void close() {
    watchdog.interrupt();
  }
}
