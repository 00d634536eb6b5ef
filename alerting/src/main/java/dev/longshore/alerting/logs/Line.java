package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A line of a log as a message shows it.
///
/// @param id of its document
/// @param source its document, as objects in each other or with dots in its names
/// @param time null when it has none that can be read
record Line(String id, JsonNode source, @Nullable Instant time) {

  /// Lines before and behind.
  static final int CONTEXT = 2;

  /// How far away in time they may be.
  static final Duration NEAR = Duration.ofMinutes(5);

  private static final int MAX_CHARACTERS = 400;
  private static final int MAX_LINES = 8;

  static Line of(JsonNode hit) {
    // The sort value has the form that was asked for, whatever the document has.
    String time = hit.path("sort").path(0).asText();
    return new Line(hit.path("_id").asText(), hit.path("_source"), LinesSearch.parsed(time));
  }

  /// Lines of the same kind say the same: the same error, or the same words but for figures.
  String kind() {
    String error = text("error.fingerprint");
    if (!error.isEmpty()) {
      return error;
    }
    String words = text("message").replaceAll("[0-9a-f]{6,}|[0-9]+", "0");
    return words.substring(0, Math.min(80, words.length()));
  }

  /// Where it is from: `shop/checkout-7d9f app · 2026-11-23T06:00:00Z`.
  String title() {
    String pod = text("kubernetes.pod.name");
    String where =
        pod.isEmpty()
            ? text("service.name")
            : text("kubernetes.namespace") + "/" + pod + " " + text("kubernetes.container.name");
    return (where.isBlank() ? "" : where.strip() + " · ") + (time == null ? "" : time);
  }

  /// The pod's name; empty when it has none.
  String pod() {
    return text("kubernetes.pod.name");
  }

  /// A query for lines of the same container; null when it does not say which.
  @Nullable ObjectNode container() {
    ObjectNode query = Searches.JSON.createObjectNode();
    ArrayNode filter = query.putObject("bool").putArray("filter");
    String id = text("container.id");
    if (!id.isEmpty()) {
      filter.addObject().putObject("term").put("container.id", id);
      return query;
    }
    String uid = text("kubernetes.pod.uid");
    String name = text("kubernetes.container.name");
    if (uid.isEmpty() || name.isEmpty()) {
      return null;
    }
    filter.addObject().putObject("term").put("kubernetes.pod.uid", uid);
    filter.addObject().putObject("term").put("kubernetes.container.name", name);
    return query;
  }

  /// Its text, shortened; a stack trace's first lines.
  String shown() {
    List<String> lines = text("message").lines().limit(MAX_LINES + 1L).toList();
    boolean cut = lines.size() > MAX_LINES;
    String text = String.join("\n", cut ? lines.subList(0, MAX_LINES) : lines);
    if (text.length() > MAX_CHARACTERS) {
      int end = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 1)) ? 1 : 0;
      return text.substring(0, MAX_CHARACTERS - end) + "…";
    }
    return cut ? text + "\n…" : text;
  }

  /// A field of the document; empty when it has none.
  String text(String field) {
    JsonNode value = found(source, field);
    return value.isValueNode() ? value.asText() : "";
  }

  private static JsonNode found(JsonNode node, String field) {
    JsonNode whole = node.path(field);
    for (int dot = field.indexOf('.');
        dot >= 0 && whole.isMissingNode();
        dot = field.indexOf('.', dot + 1)) {
      JsonNode first = node.path(field.substring(0, dot));
      whole = first.isObject() ? found(first, field.substring(dot + 1)) : whole;
    }
    return whole;
  }
}
