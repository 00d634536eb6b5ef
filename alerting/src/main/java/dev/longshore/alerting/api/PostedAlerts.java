package dev.longshore.alerting.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The body of `POST /api/v2/alerts`, read: the sound alerts, and what is wrong with the others.
///
/// @param problems one for each alert that was refused
record PostedAlerts(List<Alert> alerts, List<String> problems) {

  /// The most bytes that an alert's labels and annotations may have. A larger one is refused by
  /// itself.
  static final int MAX_BYTES_OF_ALERT = 64 * 1024;

  /// The most bytes of a label's name and value; above that a label identifies nothing.
  static final int MAX_BYTES_OF_LABEL = 8 * 1024;

  private static final JsonMapper JSON = new JsonMapper();

  /// @param resolveTimeout after which an alert without an end is over
  /// @throws ApiException when it is not a JSON array
  static PostedAlerts read(byte[] body, Instant now, Duration resolveTimeout) throws ApiException {
    JsonNode array;
    try {
      array = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new ApiException(400, "the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new ApiException(400, "the body can't be read: " + e.getMessage());
    }
    if (array == null || !array.isArray()) {
      throw new ApiException(400, "the body is not a JSON array of alerts");
    }
    List<Alert> alerts = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      try {
        alerts.add(alert(array.get(i), now, resolveTimeout));
      } catch (ApiException e) {
        problems.add("alert " + i + ": " + e.getMessage());
      }
    }
    return new PostedAlerts(alerts, problems);
  }

  private static Alert alert(JsonNode node, Instant now, Duration resolveTimeout)
      throws ApiException {
    Labels labels = texts(node, "labels");
    Labels annotations = texts(node, "annotations");
    if (labels.isEmpty()) {
      throw new ApiException(400, "at least one label pair required");
    }
    for (Map.Entry<String, String> label : labels.asMap().entrySet()) {
      long bytes = Labels.of(label.getKey(), label.getValue()).bytes();
      if (label.getKey().isEmpty()) {
        throw new ApiException(400, "a label has no name");
      }
      if (bytes > MAX_BYTES_OF_LABEL) {
        throw new ApiException(
            400,
            "the label '"
                + shortened(label.getKey())
                + "' has "
                + bytes
                + " bytes; at most "
                + MAX_BYTES_OF_LABEL);
      }
    }
    long bytes = labels.bytes() + annotations.bytes();
    if (bytes > MAX_BYTES_OF_ALERT) {
      throw new ApiException(
          400,
          "labels and annotations of "
              + labels.alertName()
              + " have "
              + bytes
              + " bytes; at most "
              + MAX_BYTES_OF_ALERT);
    }
    Instant startsAt = time(node, "startsAt");
    Instant endsAt = time(node, "endsAt");
    boolean hasEnd = !ApiTime.isNone(endsAt);
    if (ApiTime.isNone(startsAt)) {
      startsAt = hasEnd && endsAt.isBefore(now) ? endsAt : now;
    }
    if (hasEnd && endsAt.isBefore(startsAt)) {
      throw new ApiException(400, "start time must be before end time");
    }
    JsonNode url = node.path("generatorURL");
    return new Alert(
        labels,
        annotations,
        startsAt,
        hasEnd ? endsAt : now.plus(resolveTimeout),
        now,
        url.isTextual() ? url.textValue() : "",
        hasEnd ? Alert.Origin.POSTED : Alert.Origin.POSTED_WITHOUT_END,
        Evidence.NONE);
  }

  private static Labels texts(JsonNode node, String name) throws ApiException {
    JsonNode object = node.path(name);
    if (object.isMissingNode() || object.isNull()) {
      return Labels.EMPTY;
    }
    if (!object.isObject()) {
      throw new ApiException(400, name + " is not an object of texts");
    }
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!member.getValue().isTextual()) {
        throw new ApiException(400, name + "." + shortened(member.getKey()) + " is not a text");
      }
      texts.put(member.getKey(), member.getValue().textValue());
    }
    return Labels.of(texts);
  }

  private static Instant time(JsonNode node, String name) throws ApiException {
    JsonNode time = node.path(name);
    return ApiTime.parse(
        name,
        time.isTextual() && !time.textValue().isEmpty()
            ? time.textValue()
            : "0001-01-01T00:00:00Z");
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
