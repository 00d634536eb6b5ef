package dev.longshore.agent.ship.encode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A bulk item, read by Jackson as strictly as Elasticsearch reads it.
record Document(String action, String source, Map<String, Object> fields) {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static Document of(String item) {
    String[] lines = item.split("\n", -1);
    if (lines.length != 3 || !lines[2].isEmpty()) {
      throw new IllegalArgumentException("an item is two lines: " + item);
    }
    parse(lines[0]);
    return new Document(lines[0], lines[1], parse(lines[1]));
  }

  /// A field by its path, or null.
  @Nullable Object get(String... path) {
    Object at = fields;
    for (String name : path) {
      at = at instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return at;
  }

  @Nullable Object message() {
    return get("message");
  }

  @Nullable Object level() {
    return get("log", "level");
  }

  @Nullable Object fingerprint() {
    return get("error", "fingerprint");
  }

  static Map<String, Object> parse(String json) {
    try (JsonParser parser = FACTORY.createParser(json)) {
      parser.nextToken();
      Map<String, Object> object = object(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("more than one value: " + json);
      }
      return object;
    } catch (IOException e) {
      throw new UncheckedIOException(json.substring(0, Math.min(json.length(), 2000)), e);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> "null";
      default -> parser.getText();
    };
  }
}
