package dev.longshore.rulelab.ruletest;

import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;

/// A clock that stands until it is set. One thread.
final class RuleTestClock implements Clock {
  private final long startMillis;
  private long nowMillis;

  RuleTestClock(Instant start) {
    startMillis = start.toEpochMilli();
    nowMillis = startMillis;
  }

  /// Sets it forward.
  void set(Instant now) {
    nowMillis = Math.max(nowMillis, now.toEpochMilli());
  }

  @Override
  public long nanoTime() {
    return (nowMillis - startMillis) * 1_000_000;
  }

  @Override
  public long epochMillis() {
    return nowMillis;
  }

  @Override
  public void sleep(Duration duration) {
    nowMillis += Math.max(0, duration.toMillis());
  }
}
