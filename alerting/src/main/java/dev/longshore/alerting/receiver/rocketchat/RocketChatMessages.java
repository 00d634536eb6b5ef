package dev.longshore.alerting.receiver.rocketchat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.util.Map;

/// Rocket.Chat's `chat.postMessage` (developer.rocket.chat).
///
/// @param shortFields whether fields stand beside each other
/// @param linkNames whether names in the text become mentions
record RocketChatMessages(
    String apiUrl, SecretSource userId, SecretSource token, boolean shortFields, boolean linkNames)
    implements MessageKind {
  private static final int TITLE = 1024;
  private static final int TEXT = 5000;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    JsonFields.put(message, "channel", notice.plain("channel"));
    JsonFields.put(message, "emoji", notice.plain("emoji"));
    JsonFields.put(message, "avatar", notice.plain("icon_url"));
    if (linkNames) {
      message.put("parseUrls", true);
    }
    ObjectNode attachment = message.putArray("attachments").addObject();
    JsonFields.put(attachment, "title", Notice.cut(notice.text("title"), TITLE));
    JsonFields.put(attachment, "title_link", notice.plain("title_link"));
    JsonFields.put(attachment, "color", notice.plain("color"));
    JsonFields.put(attachment, "image_url", notice.plain("image_url"));
    JsonFields.put(attachment, "thumb_url", notice.plain("thumb_url"));
    ArrayNode fields = attachment.arrayNode();
    for (int i = 0; i < notice.count("fields"); i++) {
      fields
          .addObject()
          .put("title", notice.text("fields[" + i + "].title"))
          .put("value", notice.text("fields[" + i + "].value"))
          .put("short", isShort(notice, i));
    }
    if (!fields.isEmpty()) {
      attachment.set("fields", fields);
    }
    ArrayNode actions = attachment.arrayNode();
    for (int i = 0; i < notice.count("actions"); i++) {
      ObjectNode action = actions.addObject();
      for (String key : notice.under("actions[" + i + "].")) {
        JsonFields.put(action, key, notice.plain("actions[" + i + "]." + key));
      }
    }
    if (!actions.isEmpty()) {
      attachment.set("actions", actions);
    }
    JsonFields.put(attachment, "text", Notice.cut(notice.body("text"), TEXT));
  }

  private boolean isShort(Notice notice, int field) {
    String key = "fields[" + field + "].short";
    return notice.has(key) ? notice.plain(key).equals("true") : shortFields;
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    HttpReply reply =
        sender.send(
            new HttpSender.Call(
                "POST",
                HttpSender.below(apiUrl, "api/v1/chat.postMessage"),
                "application/json",
                message.toString(),
                null,
                Map.of("X-User-Id", userId.value(), "X-Auth-Token", token.value())),
            HttpSender.SHORT_ANSWER_BYTES);
    if (reply instanceof HttpReply.Answer answer
        && answer.isOk()
        && answer.body().contains("\"success\":false")) {
      return new DeliveryResult.PayloadRejected(
          "HTTP 200", "Rocket.Chat answers: " + answer.shown());
    }
    return HttpResults.of(reply, "Rocket.Chat");
  }
}
