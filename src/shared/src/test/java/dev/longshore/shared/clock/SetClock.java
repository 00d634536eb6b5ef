package dev.longshore.shared.clock;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still until it is set. The testkit's is built after this module.
public final class SetClock implements Clock {
  private final AtomicLong nanos = new AtomicLong();

  public void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public long epochMillis() {
    return nanos.get() / 1_000_000;
  }

  @Override
  public void sleep(Duration duration) {
    throw new UnsupportedOperationException("nothing sleeps here");
  }
}
