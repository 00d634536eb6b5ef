package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Windows of the same length, by their ends; each holds what is before its end and not before its
/// beginning.
///
/// @param ends at least one, in any order
record Windows(List<Instant> ends, Duration within) {
  Windows {
    ends = List.copyOf(ends);
  }

  int size() {
    return ends.size();
  }

  Instant start(int window) {
    return ends.get(window).minus(within);
  }

  /// The beginning of the earliest.
  Instant first() {
    return ends.stream().min(Instant::compareTo).orElseThrow().minus(within);
  }

  /// The end of the latest.
  Instant last() {
    return ends.stream().max(Instant::compareTo).orElseThrow();
  }

  /// The windows of the same length that lie before each, by a duration.
  Windows before(Duration duration) {
    return new Windows(ends.stream().map(it -> it.minus(duration)).toList(), within);
  }

  /// The stretches of another length that end where the windows begin.
  Windows stretchBefore(Duration length) {
    return new Windows(ends.stream().map(it -> it.minus(within)).toList(), length);
  }

  /// A `filters` aggregation with a bucket for each window, by its number.
  ObjectNode aggregation(ObjectNode within) {
    ObjectNode aggregation = Searches.JSON.createObjectNode();
    ObjectNode filters = aggregation.putObject("filters").putObject("filters");
    for (int i = 0; i < ends.size(); i++) {
      filters.set(Integer.toString(i), range(start(i), ends.get(i)));
    }
    if (!within.isEmpty()) {
      aggregation.set("aggs", within);
    }
    return aggregation;
  }

  /// What lies in `[from, to)`.
  static ObjectNode range(Instant from, Instant to) {
    ObjectNode range = Searches.JSON.createObjectNode();
    range
        .putObject("range")
        .putObject(Searches.TIME)
        .put("gte", from.toString())
        .put("lt", to.toString())
        .put("format", "strict_date_optional_time_nanos");
    return range;
  }
}
