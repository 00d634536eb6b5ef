package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.deploy.PlatformObjects.Upstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The pods of charts that are not ours, as far as `deploy/upstream-pods.yml` says what they set
/// and the charts' published values and ours say the rest.
final class UpstreamPods {
  private UpstreamPods() {}

  /// A pod of somebody else's chart.
  ///
  /// @param spec with the security contexts alone
  record UpstreamPod(String component, String namespace, String name, JsonNode spec) {}

  static JsonNode facts() {
    Path file = Chart.deployFolder().resolve("upstream-pods.yml");
    return PublishedSchemas.find().document(file).get("pods");
  }

  /// @param platform whose values are laid over the charts' own
  static List<UpstreamPod> of(PlatformObjects platform) {
    List<UpstreamPod> pods = new ArrayList<>();
    for (Upstream chart : platform.values().values()) {
      JsonNode facts = facts().path(chart.component());
      JsonNode values = merged(published(chart.component()), chart.values());
      for (JsonNode pod : facts.path("pods")) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.set("securityContext", context(pod.path("pod"), values));
        for (String kind : List.of("initContainers", "containers")) {
          ArrayNode containers = spec.putArray(kind);
          for (JsonNode container : pod.path(kind)) {
            containers.addObject().set("securityContext", context(container, values));
          }
        }
        pods.add(
            new UpstreamPod(
                chart.component(),
                facts.path("namespace").asText(),
                pod.path("name").asText(),
                spec));
      }
    }
    return pods;
  }

  private static JsonNode context(JsonNode fact, JsonNode values) {
    JsonNode fixed = fact.path("securityContext");
    if (!fact.has("from")) {
      return fixed.isMissingNode() ? JsonNodeFactory.instance.objectNode() : fixed;
    }
    JsonNode found = values.at("/" + fact.get("from").asText().replace('.', '/'));
    if (found.isMissingNode()) {
      throw new AssertionError("the chart has no value " + fact.get("from"));
    }
    return merged(found, fixed);
  }

  private static JsonNode published(String component) {
    PublishedSchemas schemas = PublishedSchemas.find();
    String folder = Lock.folder(component);
    String name = schemas.has(folder, "values.yaml") ? "values.yaml" : "values.tmpl.yaml";
    return schemas.document(schemas.file(folder, name));
  }

  /// The second over the first, as Helm lays values over values.
  private static JsonNode merged(JsonNode under, JsonNode over) {
    if (!(under instanceof ObjectNode) || !over.isObject()) {
      return over.isMissingNode() ? under : over;
    }
    ObjectNode result = under.deepCopy();
    for (Map.Entry<String, JsonNode> entry : over.properties()) {
      JsonNode below = result.path(entry.getKey());
      result.set(entry.getKey(), merged(below, entry.getValue()));
    }
    return result;
  }
}
