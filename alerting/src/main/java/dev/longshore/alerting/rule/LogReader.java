package dev.longshore.alerting.rule;

import dev.longshore.alerting.rule.LogPredicate.Metric.Function;
import dev.longshore.alerting.rule.LogPredicate.Spike.Direction;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import dev.longshore.shared.units.PrometheusDurations;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys below `logs`; what is wrong is told to their section.
final class LogReader {
  private static final String TESTS =
      "any, frequency, spike, flatline, new_term, change, cardinality, percentage, metric, new_error";

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST_WINDOW = Duration.ofDays(7);
  private static final Duration LONGEST_HISTORY = Duration.ofDays(90);
  private static final Duration LONGEST_DELAY = Duration.ofHours(1);

  /// A key that is silent is no longer expected after this.
  private static final Duration FORGET_AFTER = Duration.ofDays(1);

  private static final Duration TIMEFRAME = Duration.ofDays(1);
  private static final int MAX_FIELDS = 10;

  private static final Type<String> FIELD =
      new Type<>(
          "the name of a field",
          "the name of a field, without `*` and spaces",
          "kubernetes.namespace",
          LogReader::fieldName,
          name -> name);

  private static final Type<Double> NUMBER =
      new Type<>("a number", "a number", "1.5", LogReader::number, Object::toString);

  private static final Type<Double> POSITIVE =
      new Type<>(
          "a number above 0",
          "a number above 0",
          "1.5",
          text -> checked(number(text), number(text) > 0),
          Object::toString);

  private static final Type<Double> PERCENT =
      new Type<>(
          "a percentage",
          "a number from 0 to 100",
          "99.5",
          text -> checked(number(text), number(text) >= 0 && number(text) <= 100),
          Object::toString);

  private final Section logs;

  /// Reads one kind of test from its section.
  private interface TestReader {
    LogPredicate read(Section section);
  }

  private LogReader(Section logs) {
    this.logs = logs;
  }

  /// The condition, as far as it can be made.
  static LogCondition read(Section logs) {
    return new LogReader(logs).condition();
  }

  private LogCondition condition() {
    String query =
        logs.requiredString("query", "What lines are looked for, in Lucene's syntax; `*` for all.");
    String index = logs.string("index", LogCondition.DEFAULT_INDEX, "Where.").strip();
    if (index.indexOf(' ') >= 0 || index.indexOf('/') >= 0) {
      logs.problem(
          "index", "holds a space or a slash; write names or patterns, such as logs-app-*,old-*");
    }
    boolean stated = !logs.isAbsent("by");
    List<String> by = fields(logs, "by", "Fields whose values are looked at one by one.");
    Duration within =
        duration(
            logs, "within", LogCondition.DEFAULT_WITHIN, LONGEST_WINDOW, "How long the window is.");
    Duration delay = optionalDuration(logs, "delay", LONGEST_DELAY, "When lines are complete.");
    LogPredicate test = test();
    if (test instanceof LogPredicate.NewError && !stated) {
      by = LogCondition.WORKLOAD;
    }
    LogCondition condition = new LogCondition(query.strip(), index, by, within, delay, test);
    checkKeys(condition);
    return condition;
  }

  /// Each field once, and none with the label of another.
  private void checkKeys(LogCondition condition) {
    Map<String, String> labels = new HashMap<>();
    for (String field : condition.keys()) {
      String other = labels.putIfAbsent(LogCondition.label(field), field);
      if (field.equals(other)) {
        logs.problem("by", "the field " + field + " is there twice; write it once");
      } else if (other != null) {
        logs.problem(
            "by",
            "the fields %s and %s would both become the label %s; leave one out"
                .formatted(other, field, LogCondition.label(field)));
      }
    }
    if (labels.size() > MAX_FIELDS) {
      logs.problem("by", labels.size() + " fields; at most " + MAX_FIELDS + " are accepted");
    }
  }

