package dev.longshore.alerting.receiver.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Draft;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.receiver.http.HttpProxies;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.HttpTrust;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.template.Template;
import dev.longshore.alerting.template.TemplateException;
import dev.longshore.alerting.template.TemplateLibrary;
import dev.longshore.shared.net.HttpDeadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// `webhook_configs` at work: a POST of Alertmanager's payload, version 4, for each telling.
///
/// 2xx is taken; 429 and 5xx are tried again, `Retry-After` obeyed; so are failures of the network
/// and timeouts. 401, 403, 404, 407 and redirects are for a person to repair; what else is refused
/// is refused for its content. The deadline holds to the last byte of the answer.
public final class WebhookClient implements ReceiverClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";
  private static final int MAX_ERROR = 300;
  private static final int MAX_ANSWER_BYTES = 16 * 1024;

  private final WebhookSettings settings;
  private final String externalUrl;
  private final @Nullable Template url;
  private final String account;
  private final HttpTrust.Current trust;

  // Guarded by this.
  private @Nullable HttpClient client;
  private @Nullable HttpTrust clientTrust;

  /// @throws TemplateException when the URL is no template
  public WebhookClient(
      String receiver,
      String integration,
      WebhookSettings settings,
      TemplateLibrary library,
      String externalUrl)
      throws TemplateException {
    this.settings = settings;
    this.externalUrl = externalUrl;
    this.account = "webhook of " + receiver + " " + integration;
    boolean templated =
        settings.url() instanceof SecretSource.Given(String text) && text.contains("{{");
    this.url =
        templated
            ? library.compile(receiver + "." + integration + ".url", settings.url().value())
            : null;
    this.trust = new HttpTrust.Current(settings.http().tls());
  }

  /// The client, made anew when a certificate or a key has changed on disk.
  ///
  /// @throws IllegalArgumentException when one can't be used
  private synchronized HttpClient client() {
    HttpTrust now = trust.get();
    HttpClient before = client;
    if (before != null && now == clientTrust) {
      return before;
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    if (now != null) {
      builder.sslContext(now.context());
    }
    ProxySelector proxies = HttpProxies.of(settings.http());
    if (proxies != null) {
      builder.proxy(proxies);
    }
    HttpClient made = builder.build();
    client = made;
    clientTrust = now;
    if (before != null) {
      before.shutdown();
    }
    return made;
  }

  @Override
  public @Nullable Draft draft(
      GroupNotification groupNotification, Reason reason, @Nullable String memory) {
    if (reason == Reason.NONE) {
      return null;
    }
    List<Alert> alerts = new ArrayList<>(groupNotification.firing());
    if (settings.sendResolved()) {
      alerts.addAll(groupNotification.resolved());
    }
    ObjectNode content = JSON.createObjectNode();
    if (url != null) {
      try {
        content.put(
            "url",
            url.execute(
                NotificationData.of(
                    groupNotification, reason, externalUrl, UnaryOperator.identity())));
      } catch (TemplateException e) {
        content.put("problem", e.getMessage());
      }
    }
    content.set("payload", payload(groupNotification, alerts));
    return new Draft.OneShot("", content.toString());
  }

  private ObjectNode payload(GroupNotification groupNotification, List<Alert> all) {
    int limit = settings.maxAlerts();
    List<Alert> alerts = limit > 0 && all.size() > limit ? all.subList(0, limit) : all;
    Instant now = groupNotification.now();
    ObjectNode payload = JSON.createObjectNode();
    payload.put("receiver", NotificationData.quoteMeta(groupNotification.group().receiver()));
    payload.put(
        "status", alerts.stream().anyMatch(it -> !it.isResolvedAt(now)) ? "firing" : "resolved");
    var list = payload.putArray("alerts");
    for (Alert alert : alerts) {
      boolean ended = alert.isResolvedAt(now);
      ObjectNode item = list.addObject();
      item.put("status", ended ? "resolved" : "firing");
      labels(item.putObject("labels"), alert.labels());
      labels(item.putObject("annotations"), alert.annotations());
      item.put("startsAt", alert.startsAt().toString());
      Instant endsAt = alert.endsAt();
      item.put("endsAt", ended && endsAt != null ? endsAt.toString() : ZERO_TIME);
      item.put("generatorURL", alert.generatorUrl());
      item.put("fingerprint", alert.fingerprint().toString());
    }
    labels(payload.putObject("groupLabels"), groupNotification.group().labels());
    labels(payload.putObject("commonLabels"), NotificationData.common(alerts, true));
    labels(payload.putObject("commonAnnotations"), NotificationData.common(alerts, false));
    payload.put("externalURL", externalUrl);
    payload.put("version", "4");
    payload.put("groupKey", groupNotification.group().key());
    payload.put("truncatedAlerts", all.size() - alerts.size());
    return payload;
  }

  private static void labels(ObjectNode node, Labels labels) {
    labels.asMap().forEach(node::put);
  }

  @Override
  public DeliveryResult deliver(Delivery delivery) {
    try {
      ObjectNode content = (ObjectNode) JSON.readTree(delivery.content());
      if (content.has("problem")) {
        return new DeliveryResult.Misconfigured(
            "url", "The template of the URL fails: " + content.path("problem").asText());
      }
      String target = content.has("url") ? content.path("url").asText() : settings.url().value();
      return post(client(), new URI(target), content.path("payload").toString());
    } catch (HttpTrust.UnusableException e) {
      return new DeliveryResult.Misconfigured("tls_config", String.valueOf(e.getMessage()));
    } catch (URISyntaxException e) {
      // The URL may be a secret; what is wrong with it is none.
      return new DeliveryResult.Misconfigured(
          "url", "The URL can't be used: " + e.getReason() + " at character " + e.getIndex() + ".");
    } catch (IllegalArgumentException e) {
      return new DeliveryResult.Misconfigured(
          "url", "The URL can't be used; write http:// or https://, a host and a path.");
    } catch (UncheckedIOException e) {
      return new DeliveryResult.Misconfigured("secret", String.valueOf(e.getMessage()));
    } catch (HttpTimeoutException e) {
      return new DeliveryResult.Retry(
          FailureReason.TIMEOUT, "no answer within " + timeout().toMillis() + " ms", null, true);
    } catch (ConnectException e) {
      return new DeliveryResult.Retry(
          FailureReason.OTHER, "can't be connected to: " + e.getMessage(), null, false);
    } catch (IOException e) {
      return new DeliveryResult.Retry(
          FailureReason.OTHER, String.valueOf(e.getMessage()), null, true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new DeliveryResult.Retry(FailureReason.OTHER, "interrupted", null, true);
    }
  }

  private DeliveryResult post(HttpClient client, URI target, String payload)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .header("Content-Type", "application/json")
            .header("User-Agent", "Longshore")
            .POST(HttpRequest.BodyPublishers.ofString(payload));
    String authorization = authorization(settings.http());
    String userInfo = target.getUserInfo();
    if (authorization == null && userInfo != null) {
      authorization = basic(userInfo);
    }
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    HttpDeadline.Answer response =
        HttpDeadline.send(client, request.build(), timeout(), MAX_ANSWER_BYTES);
    int status = response.status();
    if (status / 100 == 2) {
      return new DeliveryResult.Delivered(null, null);
    }
    Duration after =
        response.headers().firstValue("Retry-After").map(WebhookClient::retryAfter).orElse(null);
    if (status == 429) {
      return new DeliveryResult.Retry(FailureReason.RATE_LIMITED, "HTTP 429", after, false);
    }
    if (status / 100 == 5) {
      return new DeliveryResult.Retry(FailureReason.SERVER_ERROR, "HTTP " + status, after, false);
    }
    String body = response.body();
    String says =
        "The webhook answers "
            + status
            + (body.isBlank() ? "." : ": " + body.substring(0, Math.min(body.length(), MAX_ERROR)));
    return switch (status) {
      case 401, 403, 404, 407 -> new DeliveryResult.Misconfigured("HTTP " + status, says);
      default ->
          status / 100 == 4
              ? new DeliveryResult.PayloadRejected("HTTP " + status, says)
              : new DeliveryResult.Misconfigured("HTTP " + status, says);
    };
  }

  /// What `http_config` sends as `Authorization`; null for nothing.
  public static @Nullable String authorization(HttpSettings http) {
    HttpSettings.Authorization given = http.authorization();
    if (given != null) {
      return given.type() + " " + given.credentials().value();
    }
    HttpSettings.BasicAuth basic = http.basicAuth();
    if (basic == null) {
      return null;
    }
    return basic(basic.username().value() + ":" + basic.password().value());
  }

  private static String basic(String nameAndPassword) {
    byte[] bytes = nameAndPassword.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  /// Seconds; a date, which needs a clock, is taken as ten.
  private static @Nullable Duration retryAfter(String value) {
    try {
      return Duration.ofSeconds(Math.clamp(Long.parseLong(value.strip()), 0, 3_600));
    } catch (NumberFormatException e) {
      try {
        ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
        return Duration.ofSeconds(10);
      } catch (DateTimeException unreadable) {
        return null;
      }
    }
  }

  private Duration timeout() {
    Duration configured = settings.timeout();
    return configured == null || configured.isZero() ? WebhookSettings.DEFAULT_TIMEOUT : configured;
  }

  @Override
  public boolean hasPlain() {
    return false;
  }

  @Override
  public String account() {
    return account;
  }

  @Override
  public Duration gap() {
    return Duration.ZERO;
  }

  @Override
  public Duration editGap() {
    return Duration.ZERO;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdown();
    }
  }
}
