package dev.longshore.rulelab.ruletest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Draft;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.Integration;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.notify.ReceiverClient;
import dev.longshore.alerting.notify.ReceiverClientFactory;
import dev.longshore.gotemplate.TemplateException;
import dev.longshore.gotemplate.TemplateLibrary;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Messengers that word messages as the real ones do, and keep them instead of sending them. One
/// thread.
final class Recorder implements ReceiverClientFactory {
  private static final JsonMapper JSON = new JsonMapper();

  /// Fields of a payload that people read.
  private static final Set<String> READ = Set.of("text", "title", "pretext", "value", "footer");

  private final ReceiverClientFactory real;
  private final Clock clock;
  private final List<Message> messages = new ArrayList<>();

  Recorder(ReceiverClientFactory real, Clock clock) {
    this.real = real;
    this.clock = clock;
  }

  /// All messages so far, in order.
  List<Message> messages() {
    return messages;
  }

  @Override
  public ReceiverClient open(
      String receiver, String integration, Integration settings, TemplateLibrary library)
      throws TemplateException {
    return new Recorded(receiver, integration, real.open(receiver, integration, settings, library));
  }

  private final class Recorded implements ReceiverClient {
    private final String receiver;
    private final String integration;
    private final ReceiverClient real;

    private Recorded(String receiver, String integration, ReceiverClient real) {
      this.receiver = receiver;
      this.integration = integration;
      this.real = real;
    }

    @Override
    public @Nullable Draft draft(
        GroupNotification groupNotification, Reason reason, @Nullable String memory) {
      return real.draft(groupNotification, reason, memory);
    }

    @Override
    public String storm(int firing, int groups, int resolvedGroups, List<String> contents) {
      return real.storm(firing, groups, resolvedGroups, contents);
    }

    @Override
    public DeliveryResult deliver(Delivery delivery) {
      Message.Kind kind =
          delivery.ts() != null
              ? Message.Kind.EDIT
              : delivery.threadTs() != null ? Message.Kind.REPLY : Message.Kind.POST;
      messages.add(new Message(clock.now(), receiver, integration, kind, text(delivery.content())));
      String ts = delivery.ts() == null ? String.valueOf(messages.size()) : delivery.ts();
      return new DeliveryResult.Delivered("C" + delivery.channel(), ts);
    }

    @Override
    public String account() {
      return real.account();
    }

    @Override
    public Duration gap() {
      return real.gap();
    }

    @Override
    public Duration editGap() {
      return real.editGap();
    }

    @Override
    public void close() {
      real.close();
    }
  }

  private static String text(String content) {
    if (!content.startsWith("{")) {
      return content;
    }
    try {
      JsonNode root = JSON.readTree(content);
      if (root.has("payload")) {
        return root.path("payload").toString();
      }
      List<String> texts = new ArrayList<>();
      read(root, "", texts);
      return String.join("\n", texts);
    } catch (JsonProcessingException e) {
      return content;
    }
  }

  private static void read(JsonNode node, String field, List<String> texts) {
    if (node.isTextual() && READ.contains(field)) {
      texts.add(node.asText());
    } else if (node.isObject()) {
      node.properties().forEach(it -> read(it.getValue(), it.getKey(), texts));
    } else {
      node.forEach(it -> read(it, field, texts));
    }
  }
}
