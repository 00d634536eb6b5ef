package dev.longshore.rulelab.oncall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The objects of answers of an API, whatever they are wrapped in: `data` of Opsgenie, `results` of
/// Grafana OnCall, lists, or several of these under names.
final class Exported {
  private static final JsonMapper JSON = new JsonMapper();

  private Exported() {}

  /// @param texts JSON each
  /// @throws IllegalArgumentException when one is not JSON
  static List<JsonNode> objects(List<String> texts) {
    List<JsonNode> objects = new ArrayList<>();
    for (String text : texts) {
      try {
        collect(JSON.readTree(text), objects);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
      }
    }
    return objects;
  }

  private static void collect(@Nullable JsonNode node, List<JsonNode> objects) {
    if (node == null) {
      return;
    }
    if (node.isArray()) {
      node.forEach(it -> collect(it, objects));
    } else if (node.isObject()) {
      if (node.has("id") || node.has("alias") || node.has("_parent")) {
        objects.add(node);
      } else {
        node.forEach(it -> collect(it, objects));
      }
    }
  }
}
