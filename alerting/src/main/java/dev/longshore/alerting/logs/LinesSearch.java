package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.shared.units.PrometheusDurations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What people want to see of the lines that made a rule true for one key.
///
/// A handful of searches: one that counts, one for the newest lines, and two around each of at most
/// three of them. What fails is left out, and said.
final class LinesSearch {
  private static final int SAMPLES = 3;

  /// The newest lines, of which those are taken that differ.
  private static final int CANDIDATES = 50;

  private static final int MOST_NAMED = 3;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Searches searches;
  private final KibanaLinks kibana;
  private final LogCondition condition;
  private final Labels key;
  private final Instant end;

  LinesSearch(
      Searches searches, KibanaLinks kibana, LogCondition condition, Labels key, Instant end) {
    this.searches = searches;
    this.kibana = kibana;
    this.condition = condition;
    this.key = key;
    this.end = end;
  }

  Evidence evidence() {
    List<Evidence.Fact> facts = new ArrayList<>();
    List<Evidence.Sample> samples = new ArrayList<>();
    try {
      counts(facts);
      lines(samples);
    } catch (SearchException e) {
      facts.add(new Evidence.Fact("lines", "can't be looked at: " + e.getMessage()));
    }
    // Lines of the same second as the end belong in.
    String url = kibana.discover(condition, key, start().toString(), end.plusSeconds(1).toString());
    return new Evidence(
        "", facts, samples, url.isEmpty() ? List.of() : List.of(new Evidence.Link("Kibana", url)));
  }

  private Instant start() {
    return end.minus(condition.within());
  }

  /// Lines with exactly this key.
  private ObjectNode body(Instant from) {
    List<@Nullable String> values = new ArrayList<>();
    for (String field : condition.keys()) {
      String value = key.get(LogCondition.label(field));
      values.add(value.isEmpty() ? null : value);
    }
    return KeyedSearch.body(
        condition, from, end, values.isEmpty() ? null : new Key(values).query(condition.keys()));
  }

  private void counts(List<Evidence.Fact> facts) throws SearchException {
    ObjectNode body = body(start().minus(condition.within()));
    ObjectNode in = Searches.JSON.createObjectNode();
    in.putObject("first").putObject("min").put("field", Searches.TIME);
    in.putObject("last").putObject("max").put("field", Searches.TIME);
    terms(in, "namespaces", "kubernetes.namespace").set("aggs", terms("services", "service.name"));
    terms(in, "images", "container.image.name");
    Windows windows = new Windows(List.of(end, start()), condition.within());
    body.putObject("aggs").set("w", windows.aggregation(in));
    JsonNode buckets =
        searches.search(condition.index(), body).path("aggregations").path("w").path("buckets");
    JsonNode now = buckets.path("0");
    long count = now.path("doc_count").asLong();
    long before = buckets.path("1").path("doc_count").asLong();
    String within = PrometheusDurations.format(condition.within());
    facts.add(
        new Evidence.Fact(
            "count", count + " in " + within + ", " + before + " in the " + within + " before"));
    workloads(now, facts);
    named("images", buckets(now.path("images")), facts);
    if (count > 0) {
      facts.add(new Evidence.Fact("first", time(now.path("first"))));
      facts.add(new Evidence.Fact("last", time(now.path("last"))));
    }
  }

  private static ObjectNode terms(ObjectNode in, String name, String field) {
    ObjectNode terms = in.putObject(name);
    terms.putObject("terms").put("field", field).put("size", MOST_NAMED + 1);
    return terms;
  }

  private static ObjectNode terms(String name, String field) {
    ObjectNode aggregations = Searches.JSON.createObjectNode();
    terms(aggregations, name, field);
    return aggregations;
  }

  private static void workloads(JsonNode now, List<Evidence.Fact> facts) {
    List<String> workloads = new ArrayList<>();
    for (JsonNode namespace : now.path("namespaces").path("buckets")) {
      String name = namespace.path("key").asText();
      for (JsonNode service : namespace.path("services").path("buckets")) {
        workloads.add(
            name + "/" + service.path("key").asText() + " " + service.path("doc_count").asLong());
      }
    }
    named("workloads", workloads, facts);
  }

  private static List<String> buckets(JsonNode terms) {
    List<String> words = new ArrayList<>();
    for (JsonNode bucket : terms.path("buckets")) {
      words.add(bucket.path("key").asText());
    }
    return words;
  }

  private static void named(String what, List<String> names, List<Evidence.Fact> facts) {
    if (!names.isEmpty()) {
      String text = String.join(", ", names.subList(0, Math.min(MOST_NAMED, names.size())));
      facts.add(new Evidence.Fact(what, names.size() > MOST_NAMED ? text + ", …" : text));
    }
  }

  private static String time(JsonNode aggregation) {
    return TIME.format(Instant.ofEpochMilli(aggregation.path("value").asLong()));
  }

  private void lines(List<Evidence.Sample> samples) throws SearchException {
    ObjectNode body = body(start());
    body.put("size", CANDIDATES);
    sort(body, "desc");
    JsonNode hits = searches.search(condition.index(), body).path("hits").path("hits");
    Set<String> kinds = new HashSet<>();
    for (boolean different : new boolean[] {true, false}) {
      for (JsonNode hit : hits) {
        Line line = Line.of(hit);
        String kind = different ? line.kind() : line.id();
        if (samples.size() < SAMPLES && kinds.add(kind) && (different || hits.size() <= SAMPLES)) {
          kinds.add(line.id());
          samples.add(new Evidence.Sample(line.title(), around(line)));
        }
      }
    }
  }

  /// By time, and of one file by place.
  static void sort(ObjectNode body, String order) {
    ArrayNode sort = body.putArray("sort");
    sort.addObject()
        .putObject(Searches.TIME)
        .put("order", order)
        .put("format", "strict_date_optional_time_nanos")
        .put("unmapped_type", "date_nanos");
    sort.addObject().putObject("log.offset").put("order", order).put("unmapped_type", "long");
  }

  /// A line with those of its container around it.
  private String around(Line line) throws SearchException {
    ObjectNode container = line.container();
    Instant at = line.time();
    if (container == null || at == null) {
      return line.shown();
    }
    List<String> lines = new ArrayList<>();
    for (Line before : neighbours(container, at.minus(Line.NEAR), at, "desc")) {
      lines.addFirst("  " + before.shown());
    }
    lines.add("> " + line.shown());
    for (Line after : neighbours(container, at.plusNanos(1), at.plus(Line.NEAR), "asc")) {
      lines.add("  " + after.shown());
    }
    return lines.size() == 1 ? line.shown() : String.join("\n", lines);
  }

  private List<Line> neighbours(ObjectNode container, Instant from, Instant to, String order)
      throws SearchException {
    ObjectNode body = Searches.JSON.createObjectNode();
    body.put("size", Line.CONTEXT);
    body.put("track_total_hits", false);
    ArrayNode filter = body.putObject("query").putObject("bool").putArray("filter");
    filter.add(Windows.range(from, to));
    filter.add(container);
    sort(body, order);
    List<Line> lines = new ArrayList<>();
    for (JsonNode hit : searches.search(condition.index(), body).path("hits").path("hits")) {
      lines.add(Line.of(hit));
    }
    return lines;
  }

  static @Nullable Instant parsed(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
