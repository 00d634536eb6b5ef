package dev.longshore.alerting.receiver.telegram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.time.Duration;
import java.util.regex.Pattern;

/// Telegram's bot API (core.telegram.org/bots/api, `sendMessage`). Markup that Telegram can't read
/// is sent again as plain text.
///
/// @param threadId of a topic; 0 for none
/// @param parseMode `HTML`, `Markdown`, `MarkdownV2`, or empty for plain text
record TelegramMessages(
    String apiUrl,
    SecretSource botToken,
    SecretSource chatId,
    int threadId,
    boolean silent,
    String parseMode)
    implements MessageKind {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The longest text, in units of UTF-16.
  private static final int TEXT = 4096;

  private static final Pattern TAG = Pattern.compile("<[^<>]*>");

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String said = notice.body("message").strip();
    String text = said.isEmpty() ? "An alert without a text" : said;
    boolean html = parseMode.equals("HTML");
    boolean fits = text.length() <= TEXT;
    // What is cut may lose the end of a tag: it is sent without markup then.
    message.put("text", fits ? text : Notice.cutUnits(html ? withoutTags(text) : text, TEXT));
    message.put("parse_mode", fits ? parseMode : "");
  }

  private static String withoutTags(String html) {
    return TAG.matcher(html)
        .replaceAll("")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    String text = message.path("text").asText();
    String mode = message.path("parse_mode").asText();
    ObjectNode body = JSON.createObjectNode();
    body.put("chat_id", chatId.value());
    body.put("text", delivery.plain() && mode.equals("HTML") ? withoutTags(text) : text);
    if (!delivery.plain() && !mode.isEmpty()) {
      body.put("parse_mode", mode);
    }
    if (threadId > 0) {
      body.put("message_thread_id", threadId);
    }
    body.put("disable_web_page_preview", true);
    body.put("disable_notification", silent);
    HttpReply reply =
        sender.post(
            HttpSender.below(apiUrl, "bot" + botToken.value() + "/sendMessage"),
            "application/json",
            body.toString());
    return HttpResults.of(reply, "Telegram");
  }

  @Override
  public boolean hasPlain() {
    return !parseMode.isEmpty();
  }

  /// A bot may send one message a second to a chat, and twenty a minute to a group.
  @Override
  public Duration gap() {
    return Duration.ofSeconds(1);
  }
}
