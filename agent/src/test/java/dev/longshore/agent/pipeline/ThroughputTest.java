package dev.longshore.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ThroughputTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final long STEP_NANOS = Duration.ofMillis(50).toNanos();

  private long nowNanos;
  private final Throughput throughput = new Throughput(nowNanos);

  @Test
  void itFollowsWhatLeavesTheQueue() {
    pass(Duration.ofSeconds(20), 50_000, true);
    assertThat(perSecond()).isCloseTo(1_000_000, within(1_000L));
    pass(Duration.ofSeconds(2), 5_000, true);
    assertThat(perSecond()).isBetween(400_000L, 460_000L);
    pass(Duration.ofSeconds(20), 5_000, true);
    assertThat(perSecond()).isCloseTo(100_000, within(1_000L));
  }

  @Test
  void aReplyThatFreesManySecondsAtOnceIsNoSpeed() {
    pass(Duration.ofSeconds(20), 50_000, true);
    nowNanos += STEP_NANOS;
    throughput.look(1_000_000, true, nowNanos);
    nowNanos += STEP_NANOS;
    throughput.look(0, true, nowNanos);
    assertThat(perSecond()).isLessThan(1_600_000);
  }

  @Test
  void aQueueThatIsEmptySaysNothingOfItsSpeed() {
    pass(Duration.ofSeconds(20), 50_000, true);
    pass(Duration.ofMinutes(5), 10, false);
    assertThat(perSecond()).isCloseTo(1_000_000, within(1_000L));
  }

  private void pass(Duration time, long bytesPerStep, boolean waiting) {
    for (long end = nowNanos + time.toNanos(); nowNanos < end; ) {
      nowNanos += STEP_NANOS;
      throughput.look(bytesPerStep, waiting, nowNanos);
    }
  }

  private long perSecond() {
    return throughput.bytesIn(SECOND);
  }
}
