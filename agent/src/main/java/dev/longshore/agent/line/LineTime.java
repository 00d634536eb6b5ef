package dev.longshore.agent.line;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Tells times and dates, as programs put them before their lines, from other words.
final class LineTime {
  private static final byte[] CALENDAR =
      ("jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun utc gmt cet est"
              + " pst dez okt mai mrz ene abr dic ")
          .getBytes(StandardCharsets.US_ASCII);

  /// Year, month, day, hour, minute and second of Chinese and Japanese, behind a number.
  private static final byte[] UNITS = "年月日时時分秒".getBytes(StandardCharsets.UTF_8);

  private LineTime() {}

  /// Behind what is a part of a date or a time in a language beyond ASCII: `2026年11月28日`, or a
  /// month between day and year, `28 дек. 2026 12:00:01`; `at` if it is none.
  static int afterLocalPart(byte[] bytes, int at, int limit) {
    if (at + 3 > limit) {
      return at;
    }
    if (Bytes.isDigit(bytes[at - 1])) {
      for (int i = 0; i < UNITS.length; i += 3) {
        if (Arrays.equals(bytes, at, at + 3, UNITS, i, i + 3)) {
          return at + 3;
        }
      }
      return at;
    }
    return afterMonth(bytes, at, limit);
  }

  /// Behind a month in any language, between the day and a year that a time follows, or `at`.
  private static int afterMonth(byte[] bytes, int at, int limit) {
    int i = at;
    while (i < limit && (bytes[i] < 0 || Bytes.isLetter(bytes[i]))) {
      i++;
    }
    int year = i < limit && bytes[i] == '.' ? i + 2 : i + 1;
    boolean stands =
        year + 7 < limit
            && Bytes.isDigit(bytes[Math.max(at - 2, 0)])
            && bytes[year - 1] == ' '
            && Bytes.isDigit(bytes[year])
            && bytes[year + 4] == ' '
            && bytes[year + 7] == ':';
    return stands ? year - 1 : at;
  }

  /// Whether the token is a time or a date: `12:00:01`, `2026-11-28`, `28/Nov/2026`, `2026.11.28`,
  /// or seconds or milliseconds since the epoch.
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
      boolean date = count == 4 && digits + 3 < to && bytes[digits + 3] == '.';
      return date || (count >= 10 && count <= 13);
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
