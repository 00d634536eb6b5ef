package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.eval.RuleGroupView;
import dev.longshore.alerting.eval.RuleGroupView.AlertingRuleView;
import dev.longshore.alerting.eval.RuleGroupView.RecordingRuleView;
import dev.longshore.alerting.eval.RuleGroupView.RuleView;
import java.io.IOException;
import java.util.List;

/// `GET <prefix>/rules`: every rule with its expression, its state and how its last evaluation
/// went.
///
/// `groups`, each with `name`, `file`, `source`, `intervalSeconds`, `lastEvaluation` and `rules`,
/// each with `name`, `type` (`alerting` or `recording`), `query` and `place`; an alerting rule has
/// also `state`, `health`, `lastError`, `lastEvaluation`, `knownAt`, `evaluationSeconds`,
/// `forSeconds`, `firing`, `pending`, `stale`, `behind`, `warnings`, `labels` and `annotations` (as
/// the file has them).
final class RulesPage {
  private RulesPage() {}

  static void write(JsonGenerator json, List<RuleGroupView> groups) throws IOException {
    json.writeArrayFieldStart("groups");
    for (RuleGroupView group : groups) {
      json.writeStartObject();
      json.writeStringField("name", group.name());
      json.writeStringField("file", group.file());
      json.writeStringField("source", group.source() == null ? "" : group.source());
      json.writeNumberField("intervalSeconds", group.interval().toMillis() / 1e3);
      OpsJson.instant(json, "lastEvaluation", group.lastEvaluation());
      json.writeArrayFieldStart("rules");
      for (RuleView rule : group.rules()) {
        json.writeStartObject();
        json.writeStringField("name", rule.name());
        switch (rule) {
          case RecordingRuleView recording -> {
            json.writeStringField("type", "recording");
            json.writeStringField("query", recording.expression());
            json.writeStringField("place", recording.place());
          }
          case AlertingRuleView alerting -> {
            json.writeStringField("type", "alerting");
            alerting(json, alerting);
          }
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void alerting(JsonGenerator json, AlertingRuleView rule) throws IOException {
    json.writeStringField("query", rule.expression());
    json.writeStringField("place", rule.place());
    json.writeStringField("source", rule.source() == null ? "" : rule.source());
    json.writeStringField("state", rule.state());
    json.writeStringField("health", rule.health());
    if (rule.lastError() != null) {
      json.writeStringField("lastError", rule.lastError());
    }
    OpsJson.instant(json, "lastEvaluation", rule.lastEvaluation());
    OpsJson.instant(json, "knownAt", rule.knownAt());
    json.writeNumberField("evaluationSeconds", rule.evaluationTime().toNanos() / 1e9);
    json.writeNumberField("forSeconds", rule.holdFor().toMillis() / 1e3);
    long firing = rule.alerts().stream().filter(it -> it.state().equals("firing")).count();
    json.writeNumberField("firing", firing);
    json.writeNumberField("pending", rule.alerts().size() - firing);
    json.writeBooleanField("stale", rule.stale());
    json.writeStringField("behind", rule.behind());
    OpsJson.texts(json, "warnings", rule.warnings());
    OpsJson.labels(json, "labels", rule.labels());
    OpsJson.labels(json, "annotations", rule.annotations());
  }
}
