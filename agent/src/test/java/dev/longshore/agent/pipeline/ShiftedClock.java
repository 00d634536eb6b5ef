package dev.longshore.agent.pipeline;

import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// The machine's clock, with leaps: for code that runs on threads of its own and also waits for
/// hours.
final class ShiftedClock implements TestClock {
  private final Clock real = Clock.system();
  private final AtomicLong leaptNanos = new AtomicLong();
  private final AtomicLong wallMillis = new AtomicLong();

  @Override
  public void leap(Duration time) {
    leaptNanos.addAndGet(time.toNanos());
  }

  @Override
  public void jumpWallClock(Duration time) {
    wallMillis.addAndGet(time.toMillis());
  }

  @Override
  public long nanoTime() {
    return real.nanoTime() + leaptNanos.get();
  }

  @Override
  public long epochMillis() {
    return real.epochMillis() + leaptNanos.get() / 1_000_000 + wallMillis.get();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    real.sleep(duration);
  }
}
