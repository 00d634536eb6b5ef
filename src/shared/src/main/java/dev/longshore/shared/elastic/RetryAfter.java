package dev.longshore.shared.elastic;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// The header `Retry-After` of RFC 9110, section 10.2.3: seconds, or an HTTP date.
final class RetryAfter {
  /// A server, or a wrong clock, that asks for more is not believed.
  static final Duration LONGEST = Duration.ofMinutes(10);

  private RetryAfter() {}

  /// How long to wait from `now`, between nothing and [#LONGEST]; null when the header is absent or
  /// neither.
  static @Nullable Duration parse(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    String text = header.strip();
    Duration wait;
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      wait = text.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(text));
    } else {
      try {
        wait =
            Duration.between(
                now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      } catch (DateTimeException e) {
        return null;
      }
    }
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
