package dev.longshore.gotemplate;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Numbers for people, as Prometheus and Alertmanager write them.
final class Humanize {
  private static final String[] LARGE = {"k", "M", "G", "T", "P", "E", "Z", "Y"};
  private static final String[] LARGE_BINARY = {"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};
  private static final String[] SMALL = {"m", "u", "n", "p", "f", "a", "z", "y"};
  private static final double NANOS = 1e9;

  private Humanize() {}

  /// The number that a value is; texts are read.
  static double number(@Nullable Object value) throws TemplateException {
    return switch (Values.plain(value)) {
      case Double number -> number;
      case Long number -> number;
      case String text -> Numbers.parse(text);
      case Duration duration -> GoTime.seconds(duration);
      case null, default ->
          throw new TemplateException("can't convert " + Values.type(value) + " to float");
    };
  }

  /// `1.235M`.
  static String decimal(double number) {
    if (number == 0 || !Double.isFinite(number)) {
      return digits(number);
    }
    return Math.abs(number) >= 1 ? divided(number, 1000, LARGE) : multiplied(number);
  }

  /// `1.177Mi`.
  static String binary(double number) {
    return Math.abs(number) <= 1 || !Double.isFinite(number)
        ? digits(number)
        : divided(number, 1024, LARGE_BINARY);
  }

  private static String divided(double number, double step, String[] units) {
    String unit = "";
    double scaled = number;
    for (int i = 0; i < units.length && Math.abs(scaled) >= step; i++) {
      unit = units[i];
      scaled /= step;
    }
    return digits(scaled) + unit;
  }

  private static String multiplied(double number) {
    String unit = "";
    double scaled = number;
    for (int i = 0; i < SMALL.length && Math.abs(scaled) < 1; i++) {
      unit = SMALL[i];
      scaled *= 1000;
    }
    return digits(scaled) + unit;
  }

  /// `14d 6h 56m 7s`, of seconds.
  static String duration(double given) {
    if (!Double.isFinite(given)) {
      return digits(given);
    }
    if (given == 0) {
      return digits(given) + "s";
    }
    if (Math.abs(given) < 1) {
      return multiplied(given) + "s";
    }
    String sign = given < 0 ? "-" : "";
    long whole = (long) Math.abs(given);
    long minutes = whole / 60 % 60;
    long hours = whole / 3600 % 24;
    long days = whole / 86400;
    String seconds = whole % 60 + "s";
    if (days != 0) {
      return sign + days + "d " + hours + "h " + minutes + "m " + seconds;
    }
    if (hours != 0) {
      return sign + hours + "h " + minutes + "m " + seconds;
    }
    if (minutes != 0) {
      return sign + minutes + "m " + seconds;
    }
    return sign + digits(Math.abs(given)) + "s";
  }

  /// `12.35%`, of a ratio.
  static String percentage(double ratio) {
    return digits(ratio * 100) + "%";
  }

  /// `2015-06-23 13:19:44.128 +0000 UTC`, of seconds since 1970.
  static String timestamp(double seconds) throws TemplateException {
    return Double.isFinite(seconds) ? GoTime.text(time(seconds)) : digits(seconds);
  }

  /// The time of seconds since 1970, to the millisecond.
  static Instant time(double seconds) throws TemplateException {
    long nanos = nanos(seconds, "timestamp");
    return Instant.ofEpochMilli(nanos / 1_000_000);
  }

  static Duration ofSeconds(double seconds) throws TemplateException {
    return Duration.ofNanos(nanos(seconds, "duration"));
  }

  private static long nanos(double seconds, String what) throws TemplateException {
    if (!Double.isFinite(seconds)) {
      throw new TemplateException("value is NaN or Inf");
    }
    double nanos = seconds * NANOS;
    if (Math.abs(nanos) > Long.MAX_VALUE) {
      throw new TemplateException(
          Floats.shortest(seconds)
              + " cannot be represented as a nanoseconds "
              + what
              + " since it overflows int64");
    }
    return (long) nanos;
  }

  /// Four significant digits.
  private static String digits(double number) {
    return Floats.format(number, 'g', 4, false);
  }
}
