package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// JSON as services write it and want it: fields without a text are left out of a message, and an
/// answer that is no JSON has no fields.
public final class JsonFields {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonFields() {}

  /// Puts a text unless it is blank.
  public static void put(ObjectNode node, String key, String text) {
    if (!text.isBlank()) {
      node.put(key, text);
    }
  }

  /// The fields of an answer; none where it is no JSON.
  public static JsonNode of(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }
}
