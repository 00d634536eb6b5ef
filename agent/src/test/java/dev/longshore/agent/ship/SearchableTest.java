package dev.longshore.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.ContainerRef;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What was acknowledged counts as not searchable for the refresh interval and a margin, and not
/// for much longer.
class SearchableTest {
  private static final ContainerRef CHECKOUT =
      new ContainerRef("shop", "checkout-7d9f", "0f1e2d3c-4b5a", "app");
  private static final ContainerRef CART = new ContainerRef("shop", "cart-51c2", "9a8b", "app");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final long MILLI = Duration.ofMillis(1).toNanos();

  @Test
  void namesTheLowestOfTheLastTwoSeconds() {
    Searchable searchable = new Searchable();
    searchable.acknowledged(CHECKOUT, 500, SECOND, 0);
    searchable.acknowledged(CHECKOUT, 900, SECOND, 1_000 * MILLI);
    searchable.acknowledged(CHECKOUT, 700, SECOND, 1_000 * MILLI);

    assertThat(searchable.lowestNanos(1_999 * MILLI)).isEqualTo(Map.of(CHECKOUT, 500L));
    assertThat(searchable.lowestNanos(2_999 * MILLI)).isEqualTo(Map.of(CHECKOUT, 700L));
    assertThat(searchable.lowestNanos(3_300 * MILLI)).isEmpty();
  }

  @Test
  void forgetsOldTimesAsTimePasses() {
    Searchable searchable = new Searchable();
    for (long second = 0; second < 100; second++) {
      searchable.acknowledged(CHECKOUT, 1_000 + second, SECOND, second * 1_000 * MILLI);
      assertThat(searchable.lowestNanos(second * 1_000 * MILLI).get(CHECKOUT))
          .isGreaterThanOrEqualTo(997 + second);
    }
  }

  @Test
  void keepsContainersApart() {
    Searchable searchable = new Searchable();
    searchable.acknowledged(CHECKOUT, 900, SECOND, 0);
    searchable.acknowledged(CART, 5, SECOND, 0);
    searchable.acknowledged(CHECKOUT, 800, SECOND, 300 * MILLI);
    assertThat(searchable.lowestNanos(500 * MILLI)).isEqualTo(Map.of(CHECKOUT, 800L, CART, 5L));
  }

  @Test
  void waitsForTheRefreshIntervalOfTheIndex() {
    Searchable searchable = new Searchable();
    searchable.acknowledged(CHECKOUT, 500, Duration.ofSeconds(30), 0);
    searchable.acknowledged(CART, 5, SECOND, 0);

    assertThat(searchable.lowestNanos(3_000 * MILLI)).isEqualTo(Map.of(CHECKOUT, 500L));
    assertThat(searchable.lowestNanos(30_900 * MILLI)).isEqualTo(Map.of(CHECKOUT, 500L));
    assertThat(searchable.lowestNanos(31_600 * MILLI)).isEmpty();
  }
}
