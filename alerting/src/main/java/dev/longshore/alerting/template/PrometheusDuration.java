package dev.longshore.alerting.template;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as Prometheus writes them: `1d12h`, `90s`, `0`; a day has 24 hours, a week 7 days, a
/// year 365.
public final class PrometheusDuration {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");
  private static final long[] MILLIS = {
    365L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1
  };

  /// Go's durations end there, after 292 years.
  private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;

  private static final int MAX_LENGTH = 100;

  private PrometheusDuration() {}

  /// A duration from its text.
  ///
  /// @throws IllegalArgumentException with Prometheus' words and what would be accepted
  public static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty duration string; write `5m` or `1h30m`");
    }
    Matcher matcher = text.length() > MAX_LENGTH ? null : FORM.matcher(text);
    if (matcher == null || !matcher.matches()) {
      throw new IllegalArgumentException(
          "not a valid duration string: "
              + Quote.quote(text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text)
              + "; write `30s`, `5m`, `1h30m`: whole numbers with y, w, d, h, m, s, ms, in this"
              + " order");
    }
    long millis = 0;
    for (int i = 0; i < MILLIS.length; i++) {
      millis = sum(millis, matcher.group(i + 1), MILLIS[i]);
    }
    return Duration.ofMillis(millis);
  }

  private static long sum(long millis, @Nullable String number, long unit) {
    if (number == null) {
      return millis;
    }
    try {
      long sum = Math.addExact(millis, Math.multiplyExact(Long.parseLong(number), unit));
      if (sum <= MAX_MILLIS) {
        return sum;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Told below.
    }
    throw new IllegalArgumentException("duration out of range; at most 292y are accepted");
  }

  /// A duration as Prometheus writes it: the largest units that leave whole numbers.
  public static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    // Weeks and years are written when nothing is left, as Prometheus does.
    String[] units = {"y", "w", "d", "h", "m", "s", "ms"};
    for (int i = 0; i < units.length; i++) {
      boolean exactOnly = i < 3;
      if (exactOnly && millis % MILLIS[i] != 0) {
        continue;
      }
      long count = millis / MILLIS[i];
      if (count > 0) {
        text.append(count).append(units[i]);
        millis -= count * MILLIS[i];
      }
    }
    return text.toString();
  }
}
