package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Draft;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.gotemplate.Template;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [PostedIntegration] at work.
final class PostingClient implements ReceiverClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PostedIntegration settings;
  private final String account;
  private final Map<String, Template> templates;
  private final String externalUrl;
  private final HttpSender sender;

  PostingClient(
      PostedIntegration settings,
      String account,
      Map<String, Template> templates,
      String externalUrl) {
    this.settings = settings;
    this.account = account;
    this.templates = templates;
    this.externalUrl = externalUrl;
    Duration timeout = settings.timeout();
    this.sender =
        new HttpSender(
            settings.http(), timeout == null ? PostedIntegration.DEFAULT_TIMEOUT : timeout);
  }

  @Override
  public @Nullable Draft draft(
      GroupNotification groupNotification, Reason reason, @Nullable String memory) {
    if (reason == Reason.NONE) {
      return null;
    }
    ObjectNode message = JSON.createObjectNode();
    settings
        .messages()
        .compose(
            new Notice(
                groupNotification,
                reason,
                settings.sendResolved(),
                templates,
                settings.guard(),
                externalUrl),
            message);
    return new Draft.OneShot("", message.toString());
  }

  @Override
  public DeliveryResult deliver(Delivery delivery) {
    try {
      return settings.messages().send(JSON.readTree(delivery.content()), delivery, sender);
    } catch (JsonProcessingException e) {
      return new DeliveryResult.PayloadRejected("unreadable", "the message is no JSON");
    } catch (UncheckedIOException e) {
      return new DeliveryResult.Misconfigured("secret", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean hasPlain() {
    return settings.messages().hasPlain();
  }

  @Override
  public String account() {
    return account;
  }

  @Override
  public int concurrency() {
    return settings.messages().concurrency();
  }

  @Override
  public Duration gap() {
    return settings.messages().gap();
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
