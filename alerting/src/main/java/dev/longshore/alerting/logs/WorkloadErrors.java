package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The errors that a workload logged, for an alert about its metrics: one search.
final class WorkloadErrors {
  private static final int MOST = 3;
  private static final int MAX_CHARACTERS = 160;

  /// The label of a metric, and the field that has the same, from the most exact on.
  private static final Map<String, String> FIELDS = fields();

  private final Searches searches;
  private final KibanaLinks kibana;

  WorkloadErrors(Searches searches, KibanaLinks kibana) {
    this.searches = searches;
    this.kibana = kibana;
  }

  private static Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("pod", "kubernetes.pod.name");
    fields.put("deployment", "kubernetes.deployment.name");
    fields.put("statefulset", "kubernetes.statefulset.name");
    fields.put("daemonset", "kubernetes.daemonset.name");
    fields.put("job_name", "kubernetes.job.name");
    fields.put("cronjob", "kubernetes.cronjob.name");
    return fields;
  }

  /// The three errors that were there most; nothing when the labels name no workload.
  Evidence of(Labels labels, Instant from, Instant to) {
    String namespace = labels.get("namespace");
    List<String> by = new ArrayList<>();
    by.add("kubernetes.namespace");
    for (Map.Entry<String, String> field : FIELDS.entrySet()) {
      if (by.size() == 1 && !labels.get(field.getKey()).isEmpty()) {
        by.add(field.getValue());
      }
    }
    if (namespace.isEmpty() || by.size() == 1) {
      return Evidence.NONE;
    }
    LogCondition errors =
        new LogCondition(
            "_exists_:" + LogCondition.ERROR,
            LogCondition.DEFAULT_INDEX,
            by,
            Duration.between(from, to),
            null,
            new LogPredicate.Any());
    try {
      List<String> words = ask(errors, labels, from, to);
      String url = kibana.discover(errors, labels, from.toString(), to.toString());
      return new Evidence(
          "",
          List.of(
              new Evidence.Fact(
                  "errors", words.isEmpty() ? "none in its logs" : String.join("; ", words))),
          List.of(),
          words.isEmpty() || url.isEmpty() ? List.of() : List.of(new Evidence.Link("Errors", url)));
    } catch (SearchException e) {
      return Evidence.NONE;
    }
  }

  private List<String> ask(LogCondition errors, Labels labels, Instant from, Instant to)
      throws SearchException {
    List<String> values =
        errors.by().stream().map(it -> labels.get(LogCondition.label(it))).toList();
    ObjectNode body =
        KeyedSearch.body(errors, from, to, new Key(List.copyOf(values)).query(errors.by()));
    ObjectNode terms = body.putObject("aggs").putObject("errors");
    terms.putObject("terms").put("field", LogCondition.ERROR).put("size", MOST);
    ObjectNode last = terms.putObject("aggs").putObject("last").putObject("top_hits");
    last.put("size", 1);
    last.putArray("sort").addObject().put(Searches.TIME, "desc");
    last.putArray("_source").add("message").add("error.type");
    JsonNode answer = searches.search(errors.index(), body);
    List<String> words = new ArrayList<>();
    for (JsonNode error : answer.path("aggregations").path("errors").path("buckets")) {
      Line line = Line.of(error.path("last").path("hits").path("hits").path(0));
      String text = line.shown().lines().findFirst().orElse("");
      words.add(
          error.path("doc_count").asLong()
              + "× "
              + (text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) + "…" : text));
    }
    return words;
  }
}
