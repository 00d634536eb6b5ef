package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What was acknowledged counts as not searchable for the refresh interval and a margin, and not
/// for much longer.
class SearchableTest {
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  @Test
  void namesTheLowestOfTheLastTwoSeconds() {
    Searchable searchable = new Searchable();
    searchable.acknowledged(500, 0);
    searchable.acknowledged(900, 1_000 * MILLI);
    searchable.acknowledged(700, 1_000 * MILLI);

    assertThat(searchable.lowestNanos(1_999 * MILLI)).hasValue(500);
    assertThat(searchable.lowestNanos(2_999 * MILLI)).hasValue(700);
    assertThat(searchable.lowestNanos(3_300 * MILLI)).isEmpty();
  }

  @Test
  void forgetsOldBucketsWhenTheyComeRoundAgain() {
    Searchable searchable = new Searchable();
    for (long second = 0; second < 100; second++) {
      searchable.acknowledged(1_000 + second, second * 1_000 * MILLI);
      assertThat(searchable.lowestNanos(second * 1_000 * MILLI).getAsLong())
          .isGreaterThanOrEqualTo(997 + second);
    }
  }
}
