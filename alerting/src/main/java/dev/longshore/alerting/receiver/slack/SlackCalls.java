package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.JsonParseException;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.chat.ChatUpdateResponse;
import com.slack.api.methods.response.views.ViewsOpenResponse;
import com.slack.api.methods.response.views.ViewsUpdateResponse;
import com.slack.api.model.ErrorResponseMetadata;
import com.slack.api.model.Message;
import com.slack.api.util.http.SlackHttpClient;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.HttpSettings;
import java.io.IOException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/// Calls of Slack's Web API by its own client, and of incoming webhooks. All of them go through one
/// [HttpSender].
final class SlackCalls implements AutoCloseable {
  private static final String JSON_TEXT = "application/json; charset=utf-8";
  private static final int LOOKED_AT = 50;
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpSender sender;
  private final Slack slack;

  /// A call of the Web API.
  interface Method<T extends SlackApiTextResponse> {
    T call(MethodsClient methods) throws IOException, SlackApiException;
  }

  /// @param methods the folder of the Web API's methods, with a slash at its end
  SlackCalls(String methods, HttpSettings settings, Duration timeout) {
    this.sender = new HttpSender(settings, timeout);
    SlackConfig config = new SlackConfig();
    config.setMethodsEndpointUrlPrefix(methods);
    config.setProxyUrl(null);
    config.setHttpClientResponseHandlers(List.of());
    config.getMethodsConfig().setStatsEnabled(false);
    SlackHttpClient slackClient =
        new SlackHttpClient(
            new OkHttpClient.Builder().addInterceptor(new SlackTransport(sender)).build());
    slackClient.setConfig(config);
    this.slack = Slack.getInstance(config, slackClient);
  }

  /// Slack's answer, or what became of the message; both when Slack refused it.
  record Result<T extends SlackApiTextResponse>(
      @Nullable T response, @Nullable DeliveryResult deliveryResult) {}

  /// Calls a method.
  ///
  /// @return Slack's answer when it is `ok`, else what became of the message
  <T extends SlackApiTextResponse> Result<T> call(String token, Method<T> method) {
    try {
      T response = method.call(slack.methods(token));
      if (response.isOk()) {
        return new Result<>(response, null);
      }
      return response.getError() == null
          ? new Result<>(null, SlackTransport.unreadable())
          : new Result<>(response, SlackErrors.outcome(response.getError(), details(response)));
    } catch (SlackApiException | JsonParseException e) {
      return new Result<>(null, SlackTransport.unreadable());
    } catch (SlackTransport.FailedException e) {
      return new Result<>(null, e.result());
    } catch (IOException e) {
      return new Result<>(
          null,
          new DeliveryResult.Retry(
              FailureReason.OTHER, cut(String.valueOf(e.getMessage())), null, true));
    }
  }

  private static String details(SlackApiTextResponse response) {
    if (response.getNeeded() != null) {
      return "needed " + response.getNeeded() + ", provided " + response.getProvided();
    }
    if (response instanceof ChatPostMessageResponse posted) {
      return details(posted.getResponseMetadata());
    }
    if (response instanceof ChatUpdateResponse updated) {
      return details(updated.getResponseMetadata());
    }
    if (response instanceof ViewsOpenResponse opened) {
      return details(opened.getResponseMetadata());
    }
    if (response instanceof ViewsUpdateResponse updated) {
      return details(updated.getResponseMetadata());
    }
    return "";
  }

  private static String details(@Nullable ErrorResponseMetadata metadata) {
    return metadata == null || metadata.getMessages() == null
        ? ""
        : cut(String.join("; ", metadata.getMessages()));
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
      return SlackTransport.limited(answer);
    }
    if (answer.status() >= 500) {
      return SlackTransport.serverError(answer);
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
    try {
      JsonNode answer = JSON.readTree(body);
      return answer.path("ok").asBoolean(answer.path("success").asBoolean(false));
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /// Opens a WebSocket.
  WebSocket connect(String url, WebSocket.Listener listener)
      throws IOException, InterruptedException {
    return sender.connect(url, listener);
  }

  /// Looks whether a message with a marker is there already.
  ///
  /// @param threadTs where it would be a reply; null for the channel
  /// @return its `ts`; null when it is not there, or we may not look
  @Nullable String find(
      String token, String channelId, @Nullable String threadTs, String marker, Instant since) {
    for (Message message : messages(token, channelId, threadTs, since)) {
      Message.Metadata metadata = message.getMetadata();
      if (metadata != null
          && metadata.getEventPayload() != null
          && marker.equals(metadata.getEventPayload().get("marker"))) {
        return message.getTs();
      }
    }
    return null;
  }

  private List<Message> messages(
      String token, String channelId, @Nullable String threadTs, Instant since) {
    String oldest = Long.toString(since.minusSeconds(60).getEpochSecond());
    List<Message> messages;
    if (threadTs == null) {
      var history =
          call(
                  token,
                  methods ->
                      methods.conversationsHistory(
                          it ->
                              it.channel(channelId)
                                  .oldest(oldest)
                                  .inclusive(true)
                                  .includeAllMetadata(true)
                                  .limit(LOOKED_AT)))
              .response();
      messages = history == null ? null : history.getMessages();
    } else {
      var replies =
          call(
                  token,
                  methods ->
                      methods.conversationsReplies(
                          it ->
                              it.channel(channelId)
                                  .ts(threadTs)
                                  .oldest(oldest)
                                  .inclusive(true)
                                  .includeAllMetadata(true)
                                  .limit(LOOKED_AT)))
              .response();
      messages = replies == null ? null : replies.getMessages();
    }
    return messages == null ? List.of() : messages;
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 300));
  }

  @Override
  public void close() {
    sender.close();
  }
}
