package dev.longshore.alerting.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Times in the API: RFC 3339, written in UTC with milliseconds.
final class ApiTime {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /// Go's zero time, which clients send for "none".
  private static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

  private ApiTime() {}

  static String text(Instant time) {
    return MILLIS.format(time);
  }

  /// Whether a client means that it gave no time.
  static boolean isNone(Instant time) {
    return time.equals(ZERO);
  }

  /// @throws ApiException when it is not RFC 3339
  static Instant parse(String name, String text) throws ApiException {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text);
      // Years have four digits in RFC 3339, and more in Java.
      if (time.getYear() >= 1 && time.getYear() <= 9999) {
        return time.toInstant();
      }
    } catch (DateTimeException e) {
      throw refused(name, text);
    }
    throw refused(name, text);
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
