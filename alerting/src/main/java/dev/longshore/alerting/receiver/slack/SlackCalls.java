package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.HttpSettings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Calls of Slack's Web API and of incoming webhooks. Arguments go as a form, which every method
/// takes; a token goes in the header.
final class SlackCalls implements AutoCloseable {
  private static final String FORM = "application/x-www-form-urlencoded; charset=utf-8";
  private static final String JSON_TEXT = "application/json; charset=utf-8";
  private static final int LOOKED_AT = 50;
  private static final int MAX_ANSWER_BYTES = 256 * 1024;

  /// Messages of a channel, with all that stands in them.
  private static final int MAX_HISTORY_BYTES = 4 * 1024 * 1024;

  private static final JsonMapper JSON = new JsonMapper();

  private final String methods;
  private final HttpSender sender;

  /// @param methods the folder of the Web API's methods, with a slash at its end
  SlackCalls(String methods, HttpSettings settings, Duration timeout) {
    this.methods = methods;
    this.sender = new HttpSender(settings, timeout);
  }

  /// An answer, or what became of the message; both when Slack refused it.
  record Result(JsonNode response, @Nullable DeliveryResult deliveryResult) {}

  /// Calls a method.
  ///
  /// @param arguments those that are null are left out
  /// @return Slack's answer when it is `ok`, else what became of the message
  Result call(String token, String method, Map<String, @Nullable String> arguments) {
    return call(token, method, arguments, MAX_ANSWER_BYTES);
  }

  private Result call(
      String token, String method, Map<String, @Nullable String> arguments, int maxBytes) {
    HttpReply reply =
        sender.post(methods + method, FORM, form(arguments), "Bearer " + token, maxBytes);
    return switch (reply) {
      case HttpReply.Failed failed -> new Result(MissingNode.getInstance(), failed.result());
      case HttpReply.Answer answer -> result(answer);
    };
  }

  private static Result result(HttpReply.Answer answer) {
    if (!answer.isOk()) {
      return new Result(MissingNode.getInstance(), refused(answer));
    }
    JsonNode response = json(answer.body());
    if (response.path("ok").asBoolean()) {
      return new Result(response, null);
    }
    String code = response.path("error").asText("");
    return new Result(
        response,
        code.isEmpty()
            ? new DeliveryResult.Retry(FailureReason.OTHER, "unreadable answer", null, true)
            : SlackErrors.outcome(code, details(response)));
  }

  private static JsonNode json(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node == null ? MissingNode.getInstance() : node;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String form(Map<String, @Nullable String> arguments) {
    List<String> pairs = new ArrayList<>();
    arguments.forEach(
        (name, value) -> {
          if (value != null) {
            pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
          }
        });
    return String.join("&", pairs);
  }

  private static String details(JsonNode response) {
    if (response.hasNonNull("needed")) {
      return "needed "
          + response.path("needed").asText()
          + ", provided "
          + response.path("provided").asText();
    }
    List<String> messages = new ArrayList<>();
    response.path("response_metadata").path("messages").forEach(it -> messages.add(it.asText()));
    return cut(String.join("; ", messages));
  }

  /// What an answer means that is not how the Web API answers.
  private static DeliveryResult refused(HttpReply.Answer answer) {
    if (answer.status() == 429) {
      return limited(answer);
    }
    if (answer.status() >= 500) {
      return serverError(answer);
    }
    return new DeliveryResult.Misconfigured(
        "HTTP " + answer.status(),
        "This is not how Slack answers; look at app_url and at proxies: " + answer.shown());
  }

  private static DeliveryResult limited(HttpReply.Answer answer) {
    return new DeliveryResult.Retry(
        FailureReason.RATE_LIMITED, "rate limited", answer.retryAfter(), false);
  }

  private static DeliveryResult serverError(HttpReply.Answer answer) {
    return new DeliveryResult.Retry(
        FailureReason.SERVER_ERROR,
        ("HTTP " + answer.status() + " " + answer.shown()).strip(),
        answer.retryAfter(),
        true);
  }

  /// Posts to an incoming webhook.
  DeliveryResult post(String url, String payload) {
    return switch (sender.post(url, JSON_TEXT, payload)) {
      case HttpReply.Failed failed -> failed.result();
      case HttpReply.Answer answer -> posted(answer);
    };
  }

  private static DeliveryResult posted(HttpReply.Answer answer) {
    String body = answer.body().strip();
    if (answer.status() == 200 && isTaken(body)) {
      return new DeliveryResult.Delivered(null, null);
    }
    if (answer.status() == 429) {
      return limited(answer);
    }
    if (answer.status() >= 500) {
      return serverError(answer);
    }
    return SlackErrors.outcome(
        body.isEmpty() ? "HTTP " + answer.status() : answer.shown(), "HTTP " + answer.status());
  }

  /// Slack answers `ok`; what stands in for it, Zulip or Rocket.Chat, by an object. As in
  /// Alertmanager an object counts by its `ok` or `success`.
  private static boolean isTaken(String body) {
    if (body.equals("ok") || body.isEmpty()) {
      return true;
    }
    if (!body.startsWith("{")) {
      return false;
    }
    JsonNode answer = json(body);
    return answer.path("ok").asBoolean(answer.path("success").asBoolean(false));
  }

  /// Looks whether a message with a marker is there already.
  ///
  /// @param threadTs where it would be a reply; null for the channel
  /// @return its `ts`; null when it is not there, or we may not look
  @Nullable String find(
      String token, String channelId, @Nullable String threadTs, String marker, Instant since) {
    Map<String, @Nullable String> arguments = new LinkedHashMap<>();
    arguments.put("channel", channelId);
    arguments.put("ts", threadTs);
    arguments.put("oldest", Long.toString(since.minusSeconds(60).getEpochSecond()));
    arguments.put("inclusive", "true");
    arguments.put("include_all_metadata", "true");
    arguments.put("limit", Integer.toString(LOOKED_AT));
    String method = threadTs == null ? "conversations.history" : "conversations.replies";
    for (JsonNode message :
        call(token, method, arguments, MAX_HISTORY_BYTES).response().path("messages")) {
      JsonNode payload = message.path("metadata").path("event_payload");
      if (marker.equals(payload.path("marker").asText())) {
        return message.path("ts").asText();
      }
    }
    return null;
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 300));
  }

  @Override
  public void close() {
    sender.close();
  }
}
