package dev.longshore.alerting.receiver.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Draft;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.AlertmanagerPayload;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// `webhook_configs` at work: a POST of Alertmanager's payload, version 4, for each telling.
///
/// Answers mean what [HttpResults] says. The deadline holds to the last byte of the answer.
public final class WebhookClient implements ReceiverClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Groups are told beside each other, as Alertmanager does: a hook that takes its time with one
  /// does not hold up the others.
  private static final int CONCURRENCY = 8;

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
    content.set(
        "payload",
        AlertmanagerPayload.of(groupNotification, alerts, settings.maxAlerts(), externalUrl));
    return new Draft.OneShot("", content.toString());
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
      return HttpResults.of(
          sender.post(target, "application/json", content.path("payload").toString()),
          "The webhook");
    } catch (JsonProcessingException e) {
      return new DeliveryResult.PayloadRejected("unreadable", "the message is no JSON");
    } catch (UncheckedIOException e) {
      return new DeliveryResult.Misconfigured("secret", String.valueOf(e.getMessage()));
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
