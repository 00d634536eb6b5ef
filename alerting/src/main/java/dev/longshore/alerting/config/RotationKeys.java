package dev.longshore.alerting.config;

import dev.longshore.alerting.oncall.Layer;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.alerting.oncall.Substitution;
import dev.longshore.alerting.route.TimeInterval;
import dev.longshore.alerting.route.TimeInterval.Range;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The keys of one element of `rotations`.
final class RotationKeys {
  private static final Duration WEEK = Duration.ofDays(7);

  /// Shorter turns are a mistake, and would make a schedule endless to look at.
  private static final Duration SHORTEST = Duration.ofHours(1);

  /// Longer ones are a mistake too.
  private static final Duration LONGEST = Duration.ofDays(366);

  private static final Type<LocalDate> DATE =
      type("a date", "2026-11-30", LocalDate::parse, LocalDate::toString);

  private static final Type<HandOver> HAND_OVER =
      type(
          "a time of the day, or a weekday with one",
          "monday 09:00",
          HandOver::parse,
          Object::toString);

  private final Set<String> people;

  RotationKeys(Set<String> people) {
    this.people = people;
  }

  private static <T> Type<T> type(
      String name, String example, Function<String, T> parse, Function<T, String> format) {
    return new Type<>(
        name,
        name,
        example,
        text -> {
          try {
            return parse.apply(text);
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(text, e);
          }
        },
        format);
  }

  /// When shifts change.
  ///
  /// @param weekday null: any
  record HandOver(@Nullable DayOfWeek weekday, LocalTime time) {
    static HandOver parse(String text) {
      String[] words = text.strip().split("\\s+", -1);
      if (words.length > 2) {
        throw new IllegalArgumentException(text);
      }
      DayOfWeek weekday =
          words.length == 1 ? null : DayOfWeek.valueOf(words[0].toUpperCase(Locale.ROOT));
      return new HandOver(weekday, LocalTime.parse(words[words.length - 1]));
    }

    @Override
    public String toString() {
      return (weekday == null ? "" : weekday.name().toLowerCase(Locale.ROOT) + " ") + time;
    }
  }

  Rotation read(Section section) {
    String name = section.requiredString("name", "");
    ZoneId zone = zone(section);
    List<Layer> layers = new ArrayList<>();
    for (Section layer : section.sections("layers", "")) {
      layers.add(layer(layer, zone));
    }
    if (layers.isEmpty()) {
      section.problem("layers", "is missing; write at least one layer with people");
    }
    List<Substitution> substitutions = new ArrayList<>();
    for (Section override : section.sections("overrides", "")) {
      Substitution substitution = substitution(override, zone);
      if (substitution != null) {
        substitutions.add(substitution);
      }
    }
    return new Rotation(
        name, zone, layers, substitutions, section.bool("gapsAllowed", false, ""), section.line());
  }

