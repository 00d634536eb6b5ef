package dev.longshore.agent.enrich;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads namespaces out of the API server's JSON, whole or as `PartialObjectMetadata`.
final class NamespaceReader implements ObjectReader<NamespaceRecord> {
  /// The API server puts it on each namespace; its value is the name.
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";

  private final long maxLabelBytes;

  NamespaceReader(long maxLabelBytes) {
    this.maxLabelBytes = maxLabelBytes;
  }

  @Override
  public Item<NamespaceRecord> read(JsonParser json) throws IOException {
    String name = "";
    String resourceVersion = "";
    Map<String, String> labels = new LinkedHashMap<>();
    for (String field = JsonFields.firstField(json);
        field != null;
        field = JsonFields.nextField(json)) {
      if (!field.equals("metadata")) {
        json.skipChildren();
        continue;
      }
      for (String key = JsonFields.firstField(json);
          key != null;
          key = JsonFields.nextField(json)) {
        switch (key) {
          case "name" -> name = JsonFields.text(json);
          case "resourceVersion" -> resourceVersion = JsonFields.text(json);
          case "labels" -> JsonFields.texts(json, labels);
          default -> json.skipChildren();
        }
      }
    }
    if (name.isEmpty()) {
      return new Item<>(resourceVersion, null);
    }
    labels.remove(NAME_LABEL, name);
    Bounded bounded = Bounded.of(labels, Map.of(), maxLabelBytes);
    return new Item<>(
        resourceVersion, new NamespaceRecord(name, bounded.labelsJson(), bounded.truncated()));
  }
}
