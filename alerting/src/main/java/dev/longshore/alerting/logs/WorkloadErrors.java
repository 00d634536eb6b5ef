package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The errors that a workload logged, for an alert about its metrics: one search.
final class WorkloadErrors {
  private static final int MOST = 3;
  private static final int NEWEST = 5;
  private static final int MAX_CHARACTERS = 160;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Searches searches;
  private final KibanaLinks kibana;

  WorkloadErrors(Searches searches, KibanaLinks kibana) {
    this.searches = searches;
    this.kibana = kibana;
  }

  /// The three errors that were there most, and the newest lines; nothing when the labels name no
  /// namespace.
  Evidence of(Labels labels, Instant from, Instant to) {
    Workload workload = Workload.of(labels);
    if (workload == null) {
      return Evidence.NONE;
    }
    LogCondition errors =
        new LogCondition(
            "_exists_:" + LogCondition.ERROR,
            LogCondition.DEFAULT_INDEX,
            workload.isWholeNamespace()
                ? List.of(Workload.NAMESPACE)
                : List.of(Workload.NAMESPACE, workload.field()),
            Duration.between(from, to),
            null,
            new LogPredicate.Any());
    try {
      return shown(
          ask(errors, workload, from, to),
          workload,
          kibana.discover(errors, labels, from.toString(), to.toString()));
    } catch (SearchException e) {
      return Evidence.NONE;
    }
  }

  private JsonNode ask(LogCondition errors, Workload workload, Instant from, Instant to)
      throws SearchException {
    ObjectNode its = Searches.JSON.createObjectNode();
    workload.filter(its.putObject("bool").putArray("filter"));
    ObjectNode body = KeyedSearch.body(errors, from, to, its);
    body.put("size", NEWEST);
    LinesSearch.sort(body, "desc");
    body.putArray("_source").add("message").add("kubernetes.pod.name");
    ObjectNode terms = body.putObject("aggs").putObject("errors");
    terms.putObject("terms").put("field", LogCondition.ERROR).put("size", MOST);
    ObjectNode last = terms.putObject("aggs").putObject("last").putObject("top_hits");
    last.put("size", 1);
    last.putArray("sort").addObject().put(Searches.TIME, "desc");
    last.putArray("_source").add("message").add("error.type");
    return searches.search(errors.index(), body);
  }

  private static Evidence shown(JsonNode answer, Workload workload, String url) {
    List<String> words = new ArrayList<>();
    for (JsonNode error : answer.path("aggregations").path("errors").path("buckets")) {
      Line line = Line.of(error.path("last").path("hits").path("hits").path(0));
      words.add(error.path("doc_count").asLong() + "× " + firstLine(line));
    }
    List<String> newest = new ArrayList<>();
    for (JsonNode hit : answer.path("hits").path("hits")) {
      Line line = Line.of(hit);
      Instant at = line.time();
      newest.addFirst(
          ((at == null ? "" : TIME.format(at) + " ") + line.pod() + "  " + firstLine(line))
              .strip());
    }
    String where = workload.isWholeNamespace() ? "in the namespace: " : "";
    return new Evidence(
        "",
        List.of(
            new Evidence.Fact(
                Evidence.ERRORS,
                words.isEmpty() ? "none in its logs" : where + String.join("; ", words))),
        newest.isEmpty()
            ? List.of()
            : List.of(new Evidence.Sample("newest errors, UTC", String.join("\n", newest))),
        words.isEmpty() || url.isEmpty() ? List.of() : List.of(new Evidence.Link("Errors", url)));
  }

  private static String firstLine(Line line) {
    String text = line.shown().lines().findFirst().orElse("");
    if (text.length() <= MAX_CHARACTERS) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1)) ? 1 : 0;
    return text.substring(0, MAX_CHARACTERS - end) + "…";
  }
}
