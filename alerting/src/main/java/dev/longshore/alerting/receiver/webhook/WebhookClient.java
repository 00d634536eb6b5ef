package dev.longshore.alerting.receiver.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
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
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

  /// Groups are told beside each other, as Alertmanager does: a hook that takes its time with one
  /// does not hold up the others.
  private static final int CONCURRENCY = 8;

  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

  /// About the largest payload: more of a group's alerts is of use to nobody, and would be held in
  /// memory several times.
  private static final long MAX_PAYLOAD_BYTES = 384 << 10;

  private final WebhookSettings settings;
  private final String externalUrl;
  private final @Nullable Template url;
  private final String account;
  private final HttpSender sender;

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
    this.sender = new HttpSender(settings.http(), timeout());
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
                    groupNotification,
                    settings.sendResolved(),
                    reason,
                    externalUrl,
                    UnaryOperator.identity())));
      } catch (TemplateException e) {
        content.put("problem", e.getMessage());
      }
    }
    content.set("payload", payload(groupNotification, alerts));
    return new Draft.OneShot("", content.toString());
  }

  /// The alerts that fit, as `max_alerts` would cut them; `truncatedAlerts` says how many more
  /// there are.
  private ObjectNode payload(GroupNotification groupNotification, List<Alert> all) {
    int limit = settings.maxAlerts();
    int most = limit > 0 ? Math.min(limit, all.size()) : all.size();
    int fitting = 0;
    for (long bytes = 0; fitting < most && bytes < MAX_PAYLOAD_BYTES; fitting++) {
      bytes += all.get(fitting).heapBytes();
    }
    List<Alert> alerts = all.subList(0, fitting);
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
      JsonNode content = JSON.readTree(delivery.content());
      if (content.has("problem")) {
        return new DeliveryResult.Misconfigured(
            "url", "The template of the URL fails: " + content.path("problem").asText());
      }
      String target = content.has("url") ? content.path("url").asText() : settings.url().value();
      return result(sender.post(target, "application/json", content.path("payload").toString()));
    } catch (JsonProcessingException e) {
      return new DeliveryResult.PayloadRejected("unreadable", "the message is no JSON");
    } catch (UncheckedIOException e) {
      return new DeliveryResult.Misconfigured("secret", String.valueOf(e.getMessage()));
    }
  }

  private static DeliveryResult result(HttpReply reply) {
    return switch (reply) {
      case HttpReply.Failed failed -> failed.result();
      case HttpReply.Answer answer -> result(answer);
    };
  }

  private static DeliveryResult result(HttpReply.Answer answer) {
    if (answer.isOk()) {
      return new DeliveryResult.Delivered(null, null);
    }
    int status = answer.status();
    String code = "HTTP " + status;
    if (status == 429) {
      return new DeliveryResult.Retry(FailureReason.RATE_LIMITED, code, answer.retryAfter(), false);
    }
    if (status / 100 == 5) {
      return new DeliveryResult.Retry(FailureReason.SERVER_ERROR, code, answer.retryAfter(), false);
    }
    String says =
        "The webhook answers " + status + (answer.shown().isEmpty() ? "." : ": " + answer.shown());
    return switch (status) {
      case 401, 403, 404, 407 -> new DeliveryResult.Misconfigured(code, says);
      default ->
          status / 100 == 4
              ? new DeliveryResult.PayloadRejected(code, says)
              : new DeliveryResult.Misconfigured(code, says);
    };
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
  public int concurrency() {
    return CONCURRENCY;
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
  public void close() {
    sender.close();
  }
}
