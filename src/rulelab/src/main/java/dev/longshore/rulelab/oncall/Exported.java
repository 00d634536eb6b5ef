package dev.longshore.rulelab.oncall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The objects of answers of an API, whatever they are wrapped in: `data` of Opsgenie, `results` of
/// Grafana OnCall, lists, or several of these under names.
final class Exported {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Exported() {}

  /// @throws IllegalArgumentException when one is not JSON, with its name and the place in it
  static List<JsonNode> objects(List<ApiAnswer> answers) {
    List<JsonNode> objects = new ArrayList<>();
    for (ApiAnswer answer : answers) {
      try {
        collect(JSON.readTree(answer.text()), objects);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException(
            "%s:%d: not JSON: %s; give what the API answers, as it is"
                .formatted(
                    answer.file(),
                    e.getLocation().getLineNr(),
                    // Without the list of what could stand there.
                    e.getOriginalMessage().replaceFirst("(?s): (was )?expect.*", "")),
            e);
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
