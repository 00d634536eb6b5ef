package dev.longshore.shared.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A part of a file as JSON, where what stands in it is nobody's keys: a payload for somebody else.
final class Tree {
  private static final JsonFactory JSON = new JsonFactory();

  private Tree() {}

  static String json(Node node) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(node, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(Node node, JsonGenerator json) throws IOException {
    switch (node) {
      case MappingNode mapping -> {
        json.writeStartObject();
        for (NodeTuple tuple : mapping.getValue()) {
          json.writeFieldName(
              tuple.getKeyNode() instanceof ScalarNode name
                  ? name.getValue()
                  : NodeText.kind(tuple.getKeyNode()));
          write(tuple.getValueNode(), json);
        }
        json.writeEndObject();
      }
      case SequenceNode sequence -> {
        json.writeStartArray();
        for (Node element : sequence.getValue()) {
          write(element, json);
        }
        json.writeEndArray();
      }
      case ScalarNode scalar -> write(scalar, json);
      default -> json.writeNull();
    }
  }

  private static void write(ScalarNode scalar, JsonGenerator json) throws IOException {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (NodeText.isNull(scalar)) {
      json.writeNull();
    } else if (tag.equals(Tag.BOOL)) {
      json.writeBoolean(Boolean.parseBoolean(text));
    } else if (isNumber(scalar)) {
      json.writeNumber(new BigDecimal(text));
    } else {
      json.writeString(text);
    }
  }

  /// Whether it is one in JSON too, which has no `.inf` and no `0x1f`.
  private static boolean isNumber(ScalarNode scalar) {
    return (scalar.getTag().equals(Tag.INT) || scalar.getTag().equals(Tag.FLOAT))
        && scalar.getValue().matches("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");
  }
}
