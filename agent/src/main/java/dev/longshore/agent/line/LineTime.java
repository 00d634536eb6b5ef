package dev.longshore.agent.line;

import java.nio.charset.StandardCharsets;

/// Tells times and dates, as programs put them before their lines, from other words.
final class LineTime {
  private static final byte[] CALENDAR =
      ("jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun utc gmt cet est"
              + " pst ")
          .getBytes(StandardCharsets.US_ASCII);

  private LineTime() {}

  /// Whether the token is a time or a date: `12:00:01`, `2026-11-28`, `28/Nov/2026`, or seconds or
  /// milliseconds since the epoch.
  static boolean is(byte[] bytes, int from, int to) {
    if (to - from < 5 || !Bytes.isDigit(bytes[from])) {
      return from + 3 < to && isCalendar(bytes, from, from + 3);
    }
    int digits = from;
    while (digits < to && Bytes.isDigit(bytes[digits])) {
      digits++;
    }
    int count = digits - from;
    if (digits == to || bytes[digits] == '.') {
      return count >= 10 && count <= 13;
    }
    byte separator = bytes[digits];
    return switch (separator) {
      case ':' ->
          count <= 2
              && digits + 2 < to
              && Bytes.isDigit(bytes[digits + 1])
              && Bytes.isDigit(bytes[digits + 2])
              && (count == 2 || (digits + 3 < to && bytes[digits + 3] == ':'));
      case '-', '/' -> (count == 4 || count == 2) && digits + 2 < to;
      case 'T' -> count == 8;
      default -> false;
    };
  }

  /// A month, a day of the week, a time zone, `am` or `pm`, in any case.
  static boolean isCalendar(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length == 2) {
      return (bytes[from + 1] | 0x20) == 'm'
          && ((bytes[from] | 0x20) == 'a' || (bytes[from] | 0x20) == 'p');
    }
    if (length != 3) {
      return false;
    }
    for (int i = 0; i < CALENDAR.length; i += 4) {
      if ((bytes[from] | 0x20) == CALENDAR[i]
          && (bytes[from + 1] | 0x20) == CALENDAR[i + 1]
          && (bytes[from + 2] | 0x20) == CALENDAR[i + 2]) {
        return true;
      }
    }
    return false;
  }
}
