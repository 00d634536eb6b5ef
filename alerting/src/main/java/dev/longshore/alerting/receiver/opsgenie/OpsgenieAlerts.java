package dev.longshore.alerting.receiver.opsgenie;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Opsgenie's alert API (docs.opsgenie.com, "Alert API"): a group is one alert, known by its alias,
/// which is closed when nothing fires any more.
///
/// @param updates whether an alert that stands gets the new message and description
record OpsgenieAlerts(String apiUrl, SecretSource apiKey, boolean updates) implements MessageKind {
  /// The longest `message`, in characters.
  private static final int MESSAGE = 130;

  private static final int DESCRIPTION = 15_000;
  private static final List<String> PRIORITIES = List.of("P1", "P2", "P3", "P4", "P5");

  @Override
  public void compose(Notice notice, ObjectNode message) {
    message.put("alias", notice.groupHash());
    message.put("close", !notice.isFiring());
    ObjectNode alert = message.putObject("alert");
    ObjectNode details = alert.objectNode();
    NotificationData.common(notice.alerts(), true).asMap().forEach(details::put);
    notice.under("details.").forEach(it -> details.put(it, notice.plain("details." + it)));
    JsonFields.put(alert, "source", notice.plain("source"));
    JsonFields.put(alert, "note", notice.plain("note"));
    if (!notice.isFiring()) {
      return;
    }
    String title = notice.plain("message").strip();
    alert.put("message", Notice.cut(title.isEmpty() ? "An alert without a title" : title, MESSAGE));
    alert.set("details", details);
    JsonFields.put(alert, "entity", notice.plain("entity"));
    list(alert, "tags", notice.plain("tags"));
    list(alert, "actions", notice.plain("actions"));
    String priority = notice.plain("priority").strip();
    if (PRIORITIES.contains(priority)) {
      alert.put("priority", priority);
    }
    responders(alert, notice);
    JsonFields.put(alert, "description", Notice.cut(notice.body("description"), DESCRIPTION));
  }

  private static void list(ObjectNode alert, String key, String text) {
    ArrayNode list = alert.arrayNode();
    for (String item : text.split(",", -1)) {
      if (!item.isBlank()) {
        list.add(item.strip());
      }
    }
    if (!list.isEmpty()) {
      alert.set(key, list);
    }
  }

  /// Responders of type `teams` are names with commas between them.
  private static void responders(ObjectNode alert, Notice notice) {
    ArrayNode responders = alert.arrayNode();
    for (int i = 0; i < notice.count("responders"); i++) {
      String prefix = "responders[" + i + "].";
      String type = notice.plain(prefix + "type").strip().toLowerCase(Locale.ROOT);
      String name = notice.plain(prefix + "name");
      if (type.equals("teams")) {
        for (String team : name.split(",", -1)) {
          if (!team.isBlank()) {
            responders.addObject().put("name", team.strip()).put("type", "team");
          }
        }
        continue;
      }
      ObjectNode responder = responders.objectNode();
      JsonFields.put(responder, "id", notice.plain(prefix + "id"));
      JsonFields.put(responder, "name", name);
      JsonFields.put(responder, "username", notice.plain(prefix + "username"));
      if (!responder.isEmpty()) {
        responders.add(responder.put("type", type));
      }
    }
    if (!responders.isEmpty()) {
      alert.set("responders", responders);
    }
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    String alias = message.path("alias").asText();
    ObjectNode alert = message.path("alert").deepCopy();
    if (message.path("close").asBoolean()) {
      return HttpResults.of(
          call(sender, "POST", "v2/alerts/" + alias + "/close?identifierType=alias", alert),
          "Opsgenie");
    }
    alert.put("alias", alias);
    DeliveryResult created = HttpResults.of(call(sender, "POST", "v2/alerts", alert), "Opsgenie");
    if (!updates || !(created instanceof DeliveryResult.Delivered)) {
      return created;
    }
    for (String field : List.of("message", "description")) {
      ObjectNode change = alert.objectNode().put(field, alert.path(field).asText());
      DeliveryResult changed =
          HttpResults.of(
              call(
                  sender,
                  "PUT",
                  "v2/alerts/" + alias + "/" + field + "?identifierType=alias",
                  change),
              "Opsgenie");
      if (!(changed instanceof DeliveryResult.Delivered)) {
        return changed;
      }
    }
    return created;
  }

  private HttpReply call(HttpSender sender, String method, String path, ObjectNode body) {
    return sender.send(
        new HttpSender.Call(
            method,
            HttpSender.below(apiUrl, path),
            "application/json",
            body.toString(),
            "GenieKey " + apiKey.value(),
            Map.of()),
        HttpSender.SHORT_ANSWER_BYTES);
  }

  /// Alerts are apart by their aliases, so groups need not wait for each other.
  @Override
  public int concurrency() {
    return 4;
  }
}
