package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;

/// An object as a chart makes it.
///
/// @param origin the chart and the values that it was made with
record Manifest(String origin, JsonNode body) {

  String apiVersion() {
    return body.path("apiVersion").asText();
  }

  String kind() {
    return body.path("kind").asText();
  }

  String name() {
    return body.at("/metadata/name").asText();
  }

  /// Empty for what belongs to the cluster.
  String namespace() {
    return body.at("/metadata/namespace").asText();
  }

  /// Whether Kubernetes itself knows its kind; else a CustomResourceDefinition does.
  boolean isCore() {
    String group = apiVersion().contains("/") ? apiVersion().replaceAll("/.*", "") : "";
    return !group.contains(".") || (group.endsWith(".k8s.io") && !isCustomDespiteItsGroup(group));
  }

  /// Groups of Kubernetes' projects that are CustomResourceDefinitions all the same.
  private static boolean isCustomDespiteItsGroup(String group) {
    return group.equals("gateway.networking.k8s.io") || group.equals("externaldns.k8s.io");
  }

  @Override
  public String toString() {
    return origin + ": " + kind() + " " + (namespace().isEmpty() ? "" : namespace() + "/") + name();
  }
}
