package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// JSON whose texts, and names, are templates: `details` of PagerDuty, `fields` of Jira, `payload`
/// of a webhook. As in Alertmanager a text that its template makes a number, `true`, `false`, a
/// list or an object of JSON is that value; other than there, a text is never read as YAML, so that
/// a label `Error: disk full` stays a text.
///
/// @param key where it stands in the entry
/// @param json as it is written
public record TemplateTree(String key, JsonNode json) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /// The templates in it, by where they stand: `details/nested/0`, and for a name
  /// `details/nested/`.
  public Map<String, String> templates() {
    Map<String, String> templates = new TreeMap<>();
    gather(key, json, templates);
    return templates;
  }

  private static void gather(String path, JsonNode node, Map<String, String> templates) {
    if (node.isTextual()) {
      templates.put(path, node.asText());
    }
    int index = 0;
    for (JsonNode element : node.isArray() ? node : JsonNodeFactory.instance.arrayNode()) {
      gather(path + "/" + index++, element, templates);
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String below = path + "/" + escaped(field.getKey());
      if (field.getKey().contains("{{")) {
        templates.put(below + "/", field.getKey());
      }
      gather(below, field.getValue(), templates);
    }
  }

  /// As in a JSON pointer.
  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  /// The same with what the templates say.
  ///
  /// @param run what the template that stands somewhere says
  public JsonNode filled(UnaryOperator<String> run) {
    return filled(key, json, run);
  }

  private static JsonNode filled(String path, JsonNode node, UnaryOperator<String> run) {
    if (node.isTextual()) {
      return value(run.apply(path));
    }
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (int i = 0; i < node.size(); i++) {
        array.add(filled(path + "/" + i, node.path(i), run));
      }
      return array;
    }
    if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String name = field.getKey();
        String below = path + "/" + escaped(name);
        object.set(
            name.contains("{{") ? run.apply(below + "/") : name,
            filled(below, field.getValue(), run));
      }
      return object;
    }
    return node;
  }

  private static JsonNode value(String text) {
    try {
      JsonNode value = JSON.readTree(text);
      if (value.isContainerNode() || value.isNumber() || value.isBoolean()) {
        return value;
      }
    } catch (JsonProcessingException e) {
      // It is text.
    }
    return JsonNodeFactory.instance.textNode(text);
  }
}
