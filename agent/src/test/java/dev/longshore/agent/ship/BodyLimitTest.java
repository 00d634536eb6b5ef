package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Bodies become smaller until they get through, and as large again as the server takes them.
class BodyLimitTest {
  private static final long MAX = 2 << 20;
  private static final long LATER = BodyLimit.REMEMBERED.toNanos();

  private final BodyLimit limit = new BodyLimit(MAX);

  /// What the limit is after so many bodies, as long as may be, of which the server answers those
  /// that are no longer than it bears.
  private long after(int bodies, long bearableBytes, long nowNanos) {
    for (int i = 0; i < bodies; i++) {
      long body = limit.bytes(nowNanos);
      if (body <= bearableBytes) {
        limit.succeeded(body);
      } else {
        limit.failed(body, nowNanos);
      }
    }
    return limit.bytes(nowNanos);
  }

  @Test
  void oneFailureChangesNothing() {
    limit.failed(MAX, 0);

    assertThat(limit.bytes(0)).isEqualTo(MAX);
  }

  @Test
  void isHalvedUntilABodyGetsThrough() {
    assertThat(after(20, 300_000, 0)).isEqualTo(MAX / 8);
  }

  @Test
  void triesALengthThatFailedAgainOnlyLater() {
    after(20, 300_000, 0);

    limit.succeeded(MAX / 8);
    limit.succeeded(MAX / 8);
    assertThat(limit.bytes(LATER - 1)).isEqualTo(MAX / 8);
    assertThat(limit.bytes(LATER)).isEqualTo(MAX / 4);
  }

  @Test
  void growsBackAtOnceWhenTheServerWasOnlyAway() {
    assertThat(after(30, 0, 0)).isEqualTo(BodyLimit.LEAST_AFTER_FAILURES_BYTES);

    assertThat(after(8, MAX, 1)).isEqualTo(MAX);
  }

  @Test
  void smallBodiesThatGetThroughSayNothingOfLargeOnes() {
    after(30, 0, 0);
    limit.succeeded(100);

    assertThat(limit.bytes(1)).isEqualTo(BodyLimit.LEAST_AFTER_FAILURES_BYTES);
  }

  @Test
  void aRefusedLengthIsNotReachedAgainBefore() {
    limit.lower(MAX, 0);
    limit.succeeded(MAX / 2);

    assertThat(limit.bytes(LATER - 1)).isEqualTo(MAX / 2);
    assertThat(limit.bytes(LATER)).isEqualTo(MAX);
  }

  @Test
  void growsBackAtOnceWhenWhatWasRefusedDownToSingleRecordsGetsThrough() {
    long body = MAX;
    while (body > 300) {
      limit.lower(body, 0);
      body = limit.bytes(0);
    }
    limit.refused(300);

    limit.succeeded(200);
    assertThat(limit.bytes(1)).as("less than was refused says nothing").isLessThan(300);
    limit.succeeded(300);
    assertThat(after(14, MAX, 1)).isEqualTo(MAX);
  }

  @Test
  void aRecordThatIsTooLongForTheServerLowersNoOtherBody() {
    limit.refused(MAX);
    limit.succeeded(MAX / 2);

    assertThat(limit.bytes(0)).isEqualTo(MAX);
  }
}
