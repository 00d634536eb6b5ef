package dev.longshore.alerting.ops;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.engine.Engine;
import dev.longshore.alerting.escalate.EscalationView;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.alerting.oncall.Shift;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `GET <prefix>/oncall`: who is on call, and what is escalated.
///
/// Members, of one moment, `now`:
/// - `rotations`: `name`, `timezone`, `person` (missing when nobody is on call), `until` (missing
///   when that is more than a week away), `next` (missing when there is nobody else);
/// - `escalations`: `group` (as in `/api/v2/alerts/groups`), `receiver`, `policy`, `state`
///   (`running`, `stopped` or `done`), `round`, `step` (the next), `due`, `told` (receivers).
record OnCallPage(Instant now, OnCall onCall, List<EscalationView> escalations) {

  /// Looks at the stages. On the loop.
  static OnCallPage of(Engine engine, Instant now) {
    return new OnCallPage(now, engine.escalations().onCall(), engine.escalations().all());
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("now", now.toString());
    json.writeArrayFieldStart("rotations");
    for (Rotation rotation : onCall.rotations()) {
      json.writeStartObject();
      json.writeStringField("name", rotation.name());
      json.writeStringField("timezone", rotation.zone().getId());
      text(json, "person", rotation.at(now));
      List<Shift> shifts = rotation.shifts(now, now.plus(Rotation.WEEK));
      OpsJson.instant(json, "until", shifts.size() == 1 ? null : shifts.getFirst().to());
      text(json, "next", rotation.after(now));
      json.writeEndObject();
    }
    json.writeEndArray();
    escalations(json, escalations);
  }

  /// The member `escalations`.
  static void escalations(JsonGenerator json, List<EscalationView> escalations) throws IOException {
    json.writeArrayFieldStart("escalations");
    for (EscalationView escalation : escalations) {
      json.writeStartObject();
      json.writeStringField("group", AlertGroup.hash(escalation.group()));
      json.writeStringField("receiver", escalation.receiver());
      json.writeStringField("policy", escalation.policy());
      json.writeStringField("state", escalation.state());
      json.writeNumberField("round", escalation.round());
      json.writeNumberField("step", escalation.step());
      OpsJson.instant(json, "due", escalation.due());
      OpsJson.texts(json, "told", escalation.told());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void text(JsonGenerator json, String name, @Nullable String text)
      throws IOException {
    if (text != null) {
      json.writeStringField(name, text);
    }
  }
}
