package dev.longshore.shared.elastic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Small JSON documents as maps, lists, strings, numbers and booleans: for the calls that happen
/// rarely. Bulk replies are read by [BulkReplyReader] instead.
final class Json {
  static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// Reads one JSON value.
  ///
  /// @throws IOException when the bytes are not exactly one JSON value
  static @Nullable Object read(byte[] bytes) throws IOException {
    try (JsonParser in = FACTORY.createParser(bytes)) {
      in.nextToken();
      Object value = value(in);
      if (in.nextToken() != null) {
        throw new JsonParseException(in, "more than one JSON value");
      }
      return value;
    } catch (JsonParseException e) {
      throw new IOException(
          bytes.length == 0
              ? "the answer is empty, not JSON"
              : "the answer is not JSON; it begins with: "
                  + new HttpReply(200, bytes).excerpt()
                  + " (does elasticsearch.urls name Elasticsearch?)",
          e);
    }
  }

  private static @Nullable Object value(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token == null) {
      throw new JsonParseException(in, "no JSON value");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
          in.nextToken();
          map.put(name, value(in));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(in));
        }
        yield list;
      }
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> in.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new JsonParseException(in, "no JSON value");
    };
  }

  /// What stands at the end of a path of member names, or null when there is nothing.
  static @Nullable Object at(@Nullable Object root, String... names) {
    Object here = root;
    for (String name : names) {
      here = here instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return here;
  }

  /// Like [#at], when it is a string.
  static @Nullable String text(@Nullable Object root, String... names) {
    return at(root, names) instanceof String text ? text : null;
  }

  /// Puts a value at the end of a path of member names, in place of what stands there.
  ///
  /// @throws IllegalStateException when a name before the last is no object's
  @SuppressWarnings("unchecked")
  static void put(Map<String, @Nullable Object> root, Object value, String... names) {
    String[] parents = Arrays.copyOf(names, names.length - 1);
    if (!(at(root, parents) instanceof Map<?, ?> parent)) {
      throw new IllegalStateException("there is no object " + String.join(".", parents));
    }
    ((Map<String, @Nullable Object>) parent).put(names[names.length - 1], value);
  }

  /// Writes what [#read] gives.
  static byte[] write(@Nullable Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      write(out, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> member : map.entrySet()) {
          out.writeFieldName(String.valueOf(member.getKey()));
          write(out, member.getValue());
        }
        out.writeEndObject();
      }
      case List<?> list -> {
        out.writeStartArray();
        for (Object element : list) {
          write(out, element);
        }
        out.writeEndArray();
      }
      case Boolean flag -> out.writeBoolean(flag);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case Number number -> out.writeNumber(number.toString());
      default -> out.writeString(value.toString());
    }
  }
}
