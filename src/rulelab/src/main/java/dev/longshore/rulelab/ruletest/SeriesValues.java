package dev.longshore.rulelab.ruletest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The values of a series as promtool's tests write them: `1 2 3`, `1+2x3` for 1 3 5 7, `5-1x2` for
/// 5 4 3, `7x3` for 7 7 7 7, `_` for none, `_x3` for three times none, `stale` for none
/// ([reference](https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series)).
final class SeriesValues {
  static final int MOST = 100_000;

  /// There is no value; a NaN that no arithmetic makes.
  static final double ABSENT = Double.longBitsToDouble(0x7ff0000000000002L);

  private static final String NUMBER = "[+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|Inf|inf|NaN|nan)";
  private static final Pattern TOKEN =
      Pattern.compile(
          "(_|stale|" + NUMBER + ")(?:([+-](?:[0-9.]+(?:[eE][+-]?[0-9]+)?))?x([0-9]+))?");

  private SeriesValues() {}

  static boolean isAbsent(double value) {
    return Double.doubleToRawLongBits(value) == Double.doubleToRawLongBits(ABSENT);
  }

  /// @throws IllegalArgumentException that names the word that is wrong
  static double[] parse(String text) {
    List<Double> values = new ArrayList<>();
    for (String word : text.strip().split("\\s+", -1)) {
      if (word.isEmpty()) {
        continue;
      }
      Matcher token = TOKEN.matcher(word);
      if (!token.matches()) {
        throw new IllegalArgumentException(
            "'" + word + "' is no value; write 5, 1+2x3, 7x3, _ or _x3");
      }
      boolean absent = token.group(1).equals("_") || token.group(1).equals("stale");
      double value = absent ? ABSENT : number(token.group(1), word);
      String step = token.group(2);
      if (absent && step != null) {
        throw new IllegalArgumentException("'" + word + "' adds to a value that is not there");
      }
      double add = step == null ? 0 : number(step, word);
      int times = token.group(3) == null ? 0 : count(token.group(3), word);
      // `_x3` is three values; `5x3` is 5 and three more.
      int last = absent && token.group(3) != null ? times - 1 : times;
      if (values.size() + (long) last >= MOST) {
        throw new IllegalArgumentException("there are more than " + MOST + " values");
      }
      for (int i = 0; i <= last; i++) {
        values.add(absent ? ABSENT : value + i * add);
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static int count(String text, String word) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + word + "' repeats too often", e);
    }
  }

  private static double number(String text, String word) {
    String bare = text.replaceFirst("^[+-]", "");
    double sign = text.startsWith("-") ? -1 : 1;
    if (bare.equalsIgnoreCase("inf")) {
      return sign * Double.POSITIVE_INFINITY;
    }
    if (bare.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + word + "' is no value", e);
    }
  }
}
