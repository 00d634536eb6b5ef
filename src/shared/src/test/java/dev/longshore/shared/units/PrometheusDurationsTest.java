package dev.longshore.shared.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A duration of a rule file or of an Alertmanager file means here what it means there.
final class PrometheusDurationsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0s, 0",
    "324ms, 324",
    "3s, 3000",
    "5m, 300000",
    "1h30m, 5400000",
    "4d, 345600000",
    "3w, 1814400000",
    "1y, 31536000000",
    "3w2d1h, 1990800000",
    "1h0m5s, 3605000"
  })
  void reads(String text, long millis) {
    assertThat(PrometheusDurations.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "300000, 5m",
    "5400000, 1h30m",
    "345600000, 4d",
    "1814400000, 3w",
    "1990800000, 553h",
    "90061001, 25h1m1s1ms"
  })
  void writesAsPrometheusDoes(long millis, String text) {
    assertThat(PrometheusDurations.format(Duration.ofMillis(millis))).isEqualTo(text);
    assertThat(PrometheusDurations.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-1s", "1.5h", "30m1h", "5 m", "1d1d", "PT5M", "m"})
  void refuses(String text) {
    assertThatThrownBy(() -> PrometheusDurations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a valid duration string: \"" + text + "\"");
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> PrometheusDurations.parse("99999999999999999999y"))
        .hasMessageContaining("duration out of range");
    assertThatThrownBy(() -> PrometheusDurations.parse("1".repeat(1_000) + "s"))
        .hasMessageContaining("not a valid duration string")
        .message()
        .hasSizeLessThan(300);
    assertThatThrownBy(() -> PrometheusDurations.parse(""))
        .hasMessageContaining("empty duration string");
  }
}
