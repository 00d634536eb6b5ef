package dev.longshore.agent.ship.encode;

import dev.longshore.agent.line.Bytes;

/// Times as `date_nanos` takes them: RFC 3339 with an offset, 1970 to 2261, at most nine decimals.
/// What is outside is refused here because Elasticsearch would refuse the whole document.
final class Timestamps {
  /// Length of what [#write] writes.
  static final int BYTES = "1970-01-01T00:00:00.000000000Z".length();

  private static final int SECONDS_END = "1970-01-01T00:00:00".length();
  private static final int FIRST_YEAR = 1970;
  private static final int LAST_YEAR = 2261;
  private static final int LAST_ZONE_HOUR = 18;
  private static final int MAX_DECIMALS = 9;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long SECONDS_PER_DAY = 86_400;

  private Timestamps() {}

  /// Whether Elasticsearch takes the text at `at` as `@timestamp`.
  static boolean valid(byte[] bytes, int at, int length) {
    if (length <= SECONDS_END
        || bytes[at + 4] != '-'
        || bytes[at + 7] != '-'
        || bytes[at + 10] != 'T'
        || bytes[at + 13] != ':'
        || bytes[at + 16] != ':') {
      return false;
    }
    int year = two(bytes, at) * 100 + two(bytes, at + 2);
    int month = two(bytes, at + 5);
    int day = two(bytes, at + 8);
    if (two(bytes, at) < 0
        || two(bytes, at + 2) < 0
        || year < FIRST_YEAR
        || year > LAST_YEAR
        || month < 1
        || month > 12
        || day < 1
        || day > daysOf(month, year)
        || outside(two(bytes, at + 11), 23)
        || outside(two(bytes, at + 14), 59)
        || outside(two(bytes, at + 17), 59)) {
      return false;
    }
    int i = at + SECONDS_END;
    int end = at + length;
    if (bytes[i] == '.') {
      int decimals = i + 1;
      i = decimals;
      while (i < end && Bytes.isDigit(bytes[i])) {
        i++;
      }
      if (i == decimals || i - decimals > MAX_DECIMALS) {
        return false;
      }
    }
    if (i == end - 1) {
      return bytes[i] == 'Z';
    }
    return end - i == 6
        && (bytes[i] == '+' || bytes[i] == '-')
        && year > FIRST_YEAR
        && bytes[i + 3] == ':'
        && !outside(two(bytes, i + 1), LAST_ZONE_HOUR - 1)
        && !outside(two(bytes, i + 4), 59);
  }

  private static boolean outside(int value, int highest) {
    return value < 0 || value > highest;
  }

  private static int two(byte[] bytes, int at) {
    byte tens = bytes[at];
    byte ones = bytes[at + 1];
    return Bytes.isDigit(tens) && Bytes.isDigit(ones) ? (tens - '0') * 10 + ones - '0' : -1;
  }

  private static int daysOf(int month, int year) {
    return switch (month) {
      case 4, 6, 9, 11 -> 30;
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      default -> 31;
    };
  }

  /// Writes a time in UTC with nine decimals.
  ///
  /// @param epochNanos nanoseconds since 1970, not negative
  static void write(long epochNanos, byte[] target, int offset) {
    long seconds = epochNanos / NANOS_PER_SECOND;
    int ofDay = (int) (seconds % SECONDS_PER_DAY);
    // Days to a date in the proleptic Gregorian calendar, counted in eras of 400 years that begin
    // on a first of March.
    long days = seconds / SECONDS_PER_DAY + 719_468;
    long era = days / 146_097;
    int ofEra = (int) (days % 146_097);
    int yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int shifted = (5 * ofYear + 2) / 153;
    int month = shifted < 10 ? shifted + 3 : shifted - 9;
    int year = (int) (era * 400) + yearOfEra + (month <= 2 ? 1 : 0);
    int at = offset;
    at = digits(year, 4, '-', target, at);
    at = digits(month, 2, '-', target, at);
    at = digits(ofYear - (153 * shifted + 2) / 5 + 1, 2, 'T', target, at);
    at = digits(ofDay / 3600, 2, ':', target, at);
    at = digits(ofDay / 60 % 60, 2, ':', target, at);
    at = digits(ofDay % 60, 2, '.', target, at);
    digits((int) (epochNanos % NANOS_PER_SECOND), MAX_DECIMALS, 'Z', target, at);
  }

  private static int digits(int value, int count, char after, byte[] target, int offset) {
    int rest = value;
    for (int i = offset + count - 1; i >= offset; i--) {
      target[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    target[offset + count] = (byte) after;
    return offset + count + 1;
  }
}
