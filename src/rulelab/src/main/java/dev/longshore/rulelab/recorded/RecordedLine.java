package dev.longshore.rulelab.recorded;

import dev.longshore.alerting.logs.Searches;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// A line that a test recorded, and what is computed from several.
///
/// @param found from when on it can be found
/// @param queries that it matches
record RecordedLine(
    String id, Instant at, Instant found, Map<String, String> fields, Set<String> queries) {

  /// Null when it has none.
  @Nullable String field(String name) {
    return fields.get(name);
  }

  /// Lines by the values of fields; null where a line has none.
  static Map<List<@Nullable String>, List<RecordedLine>> byValues(
      List<RecordedLine> lines, List<String> fields) {
    Map<List<@Nullable String>, List<RecordedLine>> groups = new LinkedHashMap<>();
    for (RecordedLine line : lines) {
      List<@Nullable String> values = new ArrayList<>();
      fields.forEach(field -> values.add(line.field(field)));
      groups
          .computeIfAbsent(Collections.unmodifiableList(values), _ -> new ArrayList<>())
          .add(line);
    }
    return groups;
  }

  /// A figure over a field, as Elasticsearch's aggregation of that name computes it; null when no
  /// line has the field and it computes nothing then. Times are milliseconds.
  ///
  /// @throws IllegalArgumentException when there is no such aggregation here, or a value is no
  ///   number
  static @Nullable Double figure(List<RecordedLine> lines, String aggregation, String field) {
    List<RecordedLine> there = lines.stream().filter(it -> it.has(field)).toList();
    return switch (aggregation) {
      case "value_count" -> (double) there.size();
      case "cardinality" -> (double) there.stream().map(it -> it.field(field)).distinct().count();
      case "sum" -> numbers(there, field).sum();
      case "min" -> there.isEmpty() ? null : (Double) numbers(there, field).min().orElseThrow();
      case "max" -> there.isEmpty() ? null : (Double) numbers(there, field).max().orElseThrow();
      case "avg" -> there.isEmpty() ? null : (Double) numbers(there, field).average().orElseThrow();
      default ->
          throw new IllegalArgumentException(
              "no recorded answer to the aggregation " + aggregation);
    };
  }

  /// Between the two values that it lies between, as Elasticsearch has it for few values.
  static @Nullable Double percentile(List<RecordedLine> lines, String field, double percent) {
    double[] sorted =
        numbers(lines.stream().filter(it -> it.has(field)).toList(), field).sorted().toArray();
    if (sorted.length == 0) {
      return null;
    }
    double index = percent / 100 * (sorted.length - 1);
    int low = (int) Math.floor(index);
    int high = (int) Math.ceil(index);
    return sorted[low] + (sorted[high] - sorted[low]) * (index - low);
  }

  private boolean has(String field) {
    return field.equals(Searches.TIME) || fields.containsKey(field);
  }

  private static DoubleStream numbers(List<RecordedLine> lines, String field) {
    return lines.stream().mapToDouble(it -> it.number(field));
  }

  private double number(String field) {
    if (field.equals(Searches.TIME)) {
      return at.toEpochMilli();
    }
    String text = String.valueOf(fields.get(field));
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the field " + field + " has the value '" + text + "', which is no number", e);
    }
  }
}
