package dev.longshore.shared.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A duration reads as people write it, and what is printed reads back as the same duration.
class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "0, PT0S, 0s",
    "0s, PT0S, 0s",
    "500ms, PT0.5S, 500ms",
    "30s, PT30S, 30s",
    "5m, PT5M, 5m",
    "90m, PT1H30M, 1h30m",
    "1h30m, PT1H30M, 1h30m",
    "14d, P14D, 14d",
    "1d2h3m4s5ms6us7ns, P1DT2H3M4.005006007S, 1d2h3m4s5ms6us7ns",
    "36500d, P36500D, 36500d",
  })
  void readsAndPrintsExactly(String text, Duration duration, String printed) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
    assertThat(Durations.format(duration)).isEqualTo(printed);
    assertThat(Durations.parse(printed)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "s",
        "-5s",
        "1.5h",
        "5 s",
        "5S",
        "30m1h",
        "1h1h",
        "PT5S",
        "1w",
        "36501d",
        "99999999999999999999s",
        "9223372036854775807d",
        "٣s"
      })
  void refusesWhatIsNotExactlyADuration(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessageContaining("'" + text + "'");
  }
}
