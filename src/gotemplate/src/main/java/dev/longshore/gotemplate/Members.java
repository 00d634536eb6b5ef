package dev.longshore.gotemplate;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The methods of values: what [TemplateObject] says, and those of Go's times and durations that
/// templates use.
final class Members {
  private Members() {}

  /// A field's or method's value, or [TemplateObject#NO_SUCH_MEMBER].
  static @Nullable Object of(Object receiver, String name, List<@Nullable Object> arguments)
      throws TemplateException {
    return switch (receiver) {
      case TemplateObject object -> object.member(name, arguments);
      case Instant instant -> ofTime(instant.atZone(ZoneOffset.UTC), name, arguments);
      case ZonedDateTime time -> ofTime(time, name, arguments);
      case Duration duration -> ofDuration(duration, name, arguments);
      default -> TemplateObject.NO_SUCH_MEMBER;
    };
  }

  private static @Nullable Object ofTime(
      ZonedDateTime time, String name, List<@Nullable Object> arguments) throws TemplateException {
    return switch (name) {
      case "Format" -> GoTime.format(time, text(arguments, name));
      case "Unix" -> time.toEpochSecond();
      case "UnixMilli" -> time.toInstant().toEpochMilli();
      case "UnixMicro" -> time.toEpochSecond() * 1_000_000 + time.getNano() / 1_000;
      case "UnixNano" -> time.toEpochSecond() * 1_000_000_000 + time.getNano();
      case "UTC" -> time.withZoneSameInstant(ZoneOffset.UTC);
      case "Local" -> time.withZoneSameInstant(ZoneId.systemDefault());
      case "IsDST" -> time.getZone().getRules().isDaylightSavings(time.toInstant());
      case "String" -> Print.shown(time);
      case "IsZero" -> time.toEpochSecond() == GoTime.ZERO.getEpochSecond() && time.getNano() == 0;
      case "Add" -> time.plus(duration(arguments, name));
      case "AddDate" -> GoTime.later(time, numbers(arguments, name, 3));
      case "Truncate" -> GoTime.rounded(time, duration(arguments, name), false);
      case "Round" -> GoTime.rounded(time, duration(arguments, name), true);
      case "Sub" -> Duration.between(time(arguments, name), time);
      case "Before" -> time.toInstant().isBefore(time(arguments, name).toInstant());
      case "After" -> time.toInstant().isAfter(time(arguments, name).toInstant());
      case "Equal" -> time.toInstant().equals(time(arguments, name).toInstant());
      case "Compare" ->
          (long) Integer.signum(time.toInstant().compareTo(time(arguments, name).toInstant()));
      case "Year" -> (long) time.getYear();
      case "Month" ->
          new NamedNumber("time.Month", time.getMonthValue(), GoTime.format(time, "January"));
      case "Day" -> (long) time.getDayOfMonth();
      case "Hour" -> (long) time.getHour();
      case "Minute" -> (long) time.getMinute();
      case "Second" -> (long) time.getSecond();
      case "Nanosecond" -> (long) time.getNano();
      case "YearDay" -> (long) time.getDayOfYear();
      case "Weekday" ->
          new NamedNumber(
              "time.Weekday", time.getDayOfWeek().getValue() % 7, GoTime.format(time, "Monday"));
      default -> TemplateObject.NO_SUCH_MEMBER;
    };
  }

  private static @Nullable Object ofDuration(
      Duration duration, String name, List<@Nullable Object> arguments) throws TemplateException {
    return switch (name) {
      case "Seconds" -> GoTime.seconds(duration);
      case "Minutes" -> GoTime.seconds(duration) / 60;
      case "Hours" -> GoTime.seconds(duration) / 3600;
      case "Milliseconds" -> GoTime.nanos(duration) / 1_000_000;
      case "Microseconds" -> GoTime.nanos(duration) / 1_000;
      case "Nanoseconds" -> GoTime.nanos(duration);
      case "Abs" -> duration.abs();
      case "String" -> GoTime.text(duration);
      case "Round" -> GoTime.rounded(duration, duration(arguments, name), true);
      case "Truncate" -> GoTime.rounded(duration, duration(arguments, name), false);
      default -> TemplateObject.NO_SUCH_MEMBER;
    };
  }

  private static Object only(List<@Nullable Object> arguments, String name)
      throws TemplateException {
    Object argument = arguments.size() == 1 ? Values.plain(arguments.getFirst()) : null;
    if (argument == null) {
      throw wrongCount(name, 1, arguments.size());
    }
    return argument;
  }

  private static String text(List<@Nullable Object> arguments, String name)
      throws TemplateException {
    if (only(arguments, name) instanceof String text) {
      return text;
    }
    throw wrong("string", arguments);
  }

  private static Duration duration(List<@Nullable Object> arguments, String name)
      throws TemplateException {
    return switch (only(arguments, name)) {
      case Duration duration -> duration;
      case Long nanos -> Duration.ofNanos(nanos);
      // A constant such as 28800e9 is a whole number where one is wanted.
      case Double nanos when nanos.longValue() == nanos -> Duration.ofNanos(nanos.longValue());
      default -> throw wrong("time.Duration", arguments);
    };
  }

  private static long[] numbers(List<@Nullable Object> arguments, String name, int count)
      throws TemplateException {
    if (arguments.size() != count) {
      throw wrongCount(name, count, arguments.size());
    }
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      if (!(Values.plain(arguments.get(i)) instanceof Long number)) {
        throw new TemplateException(
            "wrong type for value; expected int; got " + Values.type(arguments.get(i)));
      }
      numbers[i] = number;
    }
    return numbers;
  }

  private static TemplateException wrongCount(String name, int wanted, int given) {
    return new TemplateException(
        TemplateException.Kind.MISUSE,
        "wrong number of args for " + name + ": want " + wanted + " got " + given);
  }

  private static ZonedDateTime time(List<@Nullable Object> arguments, String name)
      throws TemplateException {
    return switch (only(arguments, name)) {
      case Instant instant -> instant.atZone(ZoneOffset.UTC);
      case ZonedDateTime time -> time;
      default -> throw wrong("time.Time", arguments);
    };
  }

  private static TemplateException wrong(String expected, List<@Nullable Object> arguments) {
    return new TemplateException(
        "wrong type for value; expected "
            + expected
            + "; got "
            + Values.type(arguments.getFirst()));
  }
}