  /// The one test that there is.
  private LogPredicate test() {
    Map<String, TestReader> readers = new LinkedHashMap<>();
    readers.put("any", _ -> new LogPredicate.Any());
    readers.put("frequency", LogReader::frequency);
    readers.put("spike", LogReader::spike);
    readers.put("flatline", LogReader::flatline);
    readers.put("new_term", LogReader::newTerm);
    readers.put("change", LogReader::change);
    readers.put("cardinality", LogReader::cardinality);
    readers.put("percentage", LogReader::percentage);
    readers.put("metric", LogReader::metric);
    readers.put("new_error", LogReader::newError);
    List<String> there = readers.keySet().stream().filter(it -> !logs.isAbsent(it)).toList();
    LogPredicate test = new LogPredicate.Any();
    for (Map.Entry<String, TestReader> reader : readers.entrySet()) {
      Section section = logs.section(reader.getKey(), "What must hold.");
      if (there.contains(reader.getKey())) {
        test = reader.getValue().read(section);
      }
    }
    if (there.isEmpty()) {
      logs.problem("does not say what must hold; write one of " + TESTS + ", such as `any: {}`");
    } else if (there.size() > 1) {
      logs.problem(
          there.get(1),
          "only one of " + TESTS + " is accepted; there are " + String.join(" and ", there));
    }
    return test;
  }

  private static LogPredicate frequency(Section section) {
    return new LogPredicate.Frequency(count(section, "num_events", 0, 1, "Lines at least."));
  }

  private static LogPredicate spike(Section section) {
    if (section.isAbsent("spike_height")) {
      section.problem("spike_height", "is missing; write how many times as many lines, such as 3");
    }
    double height = section.value("spike_height", POSITIVE, 1.0, "How many times as many.");
    String type =
        section.oneOf("spike_type", "up", List.of("up", "down", "both"), "In which direction.");
    return new LogPredicate.Spike(
        height,
        Direction.valueOf(type.toUpperCase(Locale.ROOT)),
        count(section, "threshold_ref", 0, 0, "Lines that the window before must have."),
        count(section, "threshold_cur", 0, 0, "Lines that the window must have."),
        section.bool("alert_on_new_data", false, "Whether what was not there before is a spike."));
  }

  private static LogPredicate flatline(Section section) {
    return new LogPredicate.Flatline(
        count(section, "threshold", 1, 1, "Fewer lines than this."), forgetAfter(section));
  }

  private static LogPredicate newTerm(Section section) {
    List<String> fields = requiredFields(section, "fields", "The fields with the value.");
    return new LogPredicate.NewTerm(
        fields,
        duration(
            section,
            "terms_window_size",
            LogPredicate.NewTerm.DEFAULT_HISTORY,
            LONGEST_HISTORY,
            "How far back a value is known."));
  }

  private static LogPredicate change(Section section) {
    List<String> fields = requiredFields(section, "compare_key", "The fields with the value.");
    return new LogPredicate.Change(
        fields,
        section.bool("ignore_null", true, "Whether lines without the fields say nothing."),
        duration(
            section, "timeframe", TIMEFRAME, LONGEST_HISTORY, "How old the value before may be."));
  }

  private static LogPredicate cardinality(Section section) {
    String field = requiredField(section, "cardinality_field", "The field with the values.");
    Long max = optionalCount(section, "max_cardinality");
    Long min = optionalCount(section, "min_cardinality");
    declare(section, max, "max_cardinality", min, "min_cardinality");
    return new LogPredicate.Cardinality(field, max, min, forgetAfter(section));
  }

  private static LogPredicate percentage(Section section) {
    String match = section.requiredString("match", "A query in Lucene's syntax.");
    Double max = optional(section, "max_percentage", PERCENT);
    Double min = optional(section, "min_percentage", PERCENT);
    declare(section, max, "max_percentage", min, "min_percentage");
    return new LogPredicate.Percentage(
        match.strip(), max, min, count(section, "min_denominator", 1, 1, "Fewer say nothing."));
  }

  private static LogPredicate metric(Section section) {
    String field = requiredField(section, "metric_agg_key", "The field with the figures.");
    List<String> words = Arrays.stream(Function.values()).map(Function::word).toList();
    if (section.isAbsent("metric_agg_type")) {
      section.problem("metric_agg_type", "is missing; write one of " + String.join(", ", words));
    }
    Function function =
        Function.valueOf(
            section.oneOf("metric_agg_type", "avg", words, "How.").toUpperCase(Locale.ROOT));
    boolean percentile = function == Function.PERCENTILE;
    if (percentile == section.isAbsent("percentile_range")) {
      section.problem(
          "percentile_range",
          percentile
              ? "is missing; metric_agg_type: percentile needs it, such as 95"
              : "belongs to metric_agg_type: percentile alone");
    }
    double range = section.value("percentile_range", PERCENT, 0.0, "Which percentile.");
    Double max = optional(section, "max_threshold", NUMBER);
    Double min = optional(section, "min_threshold", NUMBER);
    declare(section, max, "max_threshold", min, "min_threshold");
    return new LogPredicate.Metric(field, function, range, max, min);
  }

