package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Waits double from 100 ms to 30 s, jittered, and never less than the server asked for.
class BackoffTest {
  private final Backoff backoff = new Backoff(new Random(1));

  @Test
  void doublesUpToItsLimitWithJitterOfAHalf() {
    for (int attempt = 1; attempt < 70; attempt++) {
      long full =
          Math.min(Backoff.LONGEST.toNanos(), Backoff.FIRST.toNanos() << Math.min(attempt - 1, 20));
      assertThat(backoff.nanos(attempt, null, Backoff.LONGEST)).isBetween(full / 2, full);
    }
  }

  @Test
  void waitsTwoSecondsAtMostWhereNobodyIsReached() {
    Duration longest = Backoff.LONGEST_WHILE_AWAY;

    assertThat(backoff.nanos(40, null, longest)).isBetween(1_000_000_000L, 2_000_000_000L);
    assertThat(backoff.nanos(1, null, longest)).isLessThanOrEqualTo(Backoff.FIRST.toNanos());
  }

  @Test
  void honoursWhatTheServerAsksWithinReason() {
    assertThat(backoff.nanos(1, Duration.ofSeconds(12), Backoff.LONGEST))
        .isEqualTo(12_000_000_000L);
    assertThat(backoff.nanos(1, Duration.ofDays(365), Backoff.LONGEST))
        .isEqualTo(Backoff.LONGEST_TOLD.toNanos());
    assertThat(backoff.nanos(1, Duration.ofSeconds(-5), Backoff.LONGEST))
        .isLessThanOrEqualTo(100_000_000L);
  }
}
