package dev.longshore.rulelab.ruletest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The notation of promtool's unit tests means what promtool's documentation says.
final class SeriesValuesTest {
  @Test
  void readsWhatThePageOfPromtoolShows() {
    assertThat(SeriesValues.parse("-2+4x3")).containsExactly(-2, 2, 6, 10);
    assertThat(SeriesValues.parse("1-2x4")).containsExactly(1, -1, -3, -5, -7);
    assertThat(SeriesValues.parse("1x4")).containsExactly(1, 1, 1, 1, 1);
    assertThat(SeriesValues.parse("1 1.5e2 Inf")).containsExactly(1, 150, Double.POSITIVE_INFINITY);
    assertThat(SeriesValues.parse("")).isEmpty();
  }

  @Test
  void tellsAValueThatIsNotThereFromOneThatIsNoNumber() {
    double[] values = SeriesValues.parse("1 _x3 stale NaN");
    assertThat(values).hasSize(6);
    assertThat(SeriesValues.isAbsent(values[1])).isTrue();
    assertThat(SeriesValues.isAbsent(values[3])).isTrue();
    assertThat(SeriesValues.isAbsent(values[4])).isTrue();
    assertThat(SeriesValues.isAbsent(values[5])).isFalse();
    assertThat(values[5]).isNaN();
  }

  @Test
  void refusesWhatIsNoValue() {
    assertThatThrownBy(() -> SeriesValues.parse("1 two")).hasMessageContaining("'two' is no value");
    assertThatThrownBy(() -> SeriesValues.parse("1x999999999")).hasMessageContaining("100000");
    assertThatThrownBy(() -> SeriesValues.parse("_+1x3")).hasMessageContaining("not there");
  }
}
