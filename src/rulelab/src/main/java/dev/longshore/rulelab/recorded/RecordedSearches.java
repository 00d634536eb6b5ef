package dev.longshore.rulelab.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.logs.SearchException;
import dev.longshore.alerting.logs.Searches;
import dev.longshore.shared.clock.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Answers the searches of log rules from recorded lines, as far as these go: the queries and
/// aggregations that alerting asks, and no others. What a query in Lucene's syntax finds is not
/// computed but recorded; `*` finds every line. One thread.
final class RecordedSearches implements Searches {
  private final Clock clock;
  private final List<Recording.Query> queries;
  private final List<RecordedLine> lines = new ArrayList<>();
  private final Set<String> asked = new HashSet<>();

  RecordedSearches(Recording recording, Clock clock) {
    this.clock = clock;
    this.queries = recording.queries();
    for (Recording.Query query : queries) {
      for (Recording.Line line : query.lines()) {
        Set<String> matched = new HashSet<>();
        line.also().forEach(it -> matched.add(Recording.Query.folded(it)));
        matched.add(Recording.Query.folded(query.text()));
        lines.add(
            new RecordedLine(
                Integer.toString(lines.size()), line.at(), line.found(), line.fields(), matched));
      }
    }
    lines.sort(Comparator.comparing(RecordedLine::at));
  }

  List<Recording.Query> unasked() {
    return queries.stream()
        .filter(it -> !asked.contains(Recording.Query.folded(it.text())))
        .toList();
  }

  @Override
  public JsonNode search(String index, ObjectNode body) throws SearchException {
    Instant now = clock.now();
    Predicate<RecordedLine> query = query(body.path("query"));
    fail(body.path("query"), now);
    List<RecordedLine> found =
        lines.stream().filter(it -> !now.isBefore(it.found())).filter(query).toList();
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode hits = answer.putObject("hits").putArray("hits");
    int size = body.path("size").asInt();
    boolean newestFirst =
        body.path("sort").path(0).path(Searches.TIME).path("order").asText().equals("desc");
    for (RecordedLine line :
        (newestFirst ? found.reversed() : found).stream().limit(size).toList()) {
      ObjectNode hit = hits.addObject();
      hit.put("_id", line.id());
      hit.putArray("sort").add(line.at().toString());
      ObjectNode source = hit.putObject("_source");
      line.fields().forEach(source::put);
    }
    try {
      answer.set("aggregations", aggregations(body.path("aggs"), found));
    } catch (IllegalArgumentException e) {
      throw SearchException.refused(String.valueOf(e.getMessage()));
    }
    return answer;
  }

  @Override
  public JsonNode ask(String index, String what, ObjectNode body) {
    ObjectNode answer = JSON.createObjectNode();
    answer.put("valid", true);
    ObjectNode fields = answer.putObject("fields");
    for (JsonNode field : body.path("fields")) {
      fields.putObject(field.asText()).putObject("keyword").put("aggregatable", true);
    }
    return answer;
  }

  /// Where the test says that there is no answer.
  private void fail(JsonNode query, Instant now) throws SearchException {
    Set<String> texts = new HashSet<>();
    query
        .findValues("query_string")
        .forEach(it -> texts.add(Recording.Query.folded(it.path("query").asText())));
    for (Recording.Query recorded : queries) {
      if (!texts.contains(Recording.Query.folded(recorded.text()))) {
        continue;
      }
      for (Recording.Failure failure : recorded.failures()) {
        if (!now.isBefore(failure.from()) && now.isBefore(failure.to())) {
          throw failure.refused()
              ? SearchException.refused(failure.cause())
              : SearchException.unavailable(failure.cause());
        }
      }
    }
  }

  private Predicate<RecordedLine> query(JsonNode query) {
    Map.Entry<String, JsonNode> only = only(query);
    JsonNode body = only.getValue();
    return switch (only.getKey()) {
      case "query_string" -> {
        String text = Recording.Query.folded(body.path("query").asText());
        asked.add(text);
        yield text.equals("*") ? _ -> true : line -> line.queries().contains(text);
      }
      case "range" -> {
        Instant from = Instant.parse(body.path(Searches.TIME).path("gte").asText());
        Instant to = Instant.parse(body.path(Searches.TIME).path("lt").asText());
        yield line -> !line.at().isBefore(from) && line.at().isBefore(to);
      }
      case "term" -> {
        Map.Entry<String, JsonNode> field = only(body);
        String value = field.getValue().asText();
        yield line -> value.equals(line.field(field.getKey()));
      }
      case "terms" -> {
        Map.Entry<String, JsonNode> field = only(body);
        Set<String> values = new HashSet<>();
        field.getValue().forEach(it -> values.add(it.asText()));
        yield line -> values.contains(String.valueOf(line.field(field.getKey())));
      }
      case "exists" -> {
        String field = body.path("field").asText();
        yield line -> line.field(field) != null;
      }
      case "bool" -> bool(body);
      default -> throw new IllegalArgumentException("no recorded answer to the query " + query);
    };
  }

