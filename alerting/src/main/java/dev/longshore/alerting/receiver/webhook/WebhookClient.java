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
import dev.longshore.alerting.receiver.posted.TemplateTree;
import dev.longshore.gotemplate.Template;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// `webhook_configs` at work: a POST of Alertmanager's payload, version 4, or of the entry's own,
/// for each telling.
///
/// Answers mean what [HttpResults] says. The deadline holds to the last byte of the answer.
public final class WebhookClient implements ReceiverClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// By which a hook that remembers it knows a message that it has already.
  /// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /// Groups are told beside each other, as Alertmanager does: a hook that takes its time with one
  /// does not hold up the others.
  private static final int CONCURRENCY = 8;

  private final WebhookSettings settings;
  private final String externalUrl;
  private final @Nullable Template url;

  /// The templates of the entry's own payload, by where they stand.
  private final Map<String, Template> payload = new HashMap<>();

  private final String account;
  private final HttpSender sender;

  /// @throws TemplateException when the URL, or a text of the payload, is no template
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
    TemplateTree own = settings.payload();
    if (own != null) {
      String name = receiver + "." + integration + ".";
      for (Map.Entry<String, String> text : own.templates().entrySet()) {
        payload.put(text.getKey(), library.compile(name + text.getKey(), text.getValue()));
      }
    }
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
    NotificationData data =
        NotificationData.of(
            groupNotification,
            settings.sendResolved(),
            reason,
            externalUrl,
            UnaryOperator.identity());
    if (url != null) {
      try {
        content.put("url", url.execute(data));
      } catch (TemplateException e) {
        content.put("problem", e.getMessage());
      }
    }
    TemplateTree own = settings.payload();
    content.set(
        "payload",
        own == null
            ? AlertmanagerPayload.of(
                groupNotification, reason, alerts, settings.maxAlerts(), externalUrl)
            : own.filled(it -> said(it, data)));
    return new Draft.OneShot("", content.toString());
  }

  /// What a text of the payload says; one that fails says why, and the payload goes out.
  private String said(String where, NotificationData data) {
    Template template = payload.get(where);
    if (template == null) {
      return "";
    }
    try {
      return template.execute(data);
    } catch (TemplateException e) {
      return "The template of " + where + " fails: " + e.getMessage();
    }
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
      HttpSender.Call call =
          new HttpSender.Call(
              "POST",
              target,
              "application/json",
              content.path("payload").toString(),
              null,
              Map.of(IDEMPOTENCY_KEY, delivery.idempotencyKey().toString()));
      return HttpResults.of(sender.send(call, HttpSender.SHORT_ANSWER_BYTES), "The webhook");
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
