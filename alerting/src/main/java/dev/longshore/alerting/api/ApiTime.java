package dev.longshore.alerting.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.regex.Pattern;

/// Times in the API: RFC 3339, written in UTC with milliseconds. Read as by Alertmanager: without
/// an offset it is UTC, and without a time of day midnight.
final class ApiTime {
  /// Go's zero time, which clients send for "none".
  static final Instant NONE = Instant.parse("0001-01-01T00:00:00Z");

  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffsetId()
          .toFormatter(Locale.ROOT);

  /// What may stand in place of `T` and of the point before the fraction.
  private static final Pattern SEPARATORS =
      Pattern.compile("(?<=^\\d{4}-\\d\\d-\\d\\d) (?=\\d)|(?<=:\\d\\d)(,)(?=\\d)");

  private ApiTime() {}

  /// Without a formatter, which would take half of the time of a long list.
  static String text(Instant time) {
    OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(24);
    digits(text, utc.getYear(), 4).append('-');
    digits(text, utc.getMonthValue(), 2).append('-');
    digits(text, utc.getDayOfMonth(), 2).append('T');
    digits(text, utc.getHour(), 2).append(':');
    digits(text, utc.getMinute(), 2).append(':');
    digits(text, utc.getSecond(), 2).append('.');
    return digits(text, utc.getNano() / 1_000_000, 3).append('Z').toString();
  }

  private static StringBuilder digits(StringBuilder text, int number, int count) {
    int divisor = 1;
    for (int i = 1; i < count; i++) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      text.append((char) ('0' + number / divisor % 10));
    }
    return text;
  }

  /// Whether a client means that it gave no time.
  static boolean isNone(Instant time) {
    return time.equals(NONE);
  }

  /// @throws ApiException when it is no such time
  static Instant parse(String name, String text) throws ApiException {
    try {
      OffsetDateTime time = offsetTime(text);
      // Years have four digits in RFC 3339, and more in Java.
      if (time.getYear() >= 1 && time.getYear() <= 9999) {
        return time.toInstant();
      }
    } catch (DateTimeException e) {
      throw refused(name, text);
    }
    throw refused(name, text);
  }

  private static OffsetDateTime offsetTime(String text) {
    return switch (FORMAT.parseBest(
        SEPARATORS.matcher(text).replaceFirst(it -> it.group(1) == null ? "T" : "."),
        OffsetDateTime::from,
        LocalDateTime::from,
        LocalDate::from)) {
      case OffsetDateTime time -> time;
      case LocalDateTime time -> time.atOffset(ZoneOffset.UTC);
      case LocalDate day -> day.atStartOfDay().atOffset(ZoneOffset.UTC);
      default -> throw new DateTimeException(text);
    };
  }

  private static ApiException refused(String name, String text) {
    return new ApiException(
        400,
        name
            + " is '"
            + (text.length() <= 60 ? text : text.substring(0, 60) + "…")
            + "', which is not a time in RFC 3339, such as 2026-11-23T06:00:00Z");
  }
}
