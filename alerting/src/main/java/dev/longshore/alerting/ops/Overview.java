package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.escalate.EscalationView;
import dev.longshore.alerting.eval.RuleGroupView;
import dev.longshore.alerting.eval.RuleGroupView.ActiveAlertView;
import dev.longshore.alerting.eval.RuleGroupView.AlertingRuleView;
import dev.longshore.alerting.eval.SourceView;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.rule.RuleSet;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `GET <prefix>/overview`: what the header of the page shows, and what is known of alerts beside
/// Alertmanager's API: which are pending, which are not known and since when, what mutes.
///
/// Members, of one moment, `now`:
/// - `sources`: `name`, `kind` (`metrics` or `logs`), `up`, `failingSince`, `cause`, `rules`;
/// - `rules`: `total`, `failing`, `lastEvaluation` (of any group), `broken` (files and rules whose
///   last good version is in force);
/// - `notKnown`: rules whose alerts are as they were when evaluations began to fail: `rule`,
///   `name`, `since`, `cause`, `fingerprints`;
/// - `pending`: the oldest [#MOST_PENDING] alerts that wait for `for`: `fingerprint`, `labels`,
///   `annotations`, `activeAt`, `firesAt`, `value`; and `pendingTotal`;
/// - `mutes`: `receiver`, `intervals`, `reason`, `until` (missing when more than a year away);
/// - `escalations`: as in [OnCallPage];
/// - `notifications`: `waiting`, `oldest`, `failing`;
/// - `obstacle`: why nobody would be notified, as far as alerting can know; missing when nothing is
///   in the way.
///
/// @param obstacle null when nothing keeps alerting from working
/// @param oldestWaiting null when no message waits
record Overview(
    Instant now,
    List<SourceView> sources,
    List<RuleGroupView> groups,
    List<Dispatcher.Mute> mutes,
    List<EscalationView> escalations,
    int waiting,
    @Nullable Instant oldestWaiting,
    boolean failing,
    @Nullable String obstacle) {
  static final int MOST_PENDING = 1_000;

  /// Looks at the stages. On the loop.
  static Overview of(Engine engine, Instant now) {
    return new Overview(
        now,
        engine.evaluator().sources(),
        engine.evaluator().groups(),
        engine.dispatcher().mutes(),
        engine.escalations().all(),
        engine.notifier().waiting(),
        engine.notifier().oldestWaiting(),
        engine.notifier().isFailing(),
        engine.obstacle());
  }

  private record Pending(AlertingRuleView rule, ActiveAlertView alert) {}

  void write(JsonGenerator json, RuleSet inForce) throws IOException {
    json.writeStringField("now", now.toString());
    if (obstacle != null) {
      json.writeStringField("obstacle", obstacle);
    }
    sources(json);
    List<AlertingRuleView> rules = new ArrayList<>();
    Instant lastEvaluation = null;
    for (RuleGroupView group : groups) {
      Instant evaluated = group.lastEvaluation();
      if (evaluated != null && (lastEvaluation == null || evaluated.isAfter(lastEvaluation))) {
        lastEvaluation = evaluated;
      }
      for (RuleGroupView.RuleView rule : group.rules()) {
        if (rule instanceof AlertingRuleView alerting) {
          rules.add(alerting);
        }
      }
    }
    json.writeObjectFieldStart("rules");
    json.writeNumberField("total", rules.size());
    json.writeNumberField(
        "failing", rules.stream().filter(rule -> rule.lastError() != null).count());
    OpsJson.instant(json, "lastEvaluation", lastEvaluation);
    OpsJson.texts(json, "broken", inForce.quarantined().stream().map(it -> it.toString()).toList());
    json.writeEndObject();
    notKnown(json, rules);
    pending(json, rules);
    mutes(json);
    OnCallPage.escalations(json, escalations);
    json.writeObjectFieldStart("notifications");
    json.writeNumberField("waiting", waiting);
    OpsJson.instant(json, "oldest", oldestWaiting);
    json.writeBooleanField("failing", failing);
    json.writeEndObject();
  }

  private void sources(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("sources");
    for (SourceView source : sources) {
      json.writeStartObject();
      json.writeStringField("name", source.name());
      json.writeStringField("kind", source.kind());
      json.writeBooleanField("up", source.up());
      OpsJson.instant(json, "failingSince", source.failingSince());
      json.writeStringField("cause", source.cause());
      json.writeNumberField("rules", source.rules());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void notKnown(JsonGenerator json, List<AlertingRuleView> rules)
      throws IOException {
    json.writeArrayFieldStart("notKnown");
    for (AlertingRuleView rule : rules) {
      if (rule.lastError() == null && !rule.stale()) {
        continue;
      }
      json.writeStartObject();
      json.writeStringField("rule", rule.place());
      json.writeStringField("name", rule.name());
      OpsJson.instant(json, "since", rule.knownAt());
      json.writeStringField("cause", rule.lastError() == null ? "" : rule.lastError());
      OpsJson.texts(
          json,
          "fingerprints",
          rule.alerts().stream().map(alert -> alert.fingerprint().toString()).toList());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void pending(JsonGenerator json, List<AlertingRuleView> rules) throws IOException {
    List<Pending> pending = new ArrayList<>();
    for (AlertingRuleView rule : rules) {
      for (ActiveAlertView alert : rule.alerts()) {
        if (alert.state().equals("pending")) {
          pending.add(new Pending(rule, alert));
        }
      }
    }
    pending.sort((a, b) -> a.alert.activeAt().compareTo(b.alert.activeAt()));
    json.writeNumberField("pendingTotal", pending.size());
    json.writeArrayFieldStart("pending");
    for (Pending it : pending.subList(0, Math.min(MOST_PENDING, pending.size()))) {
      json.writeStartObject();
      json.writeStringField("fingerprint", it.alert.fingerprint().toString());
      OpsJson.labels(json, "labels", it.alert.labels());
      OpsJson.labels(json, "annotations", it.alert.annotations());
      OpsJson.instant(json, "activeAt", it.alert.activeAt());
      OpsJson.instant(json, "firesAt", it.alert.activeAt().plus(it.rule.holdFor()));
      json.writeStringField("value", it.alert.value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void mutes(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("mutes");
    for (Dispatcher.Mute mute : mutes) {
      json.writeStartObject();
      json.writeStringField("receiver", mute.receiver());
      OpsJson.texts(json, "intervals", mute.intervals());
      json.writeStringField("reason", mute.reason());
      OpsJson.instant(json, "until", mute.until());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
