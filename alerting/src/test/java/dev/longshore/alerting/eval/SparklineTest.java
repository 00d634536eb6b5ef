package dev.longshore.alerting.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Promise: any values become a line with a sign for each, the least at the bottom, the most on
/// top.
final class SparklineTest {

  @Test
  void goesFromTheLeastToTheMost() {
    assertThat(Sparkline.of(new double[] {0, 1, 2, 3, 4, 5, 6, 7})).isEqualTo("▁▂▃▄▅▆▇█");
    assertThat(Sparkline.of(new double[] {-7, 7, 0})).isEqualTo("▁█▅");
  }

  @Test
  void whatIsNoNumberIsAGapAndWhatIsInfiniteIsAtTheEdge() {
    assertThat(Sparkline.of(new double[] {Double.NaN, 1, Double.POSITIVE_INFINITY, 2}))
        .isEqualTo("\u2007▁██");
    assertThat(Sparkline.of(new double[] {Double.NEGATIVE_INFINITY})).isEqualTo("▁");
    assertThat(Sparkline.of(new double[] {})).isEmpty();
  }

  @Test
  void levelLinesAreLevel() {
    assertThat(Sparkline.of(new double[] {0, 0})).isEqualTo("▁▁");
    assertThat(Sparkline.of(new double[] {3, 3})).isEqualTo("▄▄");
  }

  @Test
  void valuesWhoseDistanceNoDoubleHoldsAreDrawn() {
    assertThat(Sparkline.of(new double[] {-Double.MAX_VALUE, 0, Double.MAX_VALUE}))
        .isEqualTo("▁▅█");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "0.05, 0.05",
    "0.0123456, 0.0123",
    "1234.5, 1230",
    "9999999, 10000000",
    "4563000000, 4.56e9",
    "0.00001, 1e-5",
    "NaN, NaN",
    "Infinity, +Inf",
    "-2.5, -2.5"
  })
  void figuresHaveThreeDigits(double value, String text) {
    assertThat(Sparkline.shortened(value)).isEqualTo(text);
  }
}
