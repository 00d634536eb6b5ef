package dev.longshore.alerting.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// After an outage `for` goes on where Prometheus would let it go on.
final class ForRestorationTest {
  private static final Instant ACTIVE = Instant.parse("2026-11-23T06:00:00Z");
  private static final Duration HOLD = Duration.ofMinutes(30);

  @Test
  void anAlertThatHadHeldLongEnoughFiresAtOnce() {
    assertThat(activeAt(minutes(40), minutes(30), HOLD)).isEqualTo(ACTIVE);
  }

  @Test
  void downTimeIsNotCounted() {
    assertThat(activeAt(minutes(25), minutes(10), HOLD))
        .isEqualTo(ACTIVE.plus(Duration.ofMinutes(15)));
  }

  @Test
  void lessThanTheGraceIsLeftAndItFiresAfterTheGrace() {
    Instant now = minutes(26);
    assertThat(activeAt(now, minutes(20).plusMillis(1), HOLD).plus(HOLD))
        .isEqualTo(now.plus(EvalConfig.DEFAULT_FOR_GRACE));
    assertThat(activeAt(now, minutes(20), HOLD)).isEqualTo(ACTIVE.plus(Duration.ofMinutes(6)));
  }

  @Test
  void afterMoreThanTheToleranceItBeginsAnew() {
    assertThat(activeAt(minutes(70), minutes(10), HOLD))
        .isEqualTo(ACTIVE.plus(Duration.ofMinutes(60)));
    Instant later = minutes(70).plusMillis(1);
    assertThat(activeAt(later, minutes(10), HOLD)).isEqualTo(later);
  }

  @Test
  void aForBelowTheGraceBeginsAnew() {
    Instant now = minutes(12);
    assertThat(activeAt(now, minutes(8), Duration.ofMinutes(10).minusMillis(1))).isEqualTo(now);
    assertThat(activeAt(now, minutes(10), Duration.ofMinutes(10))).isEqualTo(ACTIVE);
  }

  private static Instant minutes(long minutes) {
    return ACTIVE.plus(Duration.ofMinutes(minutes));
  }

  private static Instant activeAt(Instant now, Instant seen, Duration hold) {
    return ForRestoration.activeAt(now, seen, ACTIVE, hold, EvalConfig.defaults());
  }
}
