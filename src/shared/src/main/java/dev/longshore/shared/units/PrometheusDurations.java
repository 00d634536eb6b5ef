package dev.longshore.shared.units;

import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Prometheus and Alertmanager write them: `1h30m`, `2w`, `500ms`, `0`; a day is 24 h,
/// a week 7 days, a year 365 days (`model.ParseDuration` of prometheus/common).
public final class PrometheusDurations {
  private static final Pattern TEXT =
      Pattern.compile(
          "(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");

  /// Milliseconds of each unit, largest first.
  private static final long[] MILLIS = {
    365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1
  };

  private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};

  /// As in Go, where a duration has 63 bits of nanoseconds.
  private static final BigInteger LONGEST_MILLIS = BigInteger.valueOf(Long.MAX_VALUE / 1_000_000);

  /// No duration needs more characters; a longer text is shown shortened.
  private static final int MAX_CHARACTERS = 100;

  private PrometheusDurations() {}

  /// Reads a duration.
  ///
  /// @throws IllegalArgumentException with Prometheus' words and what would be accepted, when it is
  ///   none, or longer than about 292 years
  public static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty duration string; write `5m` or `1h30m`");
    }
    boolean isLong = text.length() > MAX_CHARACTERS;
    Matcher matcher = TEXT.matcher(text);
    if (isLong || !matcher.matches()) {
      throw new IllegalArgumentException(
          "not a valid duration string: \""
              + (isLong ? text.substring(0, MAX_CHARACTERS) : text)
              + "\"; write `30s`, `5m`, `1h30m`: whole numbers with y, w, d, h, m, s, ms, in this"
              + " order");
    }
    BigInteger millis = BigInteger.ZERO;
    for (int i = 0; i < MILLIS.length; i++) {
      String count = matcher.group(i + 1);
      if (count != null) {
        millis = millis.add(new BigInteger(count).multiply(BigInteger.valueOf(MILLIS[i])));
      }
    }
    if (millis.compareTo(LONGEST_MILLIS) > 0) {
      throw new IllegalArgumentException("duration out of range; at most 292y are accepted");
    }
    return Duration.ofMillis(millis.longValueExact());
  }

  /// Text that [#parse] reads back, in whole milliseconds, as Prometheus writes it: years and weeks
  /// only where nothing is left over.
  public static String format(Duration duration) {
    long left = duration.toMillis();
    if (left == 0) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < MILLIS.length; i++) {
      boolean exact = i < 3;
      if (left >= MILLIS[i] && !(exact && left % MILLIS[i] != 0)) {
        text.append(left / MILLIS[i]).append(UNITS[i]);
        left %= MILLIS[i];
      }
    }
    return text.toString();
  }
}
