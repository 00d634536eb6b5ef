package dev.longshore.alerting.receiver.incidentio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.AlertmanagerPayload;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import org.jspecify.annotations.Nullable;

/// incident.io's alert events (api-docs.incident.io, "Alert Events"): Alertmanager's payload,
/// posted with the token of the alert source.
///
/// @param token null where `http_config` says who we are
/// @param maxAlerts how many alerts a payload has at most; 0 for no limit
record IncidentIoEvents(SecretSource url, @Nullable SecretSource token, int maxAlerts)
    implements MessageKind {

  @Override
  public void compose(Notice notice, ObjectNode message) {
    message.setAll(
        AlertmanagerPayload.of(
            notice.notification(),
            notice.reason(),
            notice.alerts(),
            maxAlerts,
            notice.externalUrl()));
    // Alertmanager counts the versions of this payload by themselves.
    message.put("version", "1");
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    return HttpResults.of(
        sender.post(
            url.value(),
            "application/json",
            message.toString(),
            token == null ? null : "Bearer " + token.value(),
            HttpSender.SHORT_ANSWER_BYTES),
        "incident.io");
  }

  @Override
  public int concurrency() {
    return 4;
  }
}
