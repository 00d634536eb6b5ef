package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.rule.LogCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Aggregations over the lines of a rule, key by key. What it costs is bounded: a page of keys at a
/// time, so that a search has at most some thousands of buckets, and no more keys than the limit.
final class KeyedSearch {

  /// Elasticsearch refuses 65,536 buckets of a search, and an administrator may have set less.
  private static final int BUCKETS_OF_A_SEARCH = 20_000;

  private static final int SMALLEST_PAGE = 20;
  private static final int LARGEST_PAGE = 1_000;

  private final Searches searches;
  private final LogCondition condition;
  private final int maxKeys;

  KeyedSearch(Searches searches, LogCondition condition, int maxKeys) {
    this.searches = searches;
    this.condition = condition;
    this.maxKeys = maxKeys;
  }

  /// Takes what there is of a key.
  interface Consumer {
    /// @param aggregations by their names
    void key(Key key, JsonNode aggregations);
  }

  /// Searches between two times.
  ///
  /// @param fields whose values are the keys; without any there is one key, also when no line is
  ///   found
  /// @param also a query that lines must match too; null for none
  /// @param aggregations to be made for each key
  /// @param width buckets of the aggregations
  void each(
      List<String> fields,
      Instant from,
      Instant to,
      @Nullable ObjectNode also,
      ObjectNode aggregations,
      int width,
      Consumer consumer)
      throws SearchException {
    ObjectNode body = body(condition, from, to, also);
    if (fields.isEmpty()) {
      body.set("aggs", aggregations);
      consumer.key(Key.NONE, searches.search(condition.index(), body).path("aggregations"));
      return;
    }
    int page =
        Math.clamp(BUCKETS_OF_A_SEARCH / Math.max(1, width + 1), SMALLEST_PAGE, LARGEST_PAGE);
    ObjectNode keys = body.putObject("aggs").putObject("keys");
    ObjectNode composite = keys.putObject("composite");
    composite.put("size", page);
    ArrayNode sources = composite.putArray("sources");
    for (int i = 0; i < fields.size(); i++) {
      sources
          .addObject()
          .putObject(Integer.toString(i))
          .putObject("terms")
          .put("field", fields.get(i))
          .put("missing_bucket", true);
    }
    keys.set("aggs", aggregations);
    int seen = 0;
    while (true) {
      JsonNode answer = searches.search(condition.index(), body).path("aggregations").path("keys");
      JsonNode buckets = answer.path("buckets");
      seen += buckets.size();
      if (seen > maxKeys) {
        throw SearchException.refused(
            "there are more than %d combinations of values of %s; at most %d are accepted. Leave a"
                    .formatted(maxKeys, String.join(", ", fields), maxKeys)
                + " field out of `by`, or narrow the query");
      }
      for (JsonNode bucket : buckets) {
        consumer.key(key(bucket.path("key"), fields.size()), bucket);
      }
      JsonNode after = answer.path("after_key");
      if (buckets.size() < page || after.isMissingNode()) {
        return;
      }
      composite.set("after", after);
    }
  }

  private static Key key(JsonNode values, int length) {
    List<@Nullable String> key = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      JsonNode value = values.path(Integer.toString(i));
      key.add(value.isNull() || value.isMissingNode() ? null : value.asText());
    }
    return new Key(key);
  }

  /// A search without hits over the lines of a rule.
  static ObjectNode body(
      LogCondition condition, Instant from, Instant to, @Nullable ObjectNode also) {
    ObjectNode body = Searches.JSON.createObjectNode();
    body.put("size", 0);
    body.put("track_total_hits", false);
    ArrayNode filter = body.putObject("query").putObject("bool").putArray("filter");
    filter.add(Windows.range(from, to));
    filter.add(queryString(condition.query()));
    if (also != null) {
      filter.add(also);
    }
    return body;
  }

  /// As Kibana and ElastAlert ask it.
  static ObjectNode queryString(String query) {
    ObjectNode wrapped = Searches.JSON.createObjectNode();
    wrapped.putObject("query_string").put("query", query).put("analyze_wildcard", true);
    return wrapped;
  }
}
