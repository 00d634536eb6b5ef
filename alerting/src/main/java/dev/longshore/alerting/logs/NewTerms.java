package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Values that were not there before, and errors that have grown. The value is the number of lines
/// in the window.
final class NewTerms implements LogQuery {

  /// Keys that history is asked for at a time.
  private static final int NAMED_KEYS = 500;

  /// Long enough for everything that is kept.
  private static final Duration EVER = Duration.ofDays(36_500);

  private static final Duration HOUR = Duration.ofHours(1);

  /// Growth against the hour around the same time of the same weekday a week ago.
  ///
  /// @param factor at least
  /// @param minEvents lines that a window must have
  record Growth(double factor, long minEvents) {}

  private record Seen(double[] counts, Instant first, Instant last) {}

  private final KeyedSearch search;
  private final KnownTerms known;
  private final LogCondition condition;
  private final Duration history;
  private final @Nullable Growth growth;
  private final ZoneId zone;

  /// @param history how long a value must not have been there; null: ever
  /// @param zone where a week ago is the same time of day, also when clocks have been changed since
  NewTerms(
      KeyedSearch search,
      KnownTerms known,
      LogCondition condition,
      @Nullable Duration history,
      @Nullable Growth growth,
      ZoneId zone) {
    this.search = search;
    this.known = known;
    this.condition = condition;
    this.history = history == null ? EVER : history;
    this.growth = growth;
    this.zone = zone;
  }

  @Override
  public List<List<LogAnswer.LogSample>> of(Windows windows) throws SearchException {
    Map<Key, Seen> seen = seen(windows);
    Instant begin = windows.first();
    Set<Key> old = new HashSet<>();
    List<Key> unknown = new ArrayList<>();
    for (Key key : seen.keySet()) {
      if (known.isOld(condition, key, begin, history)) {
        old.add(key);
      } else {
        unknown.add(key);
      }
    }
    old.addAll(inHistory(unknown, begin));
    old.forEach(key -> known.old(condition, key, begin, lastOf(seen, key)));
    WindowSamples windowSamples = new WindowSamples(windows, condition.keys());
    Map<Key, Seen> grown = new HashMap<>();
    seen.forEach(
        (key, it) -> {
          for (int i = 0; i < windows.size(); i++) {
            boolean isNew = !old.contains(key) && !it.first.isBefore(windows.start(i));
            if (it.counts[i] > 0 && isNew) {
              windowSamples.add(i, key, it.counts[i], Double.POSITIVE_INFINITY);
            } else if (growth != null && it.counts[i] >= growth.minEvents) {
              grown.put(key, it);
            }
          }
        });
    if (growth != null && !grown.isEmpty()) {
      new Grown(search, condition, growth, zone).add(windows, grown, old, windowSamples);
    }
    return windowSamples.samples();
  }

  private static Instant lastOf(Map<Key, Seen> seen, Key key) {
    Seen it = seen.get(key);
    return it == null ? Instant.EPOCH : it.last;
  }

  /// What there is in the windows.
  private Map<Key, Seen> seen(Windows windows) throws SearchException {
    ObjectNode each = Searches.JSON.createObjectNode();
    each.set("in", windows.aggregation(Searches.JSON.createObjectNode()));
    each.putObject("first").putObject("min").put("field", Searches.TIME);
    each.putObject("last").putObject("max").put("field", Searches.TIME);
    int by = condition.by().size();
    Map<Key, Seen> seen = new HashMap<>();
    search.each(
        condition.keys(),
        windows.first(),
        windows.last(),
        null,
        each,
        windows.size() + 2,
        (key, aggregations) -> {
          // A line without the field has no new value of it.
          if (!key.tail(by).values().contains(null)) {
            double[] counts = new double[windows.size()];
            for (int i = 0; i < counts.length; i++) {
              counts[i] = count(aggregations.path("in"), i);
            }
            seen.put(
                key, new Seen(counts, time(aggregations, "first"), time(aggregations, "last")));
          }
        });
    return seen;
  }

  private static double count(JsonNode windows, int window) {
    return windows.path("buckets").path(Integer.toString(window)).path("doc_count").asDouble();
  }

  private static Instant time(JsonNode aggregations, String name) {
    return Instant.ofEpochMilli(aggregations.path(name).path("value").asLong());
  }

  /// Which keys were there before a time.
  private Set<Key> inHistory(List<Key> keys, Instant before) throws SearchException {
    Instant from = history.equals(EVER) ? Instant.EPOCH : before.minus(history);
    Set<Key> there = new HashSet<>();
    for (int at = 0; at < keys.size(); at += NAMED_KEYS) {
      List<Key> named = keys.subList(at, Math.min(keys.size(), at + NAMED_KEYS));
      search.each(
          condition.keys(),
          from,
          before,
          Key.anyOf(condition.keys(), named),
          Searches.JSON.createObjectNode(),
          1,
          (key, _) -> there.add(key));
    }
    return there;
  }

  /// The same time of day a week ago.
  static Instant weekBefore(Instant time, ZoneId zone) {
    return time.atZone(zone).minusWeeks(1).toInstant();
  }

  /// Which errors have grown against the hour around the same time a week ago.
  private record Grown(KeyedSearch search, LogCondition condition, Growth growth, ZoneId zone) {

    void add(Windows windows, Map<Key, Seen> grown, Set<Key> old, WindowSamples windowSamples)
        throws SearchException {
      Duration length = condition.within().compareTo(HOUR) > 0 ? condition.within() : HOUR;
      Duration around = length.minus(condition.within()).dividedBy(2);
      Windows week =
          new Windows(
              windows.ends().stream().map(it -> weekBefore(it, zone).plus(around)).toList(),
              length);
      Map<Key, double[]> before = counts(week, condition.keys(), grown.keySet());
      // Where nothing was kept a week ago, nothing can be said to have grown.
      double[] all = counts(week, List.of(), Set.of()).getOrDefault(Key.NONE, new double[0]);
      double share = (double) condition.within().toMillis() / length.toMillis();
      grown.forEach(
          (key, it) -> {
            double[] then = before.getOrDefault(key, new double[windows.size()]);
            for (int i = 0; i < windows.size(); i++) {
              double expected = Math.max(1, then[i] * share);
              boolean isNew = !old.contains(key) && !it.first.isBefore(windows.start(i));
              if (!isNew
                  && it.counts[i] >= growth.minEvents
                  && all[i] > 0
                  && it.counts[i] / expected >= growth.factor) {
                windowSamples.add(i, key, it.counts[i], it.counts[i] / expected);
              }
            }
          });
    }

    private Map<Key, double[]> counts(Windows week, List<String> fields, Set<Key> keys)
        throws SearchException {
      ObjectNode each = Searches.JSON.createObjectNode();
      each.set("in", week.aggregation(Searches.JSON.createObjectNode()));
      Map<Key, double[]> counts = new HashMap<>();
      search.each(
          fields,
          week.first(),
          week.last(),
          keys.isEmpty() || keys.size() > NAMED_KEYS ? null : Key.anyOf(fields, keys),
          each,
          week.size(),
          (key, aggregations) -> {
            double[] of = new double[week.size()];
            for (int i = 0; i < of.length; i++) {
              of[i] = count(aggregations.path("in"), i);
            }
            counts.put(key, of);
          });
      return counts;
    }
  }
}