  private Predicate<RecordedLine> bool(JsonNode body) {
    List<Predicate<RecordedLine>> all = each(body.path("filter"));
    List<Predicate<RecordedLine>> none = each(body.path("must_not"));
    List<Predicate<RecordedLine>> any = each(body.path("should"));
    return line ->
        all.stream().allMatch(it -> it.test(line))
            && none.stream().noneMatch(it -> it.test(line))
            && (any.isEmpty() || any.stream().anyMatch(it -> it.test(line)));
  }

  private List<Predicate<RecordedLine>> each(JsonNode queries) {
    if (queries.isObject()) {
      return List.of(query(queries));
    }
    return StreamSupport.stream(queries.spliterator(), false).map(this::query).toList();
  }

  private static Map.Entry<String, JsonNode> only(JsonNode object) {
    return object.properties().iterator().next();
  }

  private ObjectNode aggregations(JsonNode aggregations, List<RecordedLine> lines) {
    ObjectNode answers = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> it : aggregations.properties()) {
      answers.set(it.getKey(), aggregation(it.getValue(), lines));
    }
    return answers;
  }

  private ObjectNode aggregation(JsonNode aggregation, List<RecordedLine> lines) {
    JsonNode within = aggregation.path("aggs");
    Map.Entry<String, JsonNode> kind =
        aggregation.properties().stream()
            .filter(it -> !it.getKey().equals("aggs"))
            .findFirst()
            .orElseThrow();
    JsonNode body = kind.getValue();
    ObjectNode answer = JSON.createObjectNode();
    switch (kind.getKey()) {
      case "filter" -> {
        return bucket(within, lines.stream().filter(query(body)).toList());
      }
      case "filters" -> {
        ObjectNode buckets = answer.putObject("buckets");
        for (Map.Entry<String, JsonNode> filter : body.path("filters").properties()) {
          List<RecordedLine> those = lines.stream().filter(query(filter.getValue())).toList();
          buckets.set(filter.getKey(), bucket(within, those));
        }
      }
      case "terms" -> {
        ArrayNode buckets = answer.putArray("buckets");
        RecordedLine.byValues(lines, List.of(body.path("field").asText())).entrySet().stream()
            .filter(it -> it.getKey().getFirst() != null)
            .sorted(Comparator.comparingInt(it -> -it.getValue().size()))
            .limit(body.path("size").asInt())
            .forEach(
                it ->
                    buckets.add(bucket(within, it.getValue()).put("key", it.getKey().getFirst())));
      }
      case "composite" -> {
        List<String> fields = new ArrayList<>();
        for (JsonNode source : body.path("sources")) {
          fields.add(only(source).getValue().path("terms").path("field").asText());
        }
        ArrayNode buckets = answer.putArray("buckets");
        // All on one page: none has another behind it.
        RecordedLine.byValues(lines, fields)
            .forEach(
                (values, those) -> {
                  ObjectNode bucket = bucket(within, those);
                  ObjectNode key = bucket.putObject("key");
                  for (int i = 0; i < values.size(); i++) {
                    key.put(Integer.toString(i), values.get(i));
                  }
                  buckets.add(bucket);
                });
      }
      case "percentiles" ->
          answer
              .putArray("values")
              .addObject()
              .put(
                  "value",
                  RecordedLine.percentile(
                      lines,
                      body.path("field").asText(),
                      body.path("percents").path(0).asDouble()));
      default -> {
        @Nullable Double figure =
            RecordedLine.figure(lines, kind.getKey(), body.path("field").asText());
        answer.put("value", figure);
      }
    }
    return answer;
  }

  private ObjectNode bucket(JsonNode within, List<RecordedLine> lines) {
    ObjectNode bucket = aggregations(within, lines);
    bucket.put("doc_count", lines.size());
    return bucket;
  }
}
