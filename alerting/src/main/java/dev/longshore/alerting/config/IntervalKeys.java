package dev.longshore.alerting.config;

import dev.longshore.alerting.route.TimeInterval;
import dev.longshore.alerting.route.TimeInterval.Range;
import dev.longshore.shared.config.Section;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The sections `time_intervals` and, as they were called, `mute_time_intervals`.
final class IntervalKeys {
  /// Zones of the IANA's database that Java knows only so.
  private static final Map<String, String> OLD_NAMES =
      Map.of("EST", "America/Panama", "MST", "America/Phoenix", "HST", "Pacific/Honolulu");

  private IntervalKeys() {}

  static Map<String, List<TimeInterval>> read(Section root) {
    Map<String, List<TimeInterval>> intervals = new HashMap<>();
    for (String key : List.of("time_intervals", "mute_time_intervals")) {
      for (Section named : root.sections(key, "Times by name.")) {
        String name = named.requiredString("name", "");
        List<TimeInterval> times =
            named.sections("time_intervals", "").stream().map(IntervalKeys::interval).toList();
        if (intervals.putIfAbsent(name, times) != null) {
          named.problem("name", "the interval '" + name + "' is there already; names are unique");
        }
      }
    }
    return intervals;
  }

  private static TimeInterval interval(Section section) {
    List<Range> times = new ArrayList<>();
    for (Section time : section.sections("times", "")) {
      String start = time.requiredString("start_time", "");
      String end = time.requiredString("end_time", "");
      try {
        times.add(TimeInterval.times(start, end));
      } catch (IllegalArgumentException e) {
        time.problem("start_time", String.valueOf(e.getMessage()));
      }
    }
    List<Range> weekdays =
        ranges(section, "weekdays", TimeInterval::weekdays).stream()
            .flatMap(it -> TimeInterval.isoWeekdays(it).stream())
            .toList();
    return new TimeInterval(
        times,
        weekdays,
        ranges(section, "days_of_month", TimeInterval::daysOfMonth),
        ranges(section, "months", TimeInterval::months),
        ranges(section, "years", TimeInterval::years),
        zone(section));
  }

  private static List<Range> ranges(Section section, String key, Function<String, Range> parse) {
    List<Range> ranges = new ArrayList<>();
    for (String text : section.strings(key, List.of(), "")) {
      try {
        ranges.add(parse.apply(text));
      } catch (IllegalArgumentException e) {
        section.problem(key, String.valueOf(e.getMessage()));
      }
    }
    return ranges;
  }

  private static ZoneId zone(Section section) {
    String name = section.optionalText("location");
    if (name == null || name.isEmpty()) {
      return ZoneOffset.UTC;
    }
    if (name.equals("Local")) {
      return ZoneId.systemDefault();
    }
    try {
      return ZoneId.of(name, OLD_NAMES);
    } catch (DateTimeException e) {
      section.problem(
          "location", "'" + name + "' is no time zone; write an IANA name, such as Europe/Berlin");
      return ZoneOffset.UTC;
    }
  }
}
