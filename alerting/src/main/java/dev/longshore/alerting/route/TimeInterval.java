package dev.longshore.alerting.route;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.Month;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/// Times of the calendar: all fields that are given must hold, one range of each. Alertmanager's
/// `time_interval`.
///
/// @param times of the day, in minutes from midnight, the end not included; empty: the whole day
/// @param weekdays 1 is Monday
/// @param daysOfMonth from 1; negative ones from the month's end
/// @param zone in which all of this is meant
public record TimeInterval(
    List<Range> times,
    List<Range> weekdays,
    List<Range> daysOfMonth,
    List<Range> months,
    List<Range> years,
    ZoneId zone) {

  private static final int MINUTES_A_DAY = 24 * 60;

  public TimeInterval {
    times = List.copyOf(times);
    weekdays = List.copyOf(weekdays);
    daysOfMonth = List.copyOf(daysOfMonth);
    months = List.copyOf(months);
    years = List.copyOf(years);
  }

  /// From one number to another.
  ///
  /// @param last included, but for times of the day
  public record Range(int first, int last) {
    boolean holds(int value) {
      return first <= value && value <= last;
    }
  }

  /// Whether a moment lies in it.
  public boolean contains(Instant moment) {
    ZonedDateTime at = moment.atZone(zone);
    return inTimes(at.toLocalTime())
        && any(weekdays, at.getDayOfWeek().getValue())
        && inDays(at)
        && any(months, at.getMonthValue())
        && any(years, at.getYear());
  }

  /// The first moment after another at which it may begin or end to contain moments.
  public Instant nextBoundary(Instant after) {
    ZonedDateTime at = after.atZone(zone);
    ZonedDateTime midnight = at.toLocalDate().plusDays(1).atStartOfDay(zone);
    Instant next = midnight.toInstant();
    for (Range range : times) {
      for (int minute : new int[] {range.first, range.last}) {
        Instant edge =
            at.toLocalDate()
                .atTime(LocalTime.ofSecondOfDay(minute % MINUTES_A_DAY * 60L))
                .atZone(zone)
                .toInstant();
        if (edge.isAfter(after) && edge.isBefore(next)) {
          next = edge;
        }
      }
    }
    return next;
  }

  private boolean inTimes(LocalTime time) {
    int minute = time.getHour() * 60 + time.getMinute();
    return times.isEmpty() || times.stream().anyMatch(it -> it.first <= minute && minute < it.last);
  }

  private boolean inDays(ZonedDateTime at) {
    if (daysOfMonth.isEmpty()) {
      return true;
    }
    int length = YearMonth.from(at).lengthOfMonth();
    for (Range days : daysOfMonth) {
      int first = Math.clamp(days.first < 0 ? length + days.first + 1 : days.first, 1, length + 1);
      int last = Math.clamp(days.last < 0 ? length + days.last + 1 : days.last, 0, length);
      if (first <= at.getDayOfMonth() && at.getDayOfMonth() <= last) {
        return true;
      }
    }
    return false;
  }

  private static boolean any(List<Range> ranges, int value) {
    return ranges.isEmpty() || ranges.stream().anyMatch(it -> it.holds(value));
  }

  /// A range of times of the day: `09:00` to `17:00`; `24:00` is the day's end.
  ///
  /// @throws IllegalArgumentException when a time is none, or the end is not after the start
  public static Range times(String start, String end) {
    Range range = new Range(minutes(start), minutes(end));
    if (range.first >= range.last) {
      throw new IllegalArgumentException(
          "end_time "
              + end
              + " is not after start_time "
              + start
              + "; an interval over midnight is written as two");
    }
    return range;
  }

  private static int minutes(String time) {
    if (time.matches("([01]\\d|2[0-3]):[0-5]\\d|24:00")) {
      int minutes =
          Integer.parseInt(time.substring(0, 2)) * 60 + Integer.parseInt(time.substring(3));
      if (minutes <= MINUTES_A_DAY) {
        return minutes;
      }
    }
    throw new IllegalArgumentException(
        "'" + time + "' is not a time of the day; write one from 00:00 to 24:00");
  }

  /// Weekdays: `monday:friday`, `saturday`.
  ///
  /// @throws IllegalArgumentException when a day is none, or the range runs backwards
  public static Range weekdays(String text) {
    // Alertmanager's week begins on Sunday: sunday:tuesday is a range there, friday:sunday is none.
    return range(
        text,
        TimeInterval::weekday,
        "a weekday, such as monday, or a range, such as monday:friday");
  }

  /// The ranges of ISO weekdays that Alertmanager's Sunday-first range stands for.
  public static List<Range> isoWeekdays(Range sundayFirst) {
    List<Range> iso = new ArrayList<>();
    if (sundayFirst.first == 0) {
      iso.add(new Range(7, 7));
    }
    if (sundayFirst.last > 0) {
      iso.add(new Range(Math.max(1, sundayFirst.first), sundayFirst.last));
    }
    return iso;
  }

  private static int weekday(String name) {
    return DayOfWeek.valueOf(name.toUpperCase(Locale.ROOT)).getValue() % 7;
  }

  /// Months by name or number: `january:march`, `5`.
  ///
  /// @throws IllegalArgumentException when a month is none, or the range runs backwards
  public static Range months(String text) {
    return range(
        text, TimeInterval::month, "a month, such as may or 5, or a range, such as june:august");
  }

  private static int month(String name) {
    return name.matches("\\d+")
        ? Month.of(Integer.parseInt(name)).getValue()
        : Month.valueOf(name.toUpperCase(Locale.ROOT)).getValue();
  }

  /// Years: `2027`, `2026:2028`.
  ///
  /// @throws IllegalArgumentException when a year is none, or the range runs backwards
  public static Range years(String text) {
    return range(text, Integer::parseInt, "a year, such as 2027, or a range, such as 2026:2028");
  }

  /// Days of the month: `1:5`, `-3:-1` for the last three.
  ///
  /// @throws IllegalArgumentException when a day is none, or the range runs backwards
  public static Range daysOfMonth(String text) {
    String accepted = "a day from 1 to 31 or -31 to -1, or a range, such as 1:5 or -3:-1";
    int colon = text.indexOf(':');
    try {
      int first = Integer.parseInt((colon < 0 ? text : text.substring(0, colon)).strip());
      int last = colon < 0 ? first : Integer.parseInt(text.substring(colon + 1).strip());
      boolean days = first != 0 && last != 0 && Math.abs(first) <= 31 && Math.abs(last) <= 31;
      boolean forwards = Integer.signum(first) != Integer.signum(last) ? first > 0 : first <= last;
      if (days && forwards && first > 0 && last < 0 && 32 + last < first) {
        throw new IllegalArgumentException(
            "'"
                + text
                + "' has no day in any month: the last day, "
                + (32 + last)
                + " at most, is before the first");
      }
      if (days && forwards) {
        return new Range(first, last);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not " + accepted, e);
    }
    throw new IllegalArgumentException("'" + text + "' is not " + accepted);
  }

  private static Range range(String text, ToIntFunction<String> value, String accepted) {
    int colon = text.indexOf(':');
    try {
      int first = value.applyAsInt((colon < 0 ? text : text.substring(0, colon)).strip());
      int last = colon < 0 ? first : value.applyAsInt(text.substring(colon + 1).strip());
      if (first <= last) {
        return new Range(first, last);
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("'" + text + "' is not " + accepted, e);
    }
    throw new IllegalArgumentException(
        "'" + text + "' runs backwards; write " + accepted + ", or two ranges");
  }
}
