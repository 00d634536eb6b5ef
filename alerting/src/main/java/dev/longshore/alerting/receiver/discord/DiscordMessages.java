package dev.longshore.alerting.receiver.discord;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.time.Duration;

/// Discord's webhooks (discord.com/developers, "Execute Webhook"): one embed for a notification.
record DiscordMessages(SecretSource url) implements MessageKind {
  private static final int TITLE = 256;
  private static final int DESCRIPTION = 4096;
  private static final int CONTENT = 2000;
  private static final int USERNAME = 80;

  /// As Alertmanager's colours: dark red, and green.
  private static final int FIRING = 0x992d22;

  private static final int RESOLVED = 0x2ecc71;

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String title = notice.text("title");
    String content = notice.text("content");
    JsonFields.put(message, "content", Notice.cutUnits(content, CONTENT));
    JsonFields.put(message, "username", Notice.cutUnits(notice.plain("username"), USERNAME));
    JsonFields.put(message, "avatar_url", notice.plain("avatar_url"));
    ObjectNode embed = message.putArray("embeds").addObject();
    embed.put("title", Notice.cutUnits(title, TITLE));
    String body = notice.body("message");
    boolean empty = title.isBlank() && body.isBlank() && content.isBlank();
    embed.put(
        "description", empty ? "An alert without a text" : Notice.cutUnits(body, DESCRIPTION));
    embed.put("color", notice.isFiring() ? FIRING : RESOLVED);
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    return HttpResults.of(
        sender.post(url.value(), "application/json", message.toString()), "Discord");
  }

  /// A webhook takes five requests in two seconds.
  @Override
  public Duration gap() {
    return Duration.ofMillis(400);
  }
}
