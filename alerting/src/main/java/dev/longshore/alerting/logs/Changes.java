package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Whether the value of fields is another than before: a window holds several values, or one that
/// is not the last before it. The value is the number of lines in the window.
final class Changes implements LogQuery {

  /// What a key had as a value, window by window.
  ///
  /// @param counts lines with it in each window
  /// @param before when it was seen last before each window, in milliseconds; NaN when it was not
  private record Seen(double[] counts, double[] before) {}

  private final KeyedSearch search;
  private final LogCondition condition;
  private final LogPredicate.Change test;

  Changes(KeyedSearch search, LogCondition condition, LogPredicate.Change test) {
    this.search = search;
    this.condition = condition;
    this.test = test;
  }

  @Override
  public List<List<LogAnswer.LogSample>> of(Windows windows) throws SearchException {
    Windows before = windows.stretchBefore(test.timeframe());
    ObjectNode last = Searches.JSON.createObjectNode();
    last.putObject("last").putObject("max").put("field", Searches.TIME);
    ObjectNode each = Searches.JSON.createObjectNode();
    each.set("in", windows.aggregation(Searches.JSON.createObjectNode()));
    each.set("before", before.aggregation(last));
    List<String> fields = new ArrayList<>(condition.by());
    fields.addAll(test.fields());
    int by = condition.by().size();
    Map<Key, List<Seen>> keys = new LinkedHashMap<>();
    search.each(
        fields,
        before.first(),
        windows.last(),
        null,
        each,
        windows.size() * 3,
        (key, aggregations) -> {
          if (!test.ignoreNull() || !key.tail(by).isEmpty()) {
            keys.computeIfAbsent(key.head(by), _ -> new ArrayList<>())
                .add(seen(windows.size(), aggregations));
          }
        });
    WindowSamples windowSamples = new WindowSamples(windows, condition.by());
    keys.forEach(
        (key, values) -> {
          for (int i = 0; i < windows.size(); i++) {
            if (hasChanged(values, i)) {
              int window = i;
              windowSamples.add(i, key, values.stream().mapToDouble(it -> it.counts[window]).sum());
            }
          }
        });
    return windowSamples.samples();
  }

  private static Seen seen(int windows, JsonNode aggregations) {
    Seen seen = new Seen(new double[windows], new double[windows]);
    for (int i = 0; i < windows; i++) {
      String name = Integer.toString(i);
      seen.counts[i] =
          aggregations.path("in").path("buckets").path(name).path("doc_count").asDouble();
      JsonNode last = aggregations.path("before").path("buckets").path(name).path("last");
      seen.before[i] = last.path("value").isNumber() ? last.path("value").asDouble() : Double.NaN;
    }
    return seen;
  }

  private static boolean hasChanged(List<Seen> values, int window) {
    List<Seen> now = values.stream().filter(it -> it.counts[window] > 0).toList();
    if (now.size() != 1) {
      return now.size() > 1;
    }
    Seen only = now.getFirst();
    return values.stream()
        .filter(it -> it != only && !Double.isNaN(it.before[window]))
        .anyMatch(
            it -> Double.isNaN(only.before[window]) || it.before[window] > only.before[window]);
  }
}
