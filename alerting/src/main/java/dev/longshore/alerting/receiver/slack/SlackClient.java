package dev.longshore.alerting.receiver.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.chat.ChatUpdateResponse;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Draft;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// `slack_configs` at work: with a bot token one card per group, through a webhook a post for each
/// telling.
final class SlackClient implements ReceiverClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Slack takes one message a second and channel.
  private static final Duration GAP = Duration.ofSeconds(1);

  /// `chat.update` is a method of Tier 3: 50 a minute.
  private static final Duration EDIT_GAP = Duration.ofMillis(1_250);

  private final SlackSettings settings;
  private final Wording wording;
  private final Address address;
  private final SlackCalls calls;

  /// @throws TemplateException for a text that is no template
  SlackClient(
      String receiver,
      String integration,
      SlackSettings settings,
      TemplateLibrary library,
      String externalUrl)
      throws TemplateException {
    this.settings = settings;
    this.wording =
        new Wording(
            receiver,
            integration,
            settings,
            new SlackTemplates(receiver + "." + integration, settings, library),
            externalUrl);
    this.address = Address.of(settings);
    Duration timeout = settings.timeout();
    this.calls =
        new SlackCalls(
            address.methods(),
            settings.http(),
            timeout == null || timeout.isZero() ? SlackSettings.DEFAULT_TIMEOUT : timeout);
  }

  @Override
  public @Nullable Draft draft(
      GroupNotification groupNotification, Reason reason, @Nullable String memory) {
    String channel = wording.channel(groupNotification, reason);
    if (!address.isBot()) {
      return reason == Reason.NONE
          ? null
          : new Draft.OneShot(channel, wording.message(groupNotification, reason));
    }
    Timeline timeline = Timeline.of(groupNotification, reason, memory);
    return new Draft.Standing(
        channel,
        wording.message(groupNotification, reason),
        timeline.memory(),
        timeline.lines(),
        timeline.broadcast(),
        timeline.sameShape(),
        groupNotification.firing().size() + groupNotification.quiet().size(),
        groupNotification.isOver());
  }

  @Override
  public String storm(int firing, int groups, int resolvedGroups, List<String> contents) {
    return Wording.storm(firing, groups, resolvedGroups, contents);
  }

  /// People read posts through a webhook too; with a token there are cards.
  @Override
  public boolean collapses() {
    return !address.isBot();
  }

  @Override
  public String removed(String content, boolean ended) {
    return Wording.removed(content, ended);
  }

  @Override
  public DeliveryResult deliver(Delivery delivery) {
    try {
      ObjectNode message = message(delivery);
      return address.isBot() ? withToken(delivery, message) : throughWebhook(delivery, message);
    } catch (UncheckedIOException e) {
      return new DeliveryResult.Misconfigured("secret", String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      return new DeliveryResult.PayloadRejected("unreadable", "the message is no JSON");
    }
  }

  @Override
  public @Nullable DeliveryResult greet() {
    if (!address.isBot()) {
      return null;
    }
    try {
      DeliveryResult failure =
          calls
              .call(address.secret().value(), methods -> methods.authTest(it -> it))
              .deliveryResult();
      return failure == null ? greetWithAppLevelToken() : failure;
    } catch (UncheckedIOException e) {
      return new DeliveryResult.Misconfigured("secret", String.valueOf(e.getMessage()));
    }
  }

  /// A URL for a connection that nobody connects to is void after some seconds.
  private DeliveryResult greetWithAppLevelToken() {
    SlackAnswers answers = settings.answers();
    if (answers == null) {
      return new DeliveryResult.Delivered(null, null);
    }
    try (SlackWeb web = SlackWeb.of(settings, answers.appLevelToken())) {
      SlackWeb.Reply<String> reply = web.connectionUrl();
      return switch (reply.failure()) {
        case null -> new DeliveryResult.Delivered(null, null);
        case DeliveryResult.Misconfigured(String code, String remedy) ->
            new DeliveryResult.Misconfigured(
                code, "Slack gives no connection for the app-level token: " + remedy);
        case DeliveryResult failure -> failure;
      };
    }
  }

  private static ObjectNode message(Delivery delivery) throws JsonProcessingException {
    String content =
        delivery.content().startsWith("{") ? delivery.content() : Wording.reply(delivery.content());
    ObjectNode message = (ObjectNode) JSON.readTree(content);
    return delivery.plain() ? Wording.plain(message) : message;
  }

  private DeliveryResult throughWebhook(Delivery delivery, ObjectNode message) {
    if (!delivery.channel().isEmpty()) {
      message.put("channel", delivery.channel());
    }
    message.put("unfurl_links", false).put("unfurl_media", false);
    return calls.post(address.secret().value(), message.toString());
  }

  private DeliveryResult withToken(Delivery delivery, ObjectNode message) {
    String token = address.secret().value();
    String ts = delivery.ts();
    String id = delivery.channelId();
    if (ts != null && id != null) {
      return edit(token, id, ts, delivery.plain(), message);
    }
    String known =
        id == null && delivery.channel().matches("[CDG][A-Z0-9]{7,}") ? delivery.channel() : id;
    if (delivery.inDoubt() && known != null) {
      String found =
          calls.find(token, known, delivery.threadTs(), delivery.marker(), delivery.since());
      if (found != null) {
        return new DeliveryResult.Delivered(known, found);
      }
    }
    boolean reply = delivery.threadTs() != null;
    if (known == null || reply) {
      DeliveryResult deliveryResult =
          post(token, known == null ? delivery.channel() : known, delivery, message);
      return reply && isElsewhere(deliveryResult)
          ? new DeliveryResult.TargetMissing("its channel is gone")
          : deliveryResult;
    }
    // By its name, which is what is configured: the channel with the id may have been archived and
    // made anew, or have another name by now. A name that is not found may be of a renamed one.
    DeliveryResult deliveryResult = post(token, delivery.channel(), delivery, message);
    return isElsewhere(deliveryResult) && !known.equals(delivery.channel())
        ? post(token, known, delivery, message)
        : deliveryResult;
  }

  /// Whether a channel is not where it was.
  private static boolean isElsewhere(DeliveryResult deliveryResult) {
    return deliveryResult instanceof DeliveryResult.Misconfigured refused
        && SlackErrors.CHANNEL_IS_GONE.contains(refused.code());
  }

  private DeliveryResult post(String token, String channel, Delivery delivery, ObjectNode message) {
    SlackCalls.Result<ChatPostMessageResponse> result =
        calls.call(
            token,
            methods ->
                methods.chatPostMessage(
                    it ->
                        it.channel(channel)
                            .text(message.path("text").asText())
                            .blocksAsString(text(message, "blocks"))
                            .attachmentsAsString(text(message, "attachments"))
                            .username(text(message, "username"))
                            .iconEmoji(text(message, "icon_emoji"))
                            .iconUrl(text(message, "icon_url"))
                            .linkNames(settings.linkNames())
                            .threadTs(delivery.threadTs())
                            .replyBroadcast(delivery.threadTs() != null && delivery.broadcast())
                            .metadataAsString(metadata(delivery.marker()))
                            .unfurlLinks(false)
                            .unfurlMedia(false)));
    ChatPostMessageResponse posted = result.response();
    return result.deliveryResult() != null || posted == null
        ? Objects.requireNonNull(result.deliveryResult())
        : new DeliveryResult.Delivered(posted.getChannel(), posted.getTs());
  }

  private DeliveryResult edit(
      String token, String id, String ts, boolean plain, ObjectNode message) {
    SlackCalls.Result<ChatUpdateResponse> result =
        calls.call(
            token,
            methods ->
                methods.chatUpdate(
                    it ->
                        it.channel(id)
                            .ts(ts)
                            .text(message.path("text").asText())
                            .blocksAsString(plain ? "[]" : text(message, "blocks"))
                            .attachmentsAsString(plain ? "[]" : text(message, "attachments"))));
    DeliveryResult deliveryResult = result.deliveryResult();
    if (deliveryResult == null) {
      return new DeliveryResult.Delivered(id, ts);
    }
    return isElsewhere(deliveryResult)
        ? new DeliveryResult.TargetMissing("its channel is gone")
        : deliveryResult;
  }

  private static @Nullable String text(ObjectNode message, String field) {
    if (!message.has(field)) {
      return null;
    }
    return message.path(field).isTextual()
        ? message.path(field).asText()
        : message.path(field).toString();
  }

  private static String metadata(String marker) {
    ObjectNode metadata = JSON.createObjectNode().put("event_type", "longshore_notification");
    metadata.putObject("event_payload").put("marker", marker);
    return metadata.toString();
  }

  @Override
  public String account() {
    return address.account();
  }

  @Override
  public Duration gap() {
    return GAP;
  }

  @Override
  public Duration editGap() {
    return EDIT_GAP;
  }

  @Override
  public void close() {
    calls.close();
  }
}
