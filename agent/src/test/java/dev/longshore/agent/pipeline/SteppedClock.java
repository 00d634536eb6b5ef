package dev.longshore.agent.pipeline;

import java.time.Duration;
import java.time.Instant;

/// Time that passes only when somebody says so, or sleeps. One thread.
final class SteppedClock implements TestClock {
  private static final Instant START = Instant.parse("2026-11-23T06:00:00Z");

  private long elapsedNanos;
  private long wallNanos;

  @Override
  public void leap(Duration time) {
    elapsedNanos += time.toNanos();
  }

  @Override
  public void jumpWallClock(Duration time) {
    wallNanos += time.toNanos();
  }

  @Override
  public long nanoTime() {
    return elapsedNanos;
  }

  @Override
  public long epochMillis() {
    return START.toEpochMilli() + Math.floorDiv(elapsedNanos + wallNanos, 1_000_000L);
  }

  @Override
  public void sleep(Duration duration) {
    leap(duration);
  }
}
