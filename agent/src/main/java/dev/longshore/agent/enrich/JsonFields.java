package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Walks the fields of a JSON object without materialising it. What is not of the expected kind is
/// read as absent: an object of a newer API never breaks the watch.
final class JsonFields {
  // An annotation may have 256 KiB, and so may a few others beside it.
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(4 << 20).maxNestingDepth(200).build())
          .build();

  private JsonFields() {}

  /// Steps from an object's start to its first value.
  ///
  /// @return the field's name, or null when the object is empty or the current token starts none
  static @Nullable String firstField(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return null;
    }
    return nextField(json);
  }

  /// Steps from a value's end to the next value of the same object.
  ///
  /// @return the field's name, or null at the object's end
  static @Nullable String nextField(JsonParser json) throws IOException {
    String field = json.nextFieldName();
    if (field == null) {
      if (json.currentToken() == null) {
        throw new IOException("the JSON ended within an object");
      }
      return null;
    }
    json.nextToken();
    return field;
  }

  /// The current value when it is a text, else the empty one; steps over it.
  static String text(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return "";
  }

  /// Puts the texts of the current object into `target`.
  static void texts(JsonParser json, Map<String, String> target) throws IOException {
    for (String key = firstField(json); key != null; key = nextField(json)) {
      target.put(key, text(json));
    }
  }
}
