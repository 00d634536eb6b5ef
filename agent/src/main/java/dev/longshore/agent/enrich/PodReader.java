package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads pods out of the API server's JSON, token by token, and keeps what is shipped.
final class PodReader implements ObjectReader<PodRecord> {
  private static final String CONFIG_HASH = "kubernetes.io/config.hash";

  private final String nodeName;
  private final long maxMetadataBytes;
  private final List<String> excludeAnnotations;

  /// @param nodeName pods of another node are not taken
  /// @param maxMetadataBytes limit for labels and annotations together
  PodReader(String nodeName, long maxMetadataBytes, List<String> excludeAnnotations) {
    this.nodeName = nodeName;
    this.maxMetadataBytes = maxMetadataBytes;
    this.excludeAnnotations = excludeAnnotations;
  }

  /// What a pod's JSON says, as far as it was read.
  private static final class Draft {
    String namespace = "";
    String name = "";
    String uid = "";
    String resourceVersion = "";
    String created = "";
    String node = "";
    String configHash = "";
    String ownerKind = "";
    String ownerName = "";
    final Map<String, String> labels = new LinkedHashMap<>();
    final Map<String, String> annotations = new LinkedHashMap<>();
    final ControlAnnotations control = new ControlAnnotations();
    final Map<String, String> images = new LinkedHashMap<>();
    final Map<String, String> ids = new LinkedHashMap<>();
  }

  /// Reads the answer to a GET of one pod.
  ///
  /// @return null when it is a pod of another node
  /// @throws IOException when it is no pod, as what something between may answer, or ends early
  @Nullable PodRecord read(InputStream body) throws IOException {
    try (JsonParser json = JsonFields.FACTORY.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the answer is not a JSON object");
      }
      Draft draft = draft(json);
      if (draft.name.isEmpty() || draft.uid.isEmpty()) {
        throw new IOException("the answer is not a pod");
      }
      return record(draft);
    }
  }

  @Override
  public Item<PodRecord> read(JsonParser json) throws IOException {
    Draft draft = draft(json);
    return new Item<>(draft.resourceVersion, record(draft));
  }

  private Draft draft(JsonParser json) throws IOException {
    Draft draft = new Draft();
    for (String field = JsonFields.firstField(json);
        field != null;
        field = JsonFields.nextField(json)) {
      switch (field) {
        case "metadata" -> readMetadata(json, draft);
        case "spec" -> readSpec(json, draft);
        case "status" -> readStatus(json, draft);
        default -> json.skipChildren();
      }
    }
    return draft;
  }

  private @Nullable PodRecord record(Draft draft) {
    boolean ours = draft.node.isEmpty() || draft.node.equals(nodeName);
    if (draft.name.isEmpty() || draft.uid.isEmpty() || !ours) {
      return null;
    }
    Bounded bounded = Bounded.of(draft.labels, draft.annotations, maxMetadataBytes);
    Map<String, String> owners =
        Owners.of(
            draft.ownerKind,
            draft.ownerName,
            draft.labels.getOrDefault("pod-template-hash", ""),
            draft.created);
    String service =
        draft.labels.getOrDefault("app.kubernetes.io/name", draft.labels.getOrDefault("app", ""));
    List<PodRecord.Container> containers = new ArrayList<>();
    for (Map.Entry<String, String> image : draft.images.entrySet()) {
      String container = image.getKey();
      containers.add(
          new PodRecord.Container(
              container, draft.ids.getOrDefault(container, ""), image.getValue()));
    }
    return new PodRecord(
        draft.namespace,
        draft.name,
        draft.uid,
        draft.configHash,
        new TreeMap<>(owners),
        service,
        bounded.labelsJson(),
        bounded.annotationsJson(),
        bounded.truncated() + draft.control.leftOut(),
        draft.control.kept(),
        List.copyOf(containers));
  }

  private void readMetadata(JsonParser json, Draft draft) throws IOException {
    for (String field = JsonFields.firstField(json);
        field != null;
        field = JsonFields.nextField(json)) {
      switch (field) {
        case "namespace" -> draft.namespace = JsonFields.text(json);
        case "name" -> draft.name = JsonFields.text(json);
        case "uid" -> draft.uid = JsonFields.text(json);
        case "resourceVersion" -> draft.resourceVersion = JsonFields.text(json);
        case "creationTimestamp" -> draft.created = JsonFields.text(json);
        case "labels" -> JsonFields.texts(json, draft.labels);
        case "annotations" -> readAnnotations(json, draft);
        case "ownerReferences" -> readOwners(json, draft);
        default -> json.skipChildren();
      }
    }
  }

  private void readAnnotations(JsonParser json, Draft draft) throws IOException {
    for (String key = JsonFields.firstField(json); key != null; key = JsonFields.nextField(json)) {
      if (isExcluded(key)) {
        json.skipChildren();
        continue;
      }
      String value = JsonFields.text(json);
      draft.annotations.put(key, value);
      draft.control.offer(key, value);
      if (key.equals(CONFIG_HASH)) {
        draft.configHash = value;
      }
    }
  }

  private boolean isExcluded(String key) {
    for (String excluded : excludeAnnotations) {
      if (excluded.endsWith("*")
          ? key.startsWith(excluded.substring(0, excluded.length() - 1))
          : key.equals(excluded)) {
        // Control annotations rule whether or not they are shipped; nobody excludes the hash.
        return !ControlAnnotations.isControl(key) && !key.equals(CONFIG_HASH);
      }
    }
    return false;
  }

  private static void readOwners(JsonParser json, Draft draft) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String kind = "";
      String name = "";
      boolean controller = false;
      for (String field = JsonFields.firstField(json);
          field != null;
          field = JsonFields.nextField(json)) {
        switch (field) {
          case "kind" -> kind = JsonFields.text(json);
          case "name" -> name = JsonFields.text(json);
          case "controller" -> controller = json.currentToken() == JsonToken.VALUE_TRUE;
          default -> json.skipChildren();
        }
      }
      if (controller || draft.ownerKind.isEmpty()) {
        draft.ownerKind = kind;
        draft.ownerName = name;
      }
    }
  }

  private static void readSpec(JsonParser json, Draft draft) throws IOException {
    for (String field = JsonFields.firstField(json);
        field != null;
        field = JsonFields.nextField(json)) {
      switch (field) {
        case "nodeName" -> draft.node = JsonFields.text(json);
        case "containers", "initContainers", "ephemeralContainers" -> readContainers(json, draft);
        default -> json.skipChildren();
      }
    }
  }

  private static void readStatus(JsonParser json, Draft draft) throws IOException {
    for (String field = JsonFields.firstField(json);
        field != null;
        field = JsonFields.nextField(json)) {
      switch (field) {
        case "containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses" ->
            readContainers(json, draft);
        default -> json.skipChildren();
      }
    }
  }

  /// Reads containers, or their statuses: `image` is the specification's where both have one.
  private static void readContainers(JsonParser json, Draft draft) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.START_OBJECT) {
      String name = "";
      String image = "";
      String id = "";
      for (String field = JsonFields.firstField(json);
          field != null;
          field = JsonFields.nextField(json)) {
        switch (field) {
          case "name" -> name = JsonFields.text(json);
          case "image" -> image = JsonFields.text(json);
          case "containerID" -> id = JsonFields.text(json);
          default -> json.skipChildren();
        }
      }
      if (!image.isEmpty()) {
        draft.images.putIfAbsent(name, image);
      }
      if (!id.isEmpty()) {
        draft.ids.put(name, id.substring(id.indexOf("://") < 0 ? 0 : id.indexOf("://") + 3));
      }
    }
  }
}
