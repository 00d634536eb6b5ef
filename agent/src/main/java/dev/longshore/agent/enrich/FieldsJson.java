package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.agent.event.ContainerRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The JSON members that the documents of a container have in common, after the Elastic Common
/// Schema: `kubernetes`, `container`, `service`, `orchestrator`. `labels`, `annotations` and
/// `namespace_labels` are made for `flattened` fields: their keys keep their dots.
public final class FieldsJson {
  private FieldsJson() {}

  private interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  /// What the path says, for a pod that nobody knows.
  ///
  /// @param clusterName `orchestrator.cluster.name`, or null
  /// @param reason why there is no more, as `kubernetes.metadata_missing`; null when nobody asked
  ///   for more
  /// @return members without the outer braces, UTF-8
  public static byte[] fromPath(
      ContainerRef container,
      String nodeName,
      @Nullable String clusterName,
      @Nullable String reason) {
    return members(
        json -> {
          json.writeObjectFieldStart("kubernetes");
          field(json, "namespace", container.namespace());
          if (!container.pod().isEmpty() || !container.podUid().isEmpty()) {
            json.writeObjectFieldStart("pod");
            field(json, "name", container.pod());
            field(json, "uid", container.podUid());
            json.writeEndObject();
          }
          named(json, "container", container.container());
          named(json, "node", nodeName);
          if (reason != null) {
            field(json, "metadata_missing", reason);
          }
          json.writeEndObject();
          named(json, "service", container.container());
          orchestrator(json, clusterName);
        });
  }

  /// What is known of a container and its pod.
  ///
  /// @param namespace null while it is not known
  /// @param container null when the pod's specification does not have it
  static byte[] of(
      PodRecord pod,
      @Nullable NamespaceRecord namespace,
      String containerName,
      PodRecord.@Nullable Container container,
      String nodeName,
      @Nullable String clusterName) {
    return members(
        json -> {
          json.writeObjectFieldStart("kubernetes");
          field(json, "namespace", pod.namespace());
          json.writeObjectFieldStart("pod");
          field(json, "name", pod.name());
          field(json, "uid", pod.uid());
          json.writeEndObject();
          named(json, "container", containerName);
          named(json, "node", nodeName);
          for (Map.Entry<String, String> owner : pod.owners().entrySet()) {
            named(json, owner.getKey(), owner.getValue());
          }
          object(json, "labels", pod.labelsJson());
          object(json, "annotations", pod.annotationsJson());
          int truncated = pod.truncated();
          if (namespace != null) {
            object(json, "namespace_labels", namespace.labelsJson());
            truncated += namespace.truncated();
          }
          if (truncated > 0) {
            json.writeNumberField("metadata_truncated", truncated);
          }
          json.writeEndObject();
          if (container != null && !(container.id().isEmpty() && container.image().isEmpty())) {
            json.writeObjectFieldStart("container");
            field(json, "id", container.id());
            if (!container.image().isEmpty()) {
              named(json, "image", container.image());
            }
            json.writeEndObject();
          }
          named(json, "service", serviceName(pod, containerName));
          orchestrator(json, clusterName);
        });
  }

  private static String serviceName(PodRecord pod, String containerName) {
    if (!pod.service().isEmpty()) {
      return pod.service();
    }
    return pod.owners().getOrDefault("deployment", containerName);
  }

  private static void orchestrator(JsonGenerator json, @Nullable String clusterName)
      throws IOException {
    json.writeObjectFieldStart("orchestrator");
    if (clusterName != null && !clusterName.isEmpty()) {
      named(json, "cluster", clusterName);
    }
    json.writeStringField("type", "kubernetes");
    json.writeEndObject();
  }

  private static void named(JsonGenerator json, String object, String name) throws IOException {
    if (!name.isEmpty()) {
      json.writeObjectFieldStart(object);
      field(json, "name", name);
      json.writeEndObject();
    }
  }

  private static void field(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, Bounded.wellFormed(value));
    }
  }

  private static void object(JsonGenerator json, String name, byte[] object) throws IOException {
    if (object.length > 0) {
      json.writeFieldName(name);
      json.writeRawValue(new String(object, StandardCharsets.UTF_8));
    }
  }

  private static byte[] members(Members members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = Bounded.JSON.createGenerator(bytes)) {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Arrays.copyOfRange(bytes.toByteArray(), 1, bytes.size() - 1);
  }
}
