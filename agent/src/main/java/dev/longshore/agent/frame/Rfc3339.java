package dev.longshore.agent.frame;

import dev.longshore.agent.line.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;

/// The runtimes' timestamps, `2026-11-23T05:48:55.123456789Z` or with an offset such as `+02:00`,
/// as nanoseconds since the epoch. It remembers the minute that it saw last. One thread.
final class Rfc3339 {
  /// What was given is not a timestamp.
  static final long INVALID = Long.MIN_VALUE;

  private static final long ZEROS = '0' * Bytes.ONES;
  private static final long HIGH_NIBBLES = 0xf0f0f0f0f0f0f0f0L;
  private static final int MINUTE_BYTES = 16;

  private static final byte[] EPOCH = "1970-01-01T00:00".getBytes(StandardCharsets.US_ASCII);

  private long minuteFirst = Bytes.get(EPOCH, 0);
  private long minuteSecond = Bytes.get(EPOCH, 8);
  private long minuteNanos;
  private int end;

  /// Reads the timestamp that begins at `from` and ends before `limit`.
  ///
  /// @return nanoseconds since the epoch, or [#INVALID]
  long parse(byte[] bytes, int from, int limit) {
    if (limit - from < 20) {
      return INVALID;
    }
    long first = Bytes.get(bytes, from);
    long second = Bytes.get(bytes, from + 8);
    if ((first != minuteFirst || second != minuteSecond) && !minute(bytes, from, first, second)) {
      return INVALID;
    }
    int seconds = twoDigits(bytes, from + MINUTE_BYTES + 1);
    if (bytes[from + MINUTE_BYTES] != ':' || seconds < 0 || seconds > 60) {
      return INVALID;
    }
    long nanos = minuteNanos + seconds * 1_000_000_000L;
    int at = from + 19;
    if (bytes[at] == '.') {
      long fraction = fraction(bytes, at + 1, limit);
      if (fraction < 0) {
        return INVALID;
      }
      nanos += fraction;
      at = end;
    }
    return zone(bytes, at, limit, nanos);
  }

  /// Where the timestamp that was read last ends.
  int end() {
    return end;
  }

  private long fraction(byte[] bytes, int from, int limit) {
    if (limit - from >= 9) {
      long word = Bytes.get(bytes, from);
      if ((word & HIGH_NIBBLES) == ZEROS
          && ((word + 0x0606060606060606L) & HIGH_NIBBLES) == ZEROS
          && digit(bytes[from + 8]) >= 0) {
        end = from + 9;
        while (end < limit && digit(bytes[end]) >= 0) {
          end++;
        }
        return eightDigits(word) * 10 + digit(bytes[from + 8]);
      }
    }
    long value = 0;
    int at = from;
    int digits = 0;
    for (; at < limit && digit(bytes[at]) >= 0; at++) {
      if (digits < 9) {
        value = value * 10 + digit(bytes[at]);
        digits++;
      }
    }
    end = at;
    if (digits == 0) {
      return -1;
    }
    for (; digits < 9; digits++) {
      value *= 10;
    }
    return value;
  }

  /// The number that eight ASCII digits say, the first digit in the lowest byte: pairs, then fours,
  /// then all eight are combined by multiplication.
  private static long eightDigits(long word) {
    long digits = word - ZEROS;
    long pairs = digits * 10 + (digits >>> 8);
    long left = (pairs & 0x000000ff000000ffL) * (100 + (1_000_000L << 32));
    long right = ((pairs >>> 16) & 0x000000ff000000ffL) * (1 + (10_000L << 32));
    return (left + right) >>> 32;
  }

  private long zone(byte[] bytes, int at, int limit, long nanos) {
    if (at >= limit) {
      return INVALID;
    }
    byte sign = bytes[at];
    if (sign == 'Z') {
      end = at + 1;
      return nanos;
    }
    if ((sign != '+' && sign != '-') || limit - at < 6 || bytes[at + 3] != ':') {
      return INVALID;
    }
    int hours = twoDigits(bytes, at + 1);
    int minutes = twoDigits(bytes, at + 4);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
      return INVALID;
    }
    end = at + 6;
    long offset = (hours * 60L + minutes) * 60_000_000_000L;
    return sign == '+' ? nanos - offset : nanos + offset;
  }

  /// Reads `2026-11-23T05:48` and remembers it.
  private boolean minute(byte[] bytes, int from, long first, long second) {
    int century = twoDigits(bytes, from);
    int ofCentury = twoDigits(bytes, from + 2);
    int month = twoDigits(bytes, from + 5);
    int day = twoDigits(bytes, from + 8);
    int hour = twoDigits(bytes, from + 11);
    int ofHour = twoDigits(bytes, from + 14);
    int year = century * 100 + ofCentury;
    boolean shaped =
        bytes[from + 4] == '-'
            && bytes[from + 7] == '-'
            && bytes[from + 10] == 'T'
            && bytes[from + 13] == ':';
    // What doesn't fit into 64 bits of nanoseconds is no time at which a container wrote.
    if (!shaped || (century | ofCentury | month | day | hour | ofHour) < 0 || year > 2261) {
      return false;
    }
    if (year < 1678 || hour > 23 || ofHour > 59) {
      return false;
    }
    try {
      long minutes = (LocalDate.of(year, month, day).toEpochDay() * 24 + hour) * 60 + ofHour;
      minuteNanos = minutes * 60_000_000_000L;
    } catch (DateTimeException e) {
      return false;
    }
    minuteFirst = first;
    minuteSecond = second;
    return true;
  }

  private static int twoDigits(byte[] bytes, int at) {
    int tens = digit(bytes[at]);
    int ones = digit(bytes[at + 1]);
    return (tens | ones) < 0 ? -1 : tens * 10 + ones;
  }

  private static int digit(byte b) {
    int value = b - '0';
    return value >= 0 && value <= 9 ? value : -1;
  }
}
