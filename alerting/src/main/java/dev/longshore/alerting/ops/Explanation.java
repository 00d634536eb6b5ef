package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.eval.RuleGroupView;
import dev.longshore.alerting.eval.RuleGroupView.ActiveAlertView;
import dev.longshore.alerting.eval.RuleGroupView.AlertingRuleView;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.state.Decision;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Why people were told of alerts, or not: what the stages know of each at one moment, and every
/// decision that was made about it.
final class Explanation {

  /// Alerts that are explained at a time.
  static final int MOST = 50;

  /// What is known of an alert beside the decisions.
  private static final class Known {
    private final Labels labels;
    private @Nullable Alert alert;
    private @Nullable ActiveAlertView active;
    private @Nullable String place;
    private Suppression suppression = Suppression.NONE;
    private List<Dispatcher.Membership> memberships = List.of();

    /// By the ids of groups.
    private final Map<String, Acknowledgement> acknowledgements = new HashMap<>();

    private Known(Labels labels) {
      this.labels = labels;
    }

    private String state(Instant now) {
      if (alert != null) {
        return alert.isResolvedAt(now) ? "resolved" : "firing";
      }
      return active == null ? "gone" : active.state();
    }
  }

  /// Meanwhile the loop does nothing else.
  private static final Duration MOST_TIME = Duration.ofSeconds(1);

  private final Engine engine;
  private final AlertSelector alertSelector;
  private final Clock clock;
  private final Instant now;
  private final long deadline;
  private final Map<Fingerprint, Known> known = new LinkedHashMap<>();
  private final List<AlertingRuleView> rules = new ArrayList<>();

  Explanation(Engine engine, AlertSelector alertSelector, Clock clock) {
    this.engine = engine;
    this.alertSelector = alertSelector;
    this.clock = clock;
    this.now = clock.now();
    this.deadline = clock.nanoTime() + MOST_TIME.toNanos();
  }

  /// Whether an alert is asked for.
  private boolean isMeant(Labels labels) {
    if (clock.nanoTime() - deadline > 0) {
      throw new IllegalArgumentException(
          "the expressions take more than "
              + MOST_TIME.toSeconds()
              + " s with all alerts; write simpler ones");
    }
    return alertSelector.has(labels);
  }

  /// Looks at the stages. On the loop.
  ///
  /// @throws IllegalArgumentException when that takes too long
  Explanation look() {
    for (Alert alert : engine.alerts().all()) {
      if (isMeant(alert.labels())) {
        Known about = about(alert.labels());
        about.alert = alert;
        about.suppression = engine.dispatcher().suppression(alert);
        about.memberships = engine.dispatcher().memberships(alert);
        for (Dispatcher.Membership membership : about.memberships) {
          Acknowledgement acknowledgement = engine.acknowledgements().of(membership.id());
          if (acknowledgement != null) {
            about.acknowledgements.put(membership.id(), acknowledgement);
          }
        }
      }
    }
    for (RuleGroupView group : engine.evaluator().groups()) {
      for (RuleGroupView.RuleView rule : group.rules()) {
        if (rule instanceof AlertingRuleView alerting) {
          rule(alerting);
        }
      }
    }
    return this;
  }

  private void rule(AlertingRuleView rule) {
    boolean meant = alertSelector.mayBe(rule.name());
    for (ActiveAlertView active : rule.alerts()) {
      if (isMeant(active.labels()) || isKnown(active.fingerprint())) {
        Known about = known.computeIfAbsent(active.fingerprint(), _ -> new Known(active.labels()));
        about.active = active;
        about.place = rule.place();
        meant = true;
      }
    }
    if (meant) {
      rules.add(rule);
    }
  }

  private boolean isKnown(Fingerprint fingerprint) {
    return known.containsKey(fingerprint) || fingerprint.equals(alertSelector.fingerprint());
  }

  private Known about(Labels labels) {
    return known.computeIfAbsent(labels.fingerprint(), _ -> new Known(labels));
  }

  /// Adds the alerts that are gone, and of which decisions are known. Blocks on the database.
  Explanation remember() {
    for (Labels labels : engine.decisions().subjects(this::isMeant, MOST)) {
      about(labels);
    }
    return this;
  }

  /// Writes it all. Blocks on the database.
  void write(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("alerts");
    int left = MOST;
    for (Map.Entry<Fingerprint, Known> entry : known.entrySet()) {
      if (left-- == 0) {
        break;
      }
      alert(json, entry.getKey(), entry.getValue());
    }
    json.writeEndArray();
    json.writeNumberField("more", Math.max(0, known.size() - MOST));
    json.writeArrayFieldStart("rules");
    for (AlertingRuleView rule : rules) {
      rule(json, rule);
    }
    json.writeEndArray();
  }

  private void alert(JsonGenerator json, Fingerprint fingerprint, Known about) throws IOException {
    json.writeStartObject();
    json.writeStringField("fingerprint", fingerprint.toString());
    OpsJson.labels(json, "labels", about.labels);
    json.writeStringField("state", about.state(now));
    Alert alert = about.alert;
    if (alert != null) {
      json.writeStringField("origin", alert.origin().name().toLowerCase(Locale.ROOT));
      json.writeStringField("startsAt", alert.startsAt().toString());
      json.writeStringField("generatorURL", alert.generatorUrl());
      OpsJson.labels(json, "annotations", alert.annotations());
      if (alert.endsAt() != null) {
        json.writeStringField("endsAt", alert.endsAt().toString());
      }
    }
    ActiveAlertView active = about.active;
    if (active != null) {
      json.writeStringField("activeAt", active.activeAt().toString());
      json.writeStringField("value", active.value());
    }
    if (about.place != null) {
      json.writeStringField("rule", about.place);
    }
    OpsJson.texts(json, "silencedBy", about.suppression.silencedBy());
    OpsJson.texts(
        json,
        "inhibitedBy",
        about.suppression.inhibitedBy().stream().map(Fingerprint::toString).toList());
    json.writeArrayFieldStart("groups");
    for (Dispatcher.Membership membership : about.memberships) {
      json.writeStartObject();
      json.writeStringField("receiver", membership.receiver());
      json.writeStringField("key", membership.key());
      if (membership.nextFlush() != null) {
        json.writeStringField("nextLook", membership.nextFlush().toString());
      }
      OpsJson.texts(json, "mutedBy", membership.mutedBy());
      Acknowledgement acknowledgement = about.acknowledgements.get(membership.id());
      if (acknowledgement != null) {
        json.writeStringField("acknowledgedBy", acknowledgement.by());
        json.writeStringField("acknowledgedUntil", acknowledgement.until().toString());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("decisions");
    for (Decision decision : engine.decisions().of(fingerprint)) {
      json.writeStartObject();
      json.writeStringField("at", decision.at().toString());
      json.writeStringField("stage", decision.stage());
      json.writeStringField("what", decision.what());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void rule(JsonGenerator json, AlertingRuleView rule) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", rule.name());
    json.writeStringField("place", rule.place());
    json.writeStringField("state", rule.state());
    json.writeStringField("health", rule.health());
    if (rule.lastError() != null) {
      json.writeStringField("lastError", rule.lastError());
    }
    if (rule.lastEvaluation() != null) {
      json.writeStringField("lastEvaluation", rule.lastEvaluation().toString());
    }
    json.writeStringField("query", rule.expression());
    json.writeNumberField("forSeconds", rule.holdFor().toMillis() / 1e3);
    OpsJson.instant(json, "knownAt", rule.knownAt());
    json.writeNumberField("alerts", rule.alerts().size());
    json.writeEndObject();
  }
}
