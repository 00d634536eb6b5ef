package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A request whose expressions take too long is refused, and does not hold a thread.
final class FilterTimeTest {
  @Test
  void itIsRefusedWhenItsTimeIsOver() throws ApiException {
    ManualClock clock = new ManualClock();
    FilterTime time = new FilterTime(clock);
    clock.advance(FilterTime.MOST);
    time.check();
    clock.advance(Duration.ofMillis(1));
    assertThatThrownBy(time::check)
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("take more than 5 s");
  }
}
