package dev.longshore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Time stands still until the test moves it; then sleepers wake, and only those whose time has
/// come.
class ManualClockTest {
  private final ManualClock clock = new ManualClock();

  @Test
  void movesBothClocksTogether() {
    long before = clock.nanoTime();
    clock.advance(Duration.ofMillis(1500));

    assertThat(clock.nanoTime() - before).isEqualTo(1_500_000_000);
    assertThat(clock.now()).isEqualTo(ManualClock.START.plusMillis(1500));
  }

  @Test
  void jumpsTheWallClockAlone() {
    clock.jumpWallClock(Duration.ofHours(-2));

    assertThat(clock.nanoTime()).isZero();
    assertThat(clock.now()).isEqualTo(ManualClock.START.minus(Duration.ofHours(2)));
  }

  @Test
  void wakesTheSleepersWhoseTimeHasCome() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> soon = threads.submit(() -> sleep(Duration.ofSeconds(1)));
      Future<?> later = threads.submit(() -> sleep(Duration.ofSeconds(3)));
      clock.awaitSleepers(2);

      clock.advance(Duration.ofSeconds(1));
      soon.get(10, TimeUnit.SECONDS);
      assertThat(later.isDone()).isFalse();

      clock.advance(Duration.ofSeconds(2));
      later.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void doesNotSleepForNothing() throws InterruptedException {
    clock.sleep(Duration.ZERO);
    clock.sleep(Duration.ofSeconds(-1));

    assertThat(clock.nanoTime()).isZero();
  }

  @Test
  void endsASleepWhenTheThreadIsInterrupted() throws Exception {
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread sleeper =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    clock.sleep(Duration.ofDays(1));
                    interrupted.complete(false);
                  } catch (InterruptedException e) {
                    interrupted.complete(true);
                  }
                });
    clock.awaitSleepers(1);

    sleeper.interrupt();

    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void refusesToGoBack() {
    assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private boolean sleep(Duration duration) throws InterruptedException {
    clock.sleep(duration);
    return true;
  }
}
