package dev.longshore.shared.units;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How people write a [Duration]: whole numbers with units, the larger unit first, such as `500ms`,
/// `30s`, `1h30m` or `14d`. The units are `d h m s ms us ns`; a day has 24 hours.
public final class Durations {

  /// The longest that is accepted, 100 years: its nanoseconds fit a long many times over.
  public static final Duration LONGEST = Duration.ofDays(36_500);

  private static final String[] UNITS = {"d", "h", "m", "s", "ms", "us", "ns"};
  private static final long[] UNIT_NANOS = {
    86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
  };

  private Durations() {}

  /// Reads a duration; without a unit it is none, except `0`.
  ///
  /// @throws IllegalArgumentException when the text is anything else, or above [#LONGEST]
  public static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    long nanos = 0;
    int nextUnit = 0;
    int at = 0;
    do {
      int number = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      int name = at;
      while (at < text.length() && !isDigit(text.charAt(at))) {
        at++;
      }
      int unit = unit(text.substring(name, at));
      if (number == name || unit < nextUnit) {
        throw new IllegalArgumentException(
            "not a duration: '"
                + text
                + "'; write numbers with units, such as 500ms, 30s or 1h30m");
      }
      nextUnit = unit + 1;
      nanos = add(text, nanos, text.substring(number, name), UNIT_NANOS[unit]);
    } while (at < text.length());
    return Duration.ofNanos(nanos);
  }

  private static long add(String text, long nanos, String number, long unitNanos) {
    try {
      long sum = Math.addExact(nanos, Math.multiplyExact(Long.parseLong(number), unitNanos));
      if (sum <= LONGEST.toNanos()) {
        return sum;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw tooLong(text, e);
    }
    throw tooLong(text, null);
  }

  private static IllegalArgumentException tooLong(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "a duration above " + format(LONGEST) + ": '" + text + "'", cause);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int unit(String name) {
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /// The text of a duration, which [#parse] reads back: `1h30m`, `14d`, `0s`.
  ///
  /// @throws IllegalArgumentException when it is negative
  public static String format(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "a duration in configuration is not negative: " + duration);
    }
    long rest = duration.toNanos();
    if (rest == 0) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < UNITS.length; i++) {
      long count = rest / UNIT_NANOS[i];
      if (count > 0) {
        text.append(count).append(UNITS[i]);
        rest -= count * UNIT_NANOS[i];
      }
    }
    return text.toString();
  }
}
