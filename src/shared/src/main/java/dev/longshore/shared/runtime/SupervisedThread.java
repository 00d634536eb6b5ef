package dev.longshore.shared.runtime;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A long-lived thread under a [Supervisor].
///
/// Whoever made it starts it, and says when its work may end: with [#stopping] or [#interrupt].
/// Work that ends before is a failure of the process.
public final class SupervisedThread {
  private static final int MAX_LOGGED_FRAMES = 24;
  private static final Logger LOG = LoggerFactory.getLogger(SupervisedThread.class);

  private final Supervisor supervisor;
  private final String name;
  private final @Nullable Duration maxTurnAge;
  private final Supervisor.Work work;
  private final Thread thread;

  private volatile boolean stopping;
  private volatile long turnedNanos;

  /// Owned by the supervisor's watchdog.
  private boolean loggedOverdue;

  SupervisedThread(
      Supervisor supervisor,
      String name,
      Thread.Builder builder,
      @Nullable Duration maxTurnAge,
      Supervisor.Work work) {
    this.supervisor = supervisor;
    this.name = name;
    this.maxTurnAge = maxTurnAge;
    this.work = work;
    if (builder instanceof Thread.Builder.OfPlatform platform) {
      platform.daemon(true);
    }
    thread = builder.name(name).unstarted(this::run);
  }

  public String name() {
    return name;
  }

  /// Starts it; once.
  public void start() {
    turnedNanos = supervisor.watchedNanos();
    thread.start();
  }

  /// Reports that a turn of its loop is over: one volatile read and one volatile write. Called by
  /// the work itself, also while it has nothing to do.
  public void turned() {
    turnedNanos = supervisor.watchedNanos();
  }

  /// Lets its work end: from here on its return is no failure. What it throws still is one, but for
  /// an InterruptedException.
  public void stopping() {
    stopping = true;
  }

  /// Lets its work end and interrupts it.
  public void interrupt() {
    stopping = true;
    thread.interrupt();
  }

  public boolean isAlive() {
    return thread.isAlive();
  }

  /// Waits for its end; at once where it was never started.
  ///
  /// @return whether it has ended
  public boolean join(Duration timeout) throws InterruptedException {
    return thread.getState() == Thread.State.NEW || thread.join(timeout);
  }

  /// Since its last turn, in watched time; zero while it doesn't run.
  public Duration turnAge() {
    return runs() ? Duration.ofNanos(supervisor.watchedNanos() - turnedNanos) : Duration.ZERO;
  }

  /// How old its last turn may be; null where it reports none.
  public @Nullable Duration maxTurnAge() {
    return maxTurnAge;
  }

  /// Whether its last turn is older than it may be.
  public boolean isOverdue() {
    return maxTurnAge != null && runs() && turnAge().compareTo(maxTurnAge) > 0;
  }

  private boolean runs() {
    return !stopping && thread.isAlive();
  }

  private void run() {
    try {
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      supervisor.fail(name, e);
      return;
    }
    if (!stopping) {
      supervisor.fail(name, null);
    }
  }

  /// One line when it gets stuck, with where it stands, and one when it goes on.
  void logWhenOverdue() {
    boolean overdue = isOverdue();
    if (overdue == loggedOverdue) {
      return;
    }
    loggedOverdue = overdue;
    if (!overdue) {
      LOG.atInfo().addKeyValue("thread", name).log("a stuck thread goes on");
      return;
    }
    LOG.atError()
        .addKeyValue("thread", name)
        .addKeyValue("ageSeconds", turnAge().toSeconds())
        .addKeyValue(
            "stack",
            Arrays.stream(thread.getStackTrace())
                .limit(MAX_LOGGED_FRAMES)
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n")))
        .log("a thread is stuck: its last turn is older than it may be; /healthz fails");
  }
}
