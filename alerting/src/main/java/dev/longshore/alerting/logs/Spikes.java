package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How many times as many lines a window has as the one before it. The value is that factor; when
/// there was nothing before, the number of lines.
final class Spikes implements LogQuery {

  /// More keys than this are looked up without naming them.
  private static final int NAMED_KEYS = 500;

  /// Lines of a window and of the one before it.
  private record Spike(double cur, double ref) {
    boolean is(LogPredicate.Spike test) {
      return ref >= test.thresholdRef() && cur >= test.thresholdCur() && test.holds(factor());
    }

    /// Infinite for what came from nothing, NaN for nothing that came from nothing.
    double factor() {
      return cur / ref;
    }

    double value() {
      return ref == 0 ? cur : factor();
    }
  }

  private final KeyedSearch search;
  private final LogCondition condition;
  private final LogPredicate.Spike test;

  Spikes(KeyedSearch search, LogCondition condition, LogPredicate.Spike test) {
    this.search = search;
    this.condition = condition;
    this.test = test;
  }

  @Override
  public List<List<LogAnswer.LogSample>> of(Windows windows) throws SearchException {
    Windows before = windows.before(condition.within());
    ObjectNode each = Searches.JSON.createObjectNode();
    ObjectNode nothing = Searches.JSON.createObjectNode();
    each.set("cur", windows.aggregation(nothing));
    each.set("ref", before.aggregation(nothing));
    Map<Key, Map<Integer, Spike>> spikes = new LinkedHashMap<>();
    search.each(
        condition.by(),
        before.first(),
        windows.last(),
        null,
        each,
        windows.size() * 2,
        (key, aggregations) -> {
          for (int i = 0; i < windows.size(); i++) {
            Spike spike =
                new Spike(count(aggregations.path("cur"), i), count(aggregations.path("ref"), i));
            if (spike.is(test)) {
              spikes.computeIfAbsent(key, _ -> new HashMap<>()).put(i, spike);
            }
          }
        });
    Map<Key, Instant> seen =
        test.alertOnNewData() || spikes.isEmpty() ? Map.of() : seen(before, spikes);
    WindowSamples windowSamples = new WindowSamples(windows, condition.by());
    spikes.forEach(
        (key, values) ->
            values.forEach(
                (window, spike) -> {
                  Instant first = seen.get(key);
                  boolean known = first != null && first.isBefore(before.start(window));
                  if (test.alertOnNewData() || known) {
                    windowSamples.add(window, key, spike.value(), spike.factor());
                  }
                }));
    return windowSamples.samples();
  }

  private static double count(JsonNode windows, int window) {
    return windows.path("buckets").path(Integer.toString(window)).path("doc_count").asDouble();
  }

  /// When each key was first seen before the windows, to the millisecond.
  private Map<Key, Instant> seen(Windows before, Map<Key, ?> keys) throws SearchException {
    ObjectNode first = Searches.JSON.createObjectNode();
    first.putObject("first").putObject("min").put("field", Searches.TIME);
    boolean named = !condition.by().isEmpty() && keys.size() <= NAMED_KEYS;
    Map<Key, Instant> seen = new HashMap<>();
    search.each(
        condition.by(),
        before.first().minus(LogPredicate.Spike.KNOWN_FOR),
        before.last().minus(condition.within()),
        named ? Key.anyOf(condition.by(), keys.keySet()) : null,
        first,
        1,
        (key, aggregations) -> {
          JsonNode value = aggregations.path("first").path("value");
          if (value.isNumber()) {
            seen.put(key, Instant.ofEpochMilli(value.asLong()));
          }
        });
    return seen;
  }
}
