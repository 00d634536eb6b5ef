package dev.longshore.alerting.receiver.telegram;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

  /// The longest text, in characters.
  private static final int TEXT = 4096;

  private static final Pattern TAG = Pattern.compile("<[^<>]*>");

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String text = notice.body("message").strip();
    boolean html = parseMode.equals("HTML");
    boolean fits = text.codePointCount(0, text.length()) <= TEXT;
    // What is cut may lose the end of a tag: it is sent without markup then.
    message.put("text", fits ? text : Notice.cut(html ? withoutTags(text) : text, TEXT));
    message.put("parse_mode", fits ? parseMode : "");
  }

  private static String withoutTags(String html) {
    return TAG.matcher(html)
        .replaceAll("")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }

  @Override
  public DeliveryResult send(JsonNode message, boolean plain, HttpSender sender) {
    String text = message.path("text").asText();
    String mode = message.path("parse_mode").asText();
    ObjectNode body = JSON.createObjectNode();
    body.put("chat_id", chatId.value());
    body.put("text", plain && mode.equals("HTML") ? withoutTags(text) : text);
    if (!plain && !mode.isEmpty()) {
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
    if (reply instanceof HttpReply.Answer answer && answer.status() == 429) {
      // How long to wait stands in the body.
      return new DeliveryResult.Retry(
          FailureReason.RATE_LIMITED, "HTTP 429", retryAfter(answer), false);
    }
    return HttpResults.of(reply, "Telegram");
  }

  private static @Nullable Duration retryAfter(HttpReply.Answer answer) {
    try {
      long seconds = JSON.readTree(answer.body()).path("parameters").path("retry_after").asLong(-1);
      return seconds < 0 ? answer.retryAfter() : Duration.ofSeconds(Math.min(seconds, 3600));
    } catch (JsonProcessingException e) {
      return answer.retryAfter();
    }
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
