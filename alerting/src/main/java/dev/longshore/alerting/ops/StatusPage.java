package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.eval.RuleGroupView;
import dev.longshore.alerting.eval.RuleGroupView.AlertingRuleView;
import dev.longshore.alerting.eval.RuleGroupView.RecordingRuleView;
import dev.longshore.alerting.eval.RuleGroupView.RuleView;
import dev.longshore.alerting.reload.Configuration;
import dev.longshore.alerting.rule.BrokenRule;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.StatusSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// `/status`: each rule with its state and health, what is broken, and what waits to be told.
public final class StatusPage implements StatusSource {
  private final Engine engine;
  private final Configuration configuration;
  private final Clock clock;
  private final Loop loop;

  public StatusPage(Engine engine, Configuration configuration, Clock clock, Loop loop) {
    this.engine = engine;
    this.configuration = configuration;
    this.clock = clock;
    this.loop = loop;
  }

  private record Seen(
      List<RuleGroupView> groups,
      long firing,
      long resolved,
      int waiting,
      boolean failing,
      int silences) {}

  private Seen look() {
    Instant now = clock.now();
    long resolved =
        engine.alerts().all().stream().filter((Alert it) -> it.isResolvedAt(now)).count();
    return new Seen(
        engine.evaluator().groups(),
        engine.alerts().all().size() - resolved,
        resolved,
        engine.notifier().waiting(),
        engine.notifier().isFailing(),
        engine.silences().all().size());
  }

  @Override
  public void writeMembers(JsonGenerator json) throws IOException {
    Seen seen;
    try {
      seen = loop.call(this::look);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    json.writeObjectFieldStart("alerts");
    json.writeNumberField("firing", seen.firing);
    json.writeNumberField("resolved", seen.resolved);
    json.writeEndObject();
    json.writeObjectFieldStart("notifications");
    json.writeNumberField("waiting", seen.waiting);
    json.writeBooleanField("failing", seen.failing);
    json.writeEndObject();
    json.writeNumberField("silences", seen.silences);
    json.writeArrayFieldStart("atNextStart");
    for (String section : configuration.atNextStart()) {
      json.writeString(section);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("broken");
    for (BrokenRule brokenRule : configuration.rules().quarantined()) {
      json.writeString(brokenRule.toString());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("groups");
    for (RuleGroupView group : seen.groups) {
      group(json, group);
    }
    json.writeEndArray();
  }

  private static void group(JsonGenerator json, RuleGroupView group) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", group.name());
    json.writeStringField("file", group.file());
    json.writeStringField("source", group.source() == null ? "" : group.source());
    json.writeNumberField("intervalSeconds", group.interval().toMillis() / 1e3);
    if (group.lastEvaluation() != null) {
      json.writeStringField("lastEvaluation", group.lastEvaluation().toString());
    }
    json.writeNumberField("evaluationSeconds", group.evaluationTime().toNanos() / 1e9);
    json.writeArrayFieldStart("rules");
    for (RuleView rule : group.rules()) {
      json.writeStartObject();
      json.writeStringField("name", rule.name());
      switch (rule) {
        case RecordingRuleView recording -> {
          json.writeStringField("place", recording.place());
          json.writeStringField("state", "evaluated by Prometheus");
        }
        case AlertingRuleView alerting -> rule(json, alerting);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void rule(JsonGenerator json, AlertingRuleView rule) throws IOException {
    json.writeStringField("place", rule.place());
    json.writeStringField("state", rule.state());
    json.writeStringField("health", rule.health());
    if (rule.lastError() != null) {
      json.writeStringField("lastError", rule.lastError());
    }
    json.writeNumberField("alerts", rule.alerts().size());
    json.writeBooleanField("stale", rule.stale());
  }
}
