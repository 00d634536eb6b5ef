package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A clock that moves only when a test says so. Safe for use by any thread; sleepers whose time has
/// come wake on [#advance].
public final class ManualClock implements Clock {

  /// The wall clock's first reading.
  public static final Instant START = Instant.parse("2026-11-23T06:00:00Z");

  /// How long [#awaitSleepers] gives the code under test, in seconds of the machine's own time.
  private static final long AWAIT_SECONDS = 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private long elapsedNanos;
  private long wallOffsetNanos;
  private final List<Long> deadlinesNanos = new ArrayList<>(); // one for each sleeper

  public ManualClock() {}

  /// Lets time pass, for the monotonic and the wall clock alike.
  ///
  /// @throws IllegalArgumentException when the duration is negative
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("monotonic time does not go back: " + duration);
    }
    lock.lock();
    try {
      elapsedNanos += duration.toNanos();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Sets the wall clock forward, or back with a negative duration; no monotonic time passes.
  public void jumpWallClock(Duration duration) {
    lock.lock();
    try {
      wallOffsetNanos += duration.toNanos();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until at least `count` threads are in [#sleep] whose time has not come, so that a test
  /// advances only when the code under test waits. One that [#advance] woke and that has not run
  /// yet does not count.
  ///
  /// @throws TimeoutException when that takes more than 10 s
  public void awaitSleepers(int count) throws InterruptedException, TimeoutException {
    lock.lockInterruptibly();
    try {
      long leftNanos = TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
      while (sleepers() < count) {
        if (leftNanos <= 0) {
          throw new TimeoutException(
              sleepers() + " threads sleep on this clock after 10 s, expected " + count);
        }
        leftNanos = changed.awaitNanos(leftNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private int sleepers() {
    int sleepers = 0;
    for (long deadlineNanos : deadlinesNanos) {
      if (deadlineNanos > elapsedNanos) {
        sleepers++;
      }
    }
    return sleepers;
  }

  @Override
  public long nanoTime() {
    lock.lock();
    try {
      return elapsedNanos;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long epochMillis() {
    lock.lock();
    try {
      return START.toEpochMilli() + Math.floorDiv(elapsedNanos + wallOffsetNanos, 1_000_000L);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long deadlineNanos = elapsedNanos + Math.max(0, duration.toNanos());
      if (elapsedNanos >= deadlineNanos) {
        return;
      }
      deadlinesNanos.add(deadlineNanos);
      changed.signalAll();
      try {
        while (elapsedNanos < deadlineNanos) {
          changed.await();
        }
      } finally {
        deadlinesNanos.remove((Long) deadlineNanos);
      }
    } finally {
      lock.unlock();
    }
  }
}
