package dev.longshore.alerting.receiver.mattermost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.util.List;

/// Mattermost's incoming webhooks (developers.mattermost.com, "Incoming webhooks").
record MattermostMessages(SecretSource url) implements MessageKind {
  /// The longest text, in characters.
  private static final int TEXT = 16_383;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    for (String key : List.of("channel", "username", "icon_url", "icon_emoji")) {
      JsonFields.put(message, key, notice.plain(key));
    }
    ArrayNode attachments = message.arrayNode();
    for (int i = 0; i < notice.count("attachments"); i++) {
      String prefix = "attachments[" + i + "].";
      ObjectNode attachment = attachments.addObject();
      for (String key : notice.under(prefix)) {
        JsonFields.put(attachment, key, Notice.cut(notice.text(prefix + key), TEXT));
      }
    }
    if (!attachments.isEmpty()) {
      message.set("attachments", attachments);
    }
    String text = notice.body("text");
    JsonFields.put(
        message,
        "text",
        Notice.cut(
            text.isBlank() && attachments.isEmpty() ? "An alert without a text" : text, TEXT));
  }

  @Override
  public DeliveryResult send(JsonNode message, boolean plain, HttpSender sender) {
    return HttpResults.of(
        sender.post(url.value(), "application/json", message.toString()), "Mattermost");
  }
}
