package dev.longshore.alerting.receiver.pushover;

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
import java.util.List;

/// Pushover's messages (pushover.net/api).
///
/// @param url where messages are posted
/// @param retry how often an emergency is repeated until it is acknowledged
/// @param expire after which it is repeated no more
/// @param ttl after which a message is removed; zero for never
record PushoverMessages(
    String url,
    SecretSource userKey,
    SecretSource token,
    Duration retry,
    Duration expire,
    Duration ttl,
    boolean html,
    boolean monospace)
    implements MessageKind {
  static final String URL = "https://api.pushover.net/1/messages.json";
  private static final int TITLE = 250;
  private static final int MESSAGE = 1024;
  private static final int LINK = 512;
  private static final String EMERGENCY = "2";
  private static final List<String> PRIORITIES = List.of("-2", "-1", "0", "1", EMERGENCY);

  /// The same at another address.
  PushoverMessages at(String other) {
    return new PushoverMessages(other, userKey, token, retry, expire, ttl, html, monospace);
  }

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String priority = notice.plain("priority").strip();
    message.put("title", Notice.cut(notice.plain("title"), TITLE));
    message.put("priority", PRIORITIES.contains(priority) ? priority : EMERGENCY);
    JsonFields.put(message, "url", Notice.cut(notice.plain("url"), LINK));
    JsonFields.put(message, "url_title", notice.plain("url_title"));
    JsonFields.put(message, "device", notice.plain("device"));
    JsonFields.put(message, "sound", notice.plain("sound"));
    String text = notice.body("message").strip();
    message.put("message", Notice.cut(text.isEmpty() ? "(no details)" : text, MESSAGE));
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    ObjectNode body = message.deepCopy();
    body.put("token", token.value());
    body.put("user", userKey.value());
    if (body.path("priority").asText().equals(EMERGENCY)) {
      body.put("retry", Math.max(30, retry.toSeconds()));
      body.put("expire", Math.clamp(expire.toSeconds(), 30, 10_800));
    } else if (!ttl.isZero()) {
      // Pushover takes no ttl for emergencies.
      body.put("ttl", ttl.toSeconds());
    }
    if (html && !delivery.plain()) {
      body.put("html", 1);
    }
    if (monospace) {
      body.put("monospace", 1);
    }
    return HttpResults.of(sender.post(url, "application/json", body.toString()), "Pushover");
  }

  @Override
  public boolean hasPlain() {
    return html;
  }
}