  private static LogPredicate newError(Section section) {
    Duration unseenFor =
        optionalDuration(
            section,
            "unseen_for",
            LONGEST_HISTORY,
            "For how long it was not there; ever, if none.");
    Double growth = optional(section, "growth", POSITIVE);
    return new LogPredicate.NewError(
        unseenFor, growth, count(section, "min_events", 10, 1, "Lines that have grown."));
  }

  private static Duration forgetAfter(Section section) {
    return duration(
        section, "forget_after", FORGET_AFTER, LONGEST_HISTORY, "When silence is no news.");
  }

  /// One of two limits must be there.
  private static void declare(
      Section section, @Nullable Object max, String maxKey, @Nullable Object min, String minKey) {
    if (max == null && min == null && section.isAbsent(maxKey) && section.isAbsent(minKey)) {
      section.problem("has no limit; write " + maxKey + ", " + minKey + ", or both");
    }
  }

  private static @Nullable Double optional(Section section, String key, Type<Double> type) {
    boolean absent = section.isAbsent(key);
    double value = section.value(key, type, 1.0, "A limit.");
    return absent ? null : value;
  }

  private static @Nullable Long optionalCount(Section section, String key) {
    boolean absent = section.isAbsent(key);
    long value = section.integer(key, 1, 0, Integer.MAX_VALUE, "A limit.");
    return absent ? null : value;
  }

  /// A whole number.
  private static long count(
      Section section, String key, int standard, int min, String description) {
    if (standard < min && section.isAbsent(key)) {
      section.problem(key, "is missing; write a whole number from " + min + ", such as 10");
      standard = min;
    }
    return section.integer(key, Math.max(standard, min), min, Integer.MAX_VALUE, description);
  }

  private static Duration duration(
      Section section, String key, Duration standard, Duration longest, String description) {
    return section.value(key, durations(longest), standard, description);
  }

  private static @Nullable Duration optionalDuration(
      Section section, String key, Duration longest, String description) {
    boolean absent = section.isAbsent(key);
    Duration duration = duration(section, key, SHORTEST, longest, description);
    return absent ? null : duration;
  }

  private static Type<Duration> durations(Duration longest) {
    return new Type<>(
        "a duration",
        "a duration from 1s to " + PrometheusDurations.format(longest),
        "30s, 5m or 1h30m",
        text -> {
          Duration duration = PrometheusDurations.parse(text);
          return checked(
              duration, duration.compareTo(SHORTEST) >= 0 && duration.compareTo(longest) <= 0);
        },
        PrometheusDurations::format);
  }

  private static List<String> requiredFields(Section section, String key, String description) {
    if (section.isAbsent(key)) {
      section.problem(key, "is missing; write the names of fields, such as [container.image.name]");
    }
    return fields(section, key, description);
  }

  private static String requiredField(Section section, String key, String description) {
    if (section.isAbsent(key)) {
      section.problem(key, "is missing; write the name of a field, such as numbers.duration_ms");
    }
    return section.value(key, FIELD, "-", description);
  }

  private static List<String> fields(Section section, String key, String description) {
    List<String> fields = section.strings(key, List.of(), description);
    for (String field : fields) {
      try {
        fieldName(field);
      } catch (IllegalArgumentException e) {
        section.problem(
            key, "'" + field + "' is not " + FIELD.name() + "; write " + FIELD.accepted());
      }
    }
    return fields;
  }

  private static String fieldName(String text) {
    return checked(text, !text.isBlank() && !text.matches(".*[\\s*?,\"].*"));
  }

  private static Double number(String text) {
    double number = Double.parseDouble(text);
    return checked(number, Double.isFinite(number));
  }

  private static <T> T checked(T value, boolean accepted) {
    if (!accepted) {
      throw new IllegalArgumentException(String.valueOf(value));
    }
    return value;
  }
}
