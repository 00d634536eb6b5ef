package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The refresh interval is the server's, read again each minute, and long where it is not known.
class RefreshIntervalsTest {
  private static final String LOGS = "logs-kubernetes.container_logs-default";

  private final ManualClock clock = new ManualClock();
  private @Nullable Duration inForce = Duration.ofSeconds(30);
  private int reads;

  private final RefreshIntervals intervals =
      new RefreshIntervals(
          _ -> {
            reads++;
            if (inForce == null) {
              throw new IOException("403 security_exception");
            }
            return Optional.of(inForce);
          },
          Runnable::run,
          clock);

  @Test
  void followsWhatTheServerSaysWithinAMinute() {
    assertThat(intervals.of(LOGS)).isEqualTo(Duration.ofSeconds(30));
    inForce = Duration.ofSeconds(1);
    assertThat(intervals.of(LOGS)).isEqualTo(Duration.ofSeconds(30));
    assertThat(reads).isEqualTo(1);

    clock.advance(RefreshIntervals.READ_AGAIN);

    assertThat(intervals.of(LOGS)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void assumesALongOneWhereItIsNotKnown() {
    inForce = null;

    assertThat(intervals.of(LOGS)).isEqualTo(RefreshIntervals.UNKNOWN);
  }

  @Test
  void assumesALongOneOfAnIndexThatIsNotRefreshedByItself() {
    inForce = Duration.ofSeconds(-1);

    assertThat(intervals.of(LOGS)).isEqualTo(RefreshIntervals.NEVER);
  }
}
