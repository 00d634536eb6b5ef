package dev.longshore.alerting.receiver.mattermost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import java.util.List;

/// Mattermost's incoming webhooks (developers.mattermost.com, "Incoming webhooks").
///
/// @param props further properties of a post, such as `card`
/// @param priority how urgent a post is, whether it wants to be acknowledged; empty for neither
record MattermostMessages(SecretSource url, TemplateTree props, TemplateTree priority)
    implements MessageKind {
  /// The longest text, in characters.
  private static final int TEXT = 16_383;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    for (String key : List.of("channel", "username", "icon_url", "icon_emoji", "type")) {
      JsonFields.put(message, key, notice.plain(key));
    }
    ArrayNode attachments = message.arrayNode();
    for (int i = 0; i < notice.count("attachments"); i++) {
      String prefix = "attachments[" + i + "].";
      ObjectNode attachment = attachments.addObject();
      for (String key : notice.under(prefix)) {
        if (!key.startsWith("fields[")) {
          JsonFields.put(attachment, key, Notice.cut(notice.text(prefix + key), TEXT));
        }
      }
      for (int j = 0; j < notice.count(prefix + "fields"); j++) {
        String field = prefix + "fields[" + j + "].";
        attachment
            .withArray("fields")
            .addObject()
            .put("title", notice.text(field + "title"))
            .put("value", Notice.cut(notice.text(field + "value"), TEXT))
            .put("short", notice.plain(field + "short").equals("true"));
      }
    }
    if (!attachments.isEmpty()) {
      message.set("attachments", attachments);
    }
    for (TemplateTree tree : List.of(props, priority)) {
      if (!tree.json().isEmpty()) {
        message.set(tree.key(), notice.filled(tree));
      }
    }
    String text = notice.body("text");
    JsonFields.put(
        message,
        "text",
        Notice.cut(
            text.isBlank() && attachments.isEmpty() ? "An alert without a text" : text, TEXT));
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    return HttpResults.of(
        sender.post(url.value(), "application/json", message.toString()), "Mattermost");
  }
}
