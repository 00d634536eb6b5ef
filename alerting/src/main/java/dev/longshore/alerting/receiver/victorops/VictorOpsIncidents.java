package dev.longshore.alerting.receiver.victorops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// VictorOps' generic REST endpoint (help.victorops.com, "REST Endpoint Integration Guide"): a
/// group is one incident, known by its `entity_id`.
record VictorOpsIncidents(String apiUrl, SecretSource apiKey) implements MessageKind {
  /// The longest `state_message`, in characters.
  private static final int STATE_MESSAGE = 20_480;

  private static final List<String> TYPES = List.of("CRITICAL", "WARNING", "INFO");

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String type = notice.plain("message_type").strip().toUpperCase(Locale.ROOT);
    String name = notice.plain("entity_display_name");
    String tool = notice.plain("monitoring_tool");
    String routingKey = notice.plain("routing_key").strip();
    message.put("routingKey", routingKey);
    ObjectNode incident = message.putObject("incident");
    notice
        .under("custom_fields.")
        .forEach(it -> incident.put(it, notice.plain("custom_fields." + it)));
    incident.put(
        "message_type", !notice.isFiring() ? "RECOVERY" : TYPES.contains(type) ? type : "CRITICAL");
    incident.put("entity_id", notice.groupHash());
    incident.put("entity_display_name", name);
    incident.put("monitoring_tool", tool);
    incident.put("state_message", Notice.cut(notice.body("state_message"), STATE_MESSAGE));
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    String key = URLEncoder.encode(message.path("routingKey").asText(), StandardCharsets.UTF_8);
    return HttpResults.of(
        sender.post(
            HttpSender.below(apiUrl, apiKey.value() + "/" + key.replace("+", "%20")),
            "application/json",
            message.path("incident").toString()),
        "VictorOps");
  }

  /// Incidents are apart by their ids, so groups need not wait for each other.
  @Override
  public int concurrency() {
    return 4;
  }
}
