package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.chat.ChatUpdateResponse;
import com.slack.api.model.ErrorResponseMetadata;
import com.slack.api.model.Message;
import com.slack.api.util.http.SlackHttpClient;
import com.slack.api.webhook.WebhookResponse;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpProxies;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.HttpTrust;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/// Calls of Slack by its own client: bounded in time, without redirects, and never repeated behind
/// our back, for a request that is repeated is a message that is doubled.
final class SlackCalls implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int IDLE_SECONDS = 20;
  private static final int LOOKED_AT = 50;
  private static final JsonMapper JSON = new JsonMapper();

  /// A call of the Web API.
  interface Method {
    SlackApiTextResponse call(MethodsClient methods) throws IOException, SlackApiException;
  }

  private final String methods;
  private final HttpSettings settings;
  private final Duration timeout;
  private final HttpTrust.Current trust;

  // Guarded by this.
  private @Nullable OkHttpClient http;
  private @Nullable HttpTrust httpTrust;
  private @Nullable Slack slack;

  /// @param methods the folder of the Web API's methods, with a slash at its end
  SlackCalls(String methods, HttpSettings settings, Duration timeout) {
    this.methods = methods;
    this.settings = settings;
    this.timeout = timeout;
    this.trust = new HttpTrust.Current(settings.tls());
  }

  /// The client, made anew when a certificate or a key has changed on disk.
  ///
  /// @throws HttpTrust.UnusableException when one can't be used
  private synchronized Slack slack() {
    HttpTrust now = trust.get();
    Slack before = slack;
    if (before != null && now == httpTrust) {
      return before;
    }
    close();
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .connectTimeout(CONNECT)
            .readTimeout(timeout)
            .writeTimeout(timeout)
            .callTimeout(timeout.plus(CONNECT))
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .connectionPool(new ConnectionPool(4, IDLE_SECONDS, TimeUnit.SECONDS));
    ProxySelector proxies = HttpProxies.of(settings);
    if (proxies == null) {
      builder.proxy(Proxy.NO_PROXY);
    } else {
      builder.proxySelector(proxies);
    }
    if (now != null) {
      builder.sslSocketFactory(now.context().getSocketFactory(), now.trust());
      if (settings.tls().insecureSkipVerify()) {
        builder.hostnameVerifier((host, session) -> true);
      }
    }
    OkHttpClient client = builder.build();
    SlackConfig config = new SlackConfig();
    config.setMethodsEndpointUrlPrefix(methods);
    config.setProxyUrl(null);
    config.setHttpClientResponseHandlers(List.of());
    config.getMethodsConfig().setStatsEnabled(false);
    SlackHttpClient slackClient = new SlackHttpClient(client);
    slackClient.setConfig(config);
    Slack made = Slack.getInstance(config, slackClient);
    http = client;
    httpTrust = now;
    slack = made;
    return made;
  }

  /// Calls a method.
  ///
  /// @return Slack's answer when it is `ok`, else what became of the message
  Result call(String token, Method method) {
    try {
      SlackApiTextResponse response = method.call(slack().methods(token));
      if (response.isOk()) {
        return new Result(response, null);
      }
      return new Result(response, SlackErrors.outcome(code(response), details(response)));
    } catch (SlackApiException e) {
      return new Result(null, status(e.getResponse(), e.getResponseBody()));
    } catch (IOException e) {
      return new Result(null, failed(e));
    }
  }

  /// An answer, or what became of the message; both when Slack refused it.
  record Result(@Nullable SlackApiTextResponse response, @Nullable DeliveryResult deliveryResult) {}

  /// Posts to an incoming webhook.
  DeliveryResult post(String url, String payload) {
    try {
      WebhookResponse response = slack().send(url, payload);
      String body = response.getBody() == null ? "" : response.getBody().strip();
      if (response.getCode() == 200 && isTaken(body)) {
        return new DeliveryResult.Delivered(null, null);
      }
      if (response.getCode() == 429) {
        List<String> after =
            response.getHeaders() == null ? null : header(response.getHeaders(), "Retry-After");
        return limited(after == null || after.isEmpty() ? null : after.getFirst());
      }
      if (response.getCode() >= 500) {
        return new DeliveryResult.Retry(
            FailureReason.SERVER_ERROR, "HTTP " + response.getCode() + " " + cut(body), null, true);
      }
      return SlackErrors.outcome(
          body.isEmpty() ? "HTTP " + response.getCode() : cut(body), "HTTP " + response.getCode());
    } catch (IOException e) {
      return failed(e);
    } catch (IllegalArgumentException e) {
      return new DeliveryResult.Misconfigured("api_url", "The URL of the webhook can't be used.");
    }
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

  private static @Nullable List<String> header(Map<String, List<String>> headers, String name) {
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      if (name.equalsIgnoreCase(header.getKey())) {
        return header.getValue();
      }
    }
    return null;
  }

  /// Looks whether a message with a marker is there already.
  ///
  /// @param threadTs where it would be a reply; null for the channel
  /// @return its `ts`; null when it is not there, or we may not look
  @Nullable String find(
      String token, String channelId, @Nullable String threadTs, String marker, Instant since) {
    String oldest = Long.toString(since.minusSeconds(60).getEpochSecond());
    try {
      MethodsClient methods = slack().methods(token);
      List<Message> messages =
          threadTs == null
              ? methods
                  .conversationsHistory(
                      it ->
                          it.channel(channelId)
                              .oldest(oldest)
                              .inclusive(true)
                              .includeAllMetadata(true)
                              .limit(LOOKED_AT))
                  .getMessages()
              : methods
                  .conversationsReplies(
                      it ->
                          it.channel(channelId)
                              .ts(threadTs)
                              .oldest(oldest)
                              .inclusive(true)
                              .includeAllMetadata(true)
                              .limit(LOOKED_AT))
                  .getMessages();
      if (messages == null) {
        return null;
      }
      for (Message message : messages) {
        Message.Metadata metadata = message.getMetadata();
        if (metadata != null
            && metadata.getEventPayload() != null
            && marker.equals(metadata.getEventPayload().get("marker"))) {
          return message.getTs();
        }
      }
      return null;
    } catch (IOException | SlackApiException e) {
      return null;
    }
  }

  private static String code(SlackApiTextResponse response) {
    return response.getError() == null ? "unreadable answer" : response.getError();
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
    return "";
  }

  private static String details(@Nullable ErrorResponseMetadata metadata) {
    return metadata == null || metadata.getMessages() == null
        ? ""
        : cut(String.join("; ", metadata.getMessages()));
  }

  private static DeliveryResult status(Response response, @Nullable String body) {
    if (response.code() == 429) {
      return limited(response.header("Retry-After"));
    }
    if (response.code() >= 500) {
      return new DeliveryResult.Retry(
          FailureReason.SERVER_ERROR, "HTTP " + response.code(), null, true);
    }
    return new DeliveryResult.Misconfigured(
        "HTTP " + response.code(),
        "This is not how Slack answers; look at app_url and at proxies: "
            + cut(body == null ? "" : body));
  }

  private static DeliveryResult limited(@Nullable String retryAfter) {
    Duration after = null;
    if (retryAfter != null && retryAfter.matches("\\d{1,5}")) {
      after = Duration.ofSeconds(Long.parseLong(retryAfter));
    }
    return new DeliveryResult.Retry(FailureReason.RATE_LIMITED, "rate limited", after, false);
  }

  private static DeliveryResult failed(IOException e) {
    if (e instanceof InterruptedIOException) {
      return new DeliveryResult.Retry(FailureReason.TIMEOUT, "no answer in time", null, true);
    }
    boolean connected = !(e instanceof ConnectException);
    return new DeliveryResult.Retry(
        FailureReason.OTHER, cut(String.valueOf(e.getMessage())), null, connected);
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), 300));
  }

  @Override
  public synchronized void close() {
    OkHttpClient open = http;
    if (open != null) {
      open.connectionPool().evictAll();
      open.dispatcher().executorService().shutdown();
    }
  }
}
