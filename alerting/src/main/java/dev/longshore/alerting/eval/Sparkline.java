package dev.longshore.alerting.eval;

import java.math.BigDecimal;
import java.math.MathContext;

/// Values as a line of Unicode's block elements, `▁▂▃▅█`: a picture that every place shows which
/// shows text.
final class Sparkline {
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";

  /// As wide as a digit in most fonts, and kept at the ends of a text.
  private static final char GAP = '\u2007';

  private static final double LARGEST_PLAIN = 1e7;
  private static final double SMALLEST_PLAIN = 1e-4;

  private Sparkline() {}

  /// @param values NaN where there is none; infinite ones are at the edge
  static String of(double[] values) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      if (Double.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    StringBuilder line = new StringBuilder(values.length);
    for (double value : values) {
      line.append(Double.isNaN(value) ? GAP : BLOCKS.charAt(height(value, least, most)));
    }
    return line.toString();
  }

  /// A level line lies at the bottom where it is zero, and in the middle elsewhere.
  private static int height(double value, double least, double most) {
    int top = BLOCKS.length() - 1;
    if (Double.isInfinite(value)) {
      return value > 0 ? top : 0;
    }
    if (least == most) {
      return value == 0 ? 0 : top / 2;
    }
    // Halves first: the distance of two large values may be more than a double holds.
    double part = (value / 2 - least / 2) / (most / 2 - least / 2);
    return (int) Math.round(part * top);
  }

  /// A value with three digits: `0.0123`, `12.3`, `4.56e9`.
  static String shortened(double value) {
    if (!Double.isFinite(value)) {
      return AlertMaker.number(value);
    }
    double size = Math.abs(value);
    BigDecimal rounded = new BigDecimal(value, new MathContext(3));
    if (value == 0 || (size >= SMALLEST_PLAIN && size < LARGEST_PLAIN)) {
      return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
    return Double.toString(rounded.doubleValue()).replace(".0E", "e").replace('E', 'e');
  }
}
