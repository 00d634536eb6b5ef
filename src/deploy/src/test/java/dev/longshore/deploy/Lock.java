package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `deploy/versions.yml`.
final class Lock {
  /// The folder of the published schemas that a component's is the beginning of.
  private static final Map<String, String> PUBLISHED =
      Map.of(
          "gateway_api", "gateway-api-",
          "envoy_gateway", "envoy-gateway-",
          "cert_manager", "cert-manager-",
          "trust_manager", "trust-manager-",
          "external_dns", "external-dns-",
          "metrics_server", "metrics-server",
          "monitoring", "kube-prometheus-stack",
          "elastic", "eck-");

  private Lock() {}

  /// A file with definitions.
  record Definition(String component, String url, String sha256) {
    /// The same file among the published schemas.
    Path published() {
      return PublishedSchemas.find()
          .file(folder(component), "crds/" + url.substring(url.lastIndexOf('/') + 1));
    }
  }

  static JsonNode components() {
    return YamlDocuments.one(Chart.deployFolder().resolve("versions.yml")).get("versions");
  }

  static List<Definition> definitions() {
    List<Definition> definitions = new ArrayList<>();
    for (Map.Entry<String, JsonNode> component : components().properties()) {
      for (JsonNode file : component.getValue().path("files")) {
        definitions.add(
            new Definition(
                component.getKey(), file.get("url").asText(), file.get("sha256").asText()));
      }
    }
    return definitions;
  }

  /// Where a component's schemas are.
  static String folder(String component) {
    String beginning = PUBLISHED.get(component);
    return PublishedSchemas.find().components().stream()
        .filter(it -> beginning != null && it.startsWith(beginning))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no published schemas of " + component));
  }

  /// The component that a chart's reference is of; empty for one of our own.
  static String componentOf(String chart) {
    for (Map.Entry<String, JsonNode> component : components().properties()) {
      if (component.getValue().path("chart").asText().equals(chart)) {
        return component.getKey();
      }
    }
    return "";
  }
}
