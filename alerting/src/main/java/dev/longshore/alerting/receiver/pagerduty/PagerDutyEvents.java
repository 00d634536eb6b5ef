package dev.longshore.alerting.receiver.pagerduty;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.notify.Delivery;
import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.http.HttpReply;
import dev.longshore.alerting.receiver.http.HttpResults;
import dev.longshore.alerting.receiver.http.HttpSender;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.posted.JsonFields;
import dev.longshore.alerting.receiver.posted.MessageKind;
import dev.longshore.alerting.receiver.posted.Notice;
import dev.longshore.alerting.receiver.posted.TemplateTree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// PagerDuty's Events API v2 (developer.pagerduty.com, "Send an event"): `trigger` and `resolve`
/// with one `dedup_key` for a group, so that a repetition is no second incident. Version 1 is used
/// where the entry has a `service_key`.
///
/// @param routingKey for version 2; null for version 1
/// @param serviceKey for version 1; null for version 2
/// @param details what a person sees beside the summary
record PagerDutyEvents(
    String url,
    @Nullable SecretSource routingKey,
    @Nullable SecretSource serviceKey,
    TemplateTree details)
    implements MessageKind {
  /// The template of a key that labels decide on.
  static final String KEY = "key";

  private static final String VERSION_1 =
      "https://events.pagerduty.com/generic/2010-04-15/create_event.json";

  /// The longest `summary` and `description`, in characters.
  private static final int SUMMARY = 1024;

  /// The largest event, in bytes; one that is larger is sent without its details.
  private static final int MAX_EVENT_BYTES = 512_000;

  /// What `severity` may be.
  private static final List<String> SEVERITIES = List.of("critical", "error", "warning", "info");

  @Override
  public void compose(Notice notice, ObjectNode message) {
    String severity = notice.plain("severity").strip().toLowerCase(Locale.ROOT);
    JsonNode filled = notice.filled(details);
    String client = notice.plain("client");
    String clientUrl = notice.plain("client_url");
    String source = notice.plain("source");
    String type = notice.plain("class");
    String component = notice.plain("component");
    String group = notice.plain("group");
    ArrayNode images = message.arrayNode();
    for (int i = 0; i < notice.count("images"); i++) {
      add(images, notice, "images[" + i + "].", "src", "alt", "href");
    }
    ArrayNode links = message.arrayNode();
    for (int i = 0; i < notice.count("links"); i++) {
      add(links, notice, "links[" + i + "].", "href", "text");
    }
    String summary = notice.body("description");
    summary = Notice.cut(summary.isBlank() ? "An alert without a description" : summary, SUMMARY);
    String action = notice.isFiring() ? "trigger" : "resolve";
    message.put(serviceKey == null ? "event_action" : "event_type", action);
    message.put(serviceKey == null ? "dedup_key" : "incident_key", notice.groupHash());
    JsonFields.put(message, keyName(), notice.plain(KEY));
    JsonFields.put(message, "client", client);
    JsonFields.put(message, "client_url", clientUrl);
    if (serviceKey == null) {
      ObjectNode payload = message.putObject("payload");
      payload.put("summary", summary);
      payload.put("source", source.isBlank() ? "Longshore" : source);
      payload.put("severity", SEVERITIES.contains(severity) ? severity : "error");
      JsonFields.put(payload, "class", type);
      JsonFields.put(payload, "component", component);
      JsonFields.put(payload, "group", group);
      shorten(message, payload, "custom_details", filled);
      if (!images.isEmpty()) {
        message.set("images", images);
      }
      if (!links.isEmpty()) {
        message.set("links", links);
      }
    } else {
      message.put("description", summary);
      shorten(message, message, "details", filled);
    }
  }

  private static void add(ArrayNode list, Notice notice, String prefix, String... keys) {
    ObjectNode item = list.objectNode();
    for (String key : keys) {
      JsonFields.put(item, key, notice.plain(prefix + key));
    }
    // A link without an address, an image without a source: PagerDuty refuses the event for it.
    if (item.has(keys[0])) {
      list.add(item);
    }
  }

  private static void shorten(ObjectNode message, ObjectNode holder, String key, JsonNode details) {
    holder.set(key, details);
    if (message.toString().getBytes(StandardCharsets.UTF_8).length > MAX_EVENT_BYTES) {
      holder
          .putObject(key)
          .put("error", "The details are left out: the event would be larger than 512 kB.");
    }
  }

  @Override
  public DeliveryResult send(JsonNode message, Delivery delivery, HttpSender sender) {
    ObjectNode event = message.deepCopy();
    SecretSource key = serviceKey == null ? routingKey : serviceKey;
    if (key != null && !event.has(keyName())) {
      event.put(keyName(), key.value());
    }
    HttpReply reply =
        sender.post(routingKey == null ? versionOne() : url, "application/json", event.toString());
    if (reply instanceof HttpReply.Answer answer && answer.status() == 403 && routingKey == null) {
      // Version 1 says so that there were too many events.
      return new DeliveryResult.Retry(
          FailureReason.RATE_LIMITED, "HTTP 403", answer.retryAfter(), false);
    }
    return HttpResults.of(reply, "PagerDuty");
  }

  private String keyName() {
    return serviceKey == null ? "routing_key" : "service_key";
  }

  private String versionOne() {
    return url.endsWith("/v2/enqueue") ? VERSION_1 : url;
  }

  /// Incidents are apart by their keys, so groups need not wait for each other.
  @Override
  public int concurrency() {
    return 4;
  }
}