  private static ZoneId zone(Section section) {
    String name = section.string("timezone", "UTC", "");
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      section.problem(
          "timezone", "'" + name + "' is no time zone; write an IANA name, such as Europe/Berlin");
      return ZoneOffset.UTC;
    }
  }

  private Layer layer(Section section, ZoneId zone) {
    List<String> turns = section.strings("people", List.of(), "");
    if (turns.isEmpty()) {
      section.problem("people", "is missing; name who takes turns");
    }
    turns.forEach(person -> check(section, "people", person));
    Duration every = section.value("every", PrometheusTypes.POSITIVE_DURATION, WEEK, "");
    if (every.compareTo(SHORTEST) < 0 || every.toSeconds() % SHORTEST.toSeconds() != 0) {
      section.problem("every", "is not a number of hours; write 1w, 1d or 12h");
      every = WEEK;
    } else if (every.compareTo(LONGEST) > 0) {
      section.problem("every", "is longer than a year; write 1w, 1d or 12h");
      every = WEEK;
    }
    return new Layer(turns, start(section, every), every, zone, hours(section, zone));
  }

  private void check(Section section, String key, String person) {
    if (!people.contains(person)) {
      section.problem(key, OnCallFile.unknown("person", person, people));
    }
  }

  private static LocalDateTime start(Section section, Duration every) {
    if (section.isAbsent("start")) {
      section.problem("start", "is missing; write the date of the first turn, such as 2026-11-30");
    }
    LocalDate date = section.value("start", DATE, LocalDate.EPOCH, "");
    if (date.getYear() < 1970 || date.getYear() > 9999) {
      section.problem("start", "is in no year from 1970 to 9999; write one such as 2026-11-30");
      date = LocalDate.EPOCH;
    }
    HandOver handOver =
        section.value("handover", HAND_OVER, new HandOver(null, LocalTime.MIDNIGHT), "");
    DayOfWeek weekday = handOver.weekday();
    if (weekday != null && every.toSeconds() % WEEK.toSeconds() != 0) {
      section.problem(
          "handover", "names a weekday, and turns are not of whole weeks; write the time alone");
    } else if (weekday != null && !section.isAbsent("start") && date.getDayOfWeek() != weekday) {
      section.problem(
          "start",
          date
              + " is a "
              + date.getDayOfWeek().name().toLowerCase(Locale.ROOT)
              + ", and the hand-over is on "
              + weekday.name().toLowerCase(Locale.ROOT)
              + "; write the day of the first hand-over");
    }
    return date.atTime(handOver.time());
  }

  /// Null where a layer has all hours.
  private static @Nullable TimeInterval hours(Section section, ZoneId zone) {
    List<Range> times = new ArrayList<>();
    for (String text : section.strings("hours", List.of(), "")) {
      try {
        times.addAll(hours(text));
      } catch (IllegalArgumentException e) {
        section.problem("hours", String.valueOf(e.getMessage()));
      }
    }
    List<Range> weekdays = new ArrayList<>();
    for (String text : section.strings("weekdays", List.of(), "")) {
      try {
        weekdays.addAll(TimeInterval.isoWeekdays(TimeInterval.weekdays(text)));
      } catch (IllegalArgumentException e) {
        section.problem("weekdays", String.valueOf(e.getMessage()));
      }
    }
    return times.isEmpty() && weekdays.isEmpty()
        ? null
        : new TimeInterval(times, weekdays, List.of(), List.of(), List.of(), zone);
  }

  /// `09:00-17:00`; over midnight, the evening and the morning of each day.
  private static List<Range> hours(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is no range of times; write one such as 09:00-17:00");
    }
    String from = text.substring(0, dash).strip();
    String to = text.substring(dash + 1).strip();
    if (from.equals(to)) {
      throw new IllegalArgumentException(
          "'" + text + "' ends when it begins; write 00:00-24:00 for all day, or nothing");
    }
    return to.compareTo(from) > 0
        ? List.of(TimeInterval.times(from, to))
        : to.equals("00:00")
            ? List.of(TimeInterval.times(from, "24:00"))
            : List.of(TimeInterval.times(from, "24:00"), TimeInterval.times("00:00", to));
  }

  private @Nullable Substitution substitution(Section section, ZoneId zone) {
    String person = section.requiredString("person", "");
    if (!person.isEmpty()) {
      check(section, "person", person);
    }
    Instant from = moment(section, "from", zone);
    Instant to = moment(section, "to", zone);
    if (from == null || to == null) {
      return null;
    }
    if (!to.isAfter(from)) {
      section.problem("to", "is not after from; write the end of the override");
      return null;
    }
    return new Substitution(person, from, to);
  }

  private static @Nullable Instant moment(Section section, String key, ZoneId zone) {
    String text = section.requiredString(key, "");
    if (text.isEmpty()) {
      return null;
    }
    try {
      return moment(text.strip().replace(' ', 'T'), zone);
    } catch (DateTimeException e) {
      section.problem(
          key,
          "'"
              + text
              + "' is not a time; write 2026-12-24T09:00, which is meant in the rotation's time zone,"
              + " or 2026-12-24T09:00:00Z");
      return null;
    }
  }

  private static Instant moment(String text, ZoneId zone) {
    if (text.indexOf('T') < 0) {
      return LocalDate.parse(text).atStartOfDay(zone).toInstant();
    }
    boolean hasOffset = text.endsWith("Z") || text.matches(".*[+-]\\d\\d:\\d\\d");
    return hasOffset
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).atZone(zone).toInstant();
  }
}
