package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tests of one figure of each window: counts, different values, shares, and what is computed from
/// a field.
final class Figures implements LogQuery {

  /// Up to here Elasticsearch counts different values exactly.
  private static final int EXACT_VALUES = 40_000;

  /// A figure of a window, from its bucket; null when there is none.
  private interface Reader {
    @Nullable Double read(JsonNode bucket);
  }

  private final KeyedSearch search;
  private final LogCondition condition;
  private final ObjectNode aggregations;
  private final Reader reader;
  private final @Nullable Double atLeast;
  private final @Nullable Double above;
  private final @Nullable Double below;

  /// How long a key is expected after it was seen last; null when only what is there counts.
  private final @Nullable Duration forgetAfter;

  private Figures(
      KeyedSearch search,
      LogCondition condition,
      ObjectNode aggregations,
      Reader reader,
      @Nullable Double atLeast,
      @Nullable Double above,
      @Nullable Double below,
      @Nullable Duration forgetAfter) {
    this.search = search;
    this.condition = condition;
    this.aggregations = aggregations;
    this.reader = reader;
    this.atLeast = atLeast;
    this.above = above;
    this.below = below;
    this.forgetAfter = forgetAfter;
  }

  /// At least so many lines.
  static Figures lines(KeyedSearch search, LogCondition condition, long least) {
    return new Figures(
        search, condition, object(), Figures::count, (double) least, null, null, null);
  }

  static Figures flatline(KeyedSearch search, LogCondition condition, LogPredicate.Flatline test) {
    return new Figures(
        search,
        condition,
        object(),
        Figures::count,
        null,
        null,
        (double) test.threshold(),
        test.forgetAfter());
  }

  static Figures cardinality(
      KeyedSearch search, LogCondition condition, LogPredicate.Cardinality test) {
    ObjectNode aggregations = object();
    aggregations
        .putObject("f")
        .putObject("cardinality")
        .put("field", test.field())
        .put("precision_threshold", EXACT_VALUES);
    Long max = test.max();
    Long min = test.min();
    return new Figures(
        search,
        condition,
        aggregations,
        bucket -> bucket.path("f").path("value").asDouble(),
        null,
        max == null ? null : (double) max,
        min == null ? null : (double) min,
        min == null ? null : test.forgetAfter());
  }

  static Figures percentage(
      KeyedSearch search, LogCondition condition, LogPredicate.Percentage test) {
    ObjectNode aggregations = object();
    aggregations.putObject("f").set("filter", KeyedSearch.queryString(test.match()));
    return new Figures(
        search,
        condition,
        aggregations,
        bucket -> {
          double all = count(bucket);
          return all == 0 || all < test.minDenominator()
              ? null
              : (Double) (100 * count(bucket.path("f")) / all);
        },
        null,
        test.max(),
        test.min(),
        null);
  }

  static Figures metric(KeyedSearch search, LogCondition condition, LogPredicate.Metric test) {
    ObjectNode aggregations = object();
    ObjectNode figure = aggregations.putObject("f");
    boolean percentile = test.function() == LogPredicate.Metric.Function.PERCENTILE;
    ObjectNode function = figure.putObject(percentile ? "percentiles" : test.function().word());
    function.put("field", test.field());
    if (percentile) {
      function.putArray("percents").add(test.percentile());
      function.put("keyed", false);
    }
    aggregations.putObject("n").putObject("value_count").put("field", test.field());
    return new Figures(
        search,
        condition,
        aggregations,
        bucket -> {
          JsonNode value =
              percentile
                  ? bucket.path("f").path("values").path(0).path("value")
                  : bucket.path("f").path("value");
          boolean none = bucket.path("n").path("value").asLong() == 0;
          return none || !value.isNumber() ? null : (Double) value.asDouble();
        },
        null,
        test.max(),
        test.min(),
        null);
  }

  private static ObjectNode object() {
    return Searches.JSON.createObjectNode();
  }

  private static Double count(JsonNode bucket) {
    return bucket.path("doc_count").asDouble();
  }

  @Override
  public List<List<LogAnswer.LogSample>> of(Windows windows) throws SearchException {
    List<String> by = condition.by();
    // Without `by` silence is noticed from the start.
    boolean known = forgetAfter != null && !by.isEmpty();
    Instant from =
        known && forgetAfter != null ? windows.first().minus(forgetAfter) : windows.first();
    ObjectNode each = object();
    each.set("w", windows.aggregation(aggregations.deepCopy()));
    if (known) {
      each.putObject("first").putObject("min").put("field", Searches.TIME);
      each.set("last", lastBefore(windows));
    }
    WindowSamples windowSamples = new WindowSamples(windows, by);
    search.each(
        by,
        from,
        windows.last(),
        null,
        each,
        windows.size() * (known ? 4 : 2),
        (key, aggregations) -> {
          for (int i = 0; i < windows.size(); i++) {
            JsonNode bucket = aggregations.path("w").path("buckets").path(Integer.toString(i));
            Double figure = reader.read(bucket);
            if (figure == null || !holds(figure, known && !isExpected(windows, i, aggregations))) {
              continue;
            }
            windowSamples.add(i, key, figure);
          }
        });
    return windowSamples.samples();
  }

  private boolean holds(double figure, boolean notExpected) {
    return (atLeast != null && figure >= atLeast)
        || (above != null && figure > above)
        || (below != null && figure < below && !notExpected);
  }

  /// For each window when a key was seen last, up to its end.
  private ObjectNode lastBefore(Windows windows) {
    ObjectNode last = object();
    last.putObject("last").putObject("max").put("field", Searches.TIME);
    Duration length =
        forgetAfter == null ? condition.within() : condition.within().plus(forgetAfter);
    return new Windows(windows.ends(), length).aggregation(last);
  }

  /// Whether a key was seen before a window, and not too long ago.
  private static boolean isExpected(Windows windows, int window, JsonNode aggregations) {
    JsonNode first = aggregations.path("first").path("value");
    JsonNode last =
        aggregations
            .path("last")
            .path("buckets")
            .path(Integer.toString(window))
            .path("last")
            .path("value");
    return first.isNumber()
        && last.isNumber()
        && first.asDouble() <= windows.start(window).toEpochMilli();
  }
}
