package dev.longshore.shared.elastic;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How the objects of a document are mapped whose names others choose: a JSON body, and the labels
/// and annotations of a pod and its namespace. Their values are keywords either way, and the same
/// searches find them.
public enum ObjectMapping {
  /// Each object is one field, whatever names stand in it.
  FLATTENED,

  /// Each name is a field of its own. `subobjects: false` keeps a name apart from names below it,
  /// so that no two documents conflict; a name beyond the index's limit of fields is not indexed. A
  /// `flattened` field writes each value four times, alone and behind its name, each as a term and
  /// as a doc value; this writes it twice.
  DYNAMIC;

  private static final List<String> OBJECTS =
      List.of("json", "kubernetes.labels", "kubernetes.annotations", "kubernetes.namespace_labels");

  /// Applies it to the part of an index template in which these objects are `flattened`.
  void applyTo(Map<String, @Nullable Object> template) {
    if (this == FLATTENED) {
      return;
    }
    for (String object : OBJECTS) {
      Json.put(
          template,
          Map.of("type", "object", "dynamic", true, "subobjects", false),
          ("mappings.properties." + object.replace(".", ".properties.")).split("\\."));
    }
    List<@Nullable Object> dynamic = new ArrayList<>();
    if (Json.at(template, "mappings", "dynamic_templates") instanceof List<?> there) {
      dynamic.addAll(there);
    }
    dynamic.add(
        Map.of(
            "names",
            Map.of(
                "path_match",
                OBJECTS.stream().map(object -> object + ".*").toList(),
                "mapping",
                Map.of("type", "keyword", "ignore_above", 1024))));
    Json.put(template, dynamic, "mappings", "dynamic_templates");
  }

  /// As it is written in a configuration.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
