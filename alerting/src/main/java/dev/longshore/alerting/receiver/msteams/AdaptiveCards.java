package dev.longshore.alerting.receiver.msteams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.time.Duration;

/// A message with one adaptive card (learn.microsoft.com, "Create incoming webhooks with
/// Workflows"; adaptivecards.io).
record AdaptiveCards(SecretSource url) implements MessageKind {
  /// The largest message that Teams takes, in bytes; of the card's text so much is used.
  private static final int TEXT_BYTES = 20_000;

  private static final int TITLE = 1000;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String title = notice.text("title");
    String text = notice.body("text");
    message.put("type", "message");
    ObjectNode attachment = message.putArray("attachments").addObject();
    attachment.put("contentType", "application/vnd.microsoft.card.adaptive");
    attachment.putNull("contentUrl");
    ObjectNode card = attachment.putObject("content");
    card.put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    card.put("type", "AdaptiveCard");
    card.put("version", "1.4");
    ArrayNode body = card.putArray("body");
    body.addObject()
        .put("type", "TextBlock")
        .put("text", Notice.cut(title, TITLE))
        .put("weight", "Bolder")
        .put("size", "Medium")
        .put("wrap", true)
        .put("style", "heading")
        .put("color", notice.isFiring() ? "Attention" : "Good");
    body.addObject()
        .put("type", "TextBlock")
        .put("text", Notice.cutBytes(text, TEXT_BYTES))
        .put("wrap", true);
    card.putObject("msteams").put("width", "Full");
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    return HttpResults.of(
        sender.post(url.value(), "application/json", message.toString()), "Microsoft Teams");
  }

  /// Teams takes four requests a second.
  @Override
  public Duration gap() {
    return Duration.ofMillis(250);
  }
}
