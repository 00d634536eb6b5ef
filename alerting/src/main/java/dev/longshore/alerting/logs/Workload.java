package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.longshore.alerting.alert.Labels;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an alert is about, as lines of logs name it.
///
/// @param field that has its name; empty for a whole namespace
record Workload(String namespace, String field, String name) {
  static final String NAMESPACE = "kubernetes.namespace";

  /// The label of an alert, and the field that has the same, from the most exact on.
  private static final Map<String, String> FIELDS = fields();

  private static Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("pod", "kubernetes.pod.name");
    fields.put("deployment", "kubernetes.deployment.name");
    fields.put("statefulset", "kubernetes.statefulset.name");
    fields.put("daemonset", "kubernetes.daemonset.name");
    fields.put("job_name", "kubernetes.job.name");
    fields.put("cronjob", "kubernetes.cronjob.name");
    fields.put("service", "service.name");
    return fields;
  }

  /// By the labels of an alert; null when they have no namespace.
  static @Nullable Workload of(Labels labels) {
    String namespace = labels.get("namespace");
    if (namespace.isEmpty()) {
      return null;
    }
    for (Map.Entry<String, String> field : FIELDS.entrySet()) {
      String name = labels.get(field.getKey());
      if (!name.isEmpty()) {
        return new Workload(namespace, field.getValue(), name);
      }
    }
    return new Workload(namespace, "", "");
  }

  boolean isWholeNamespace() {
    return field.isEmpty();
  }

  /// Lines of it, and of nothing else.
  void filter(ArrayNode filter) {
    filter.addObject().putObject("term").put(NAMESPACE, namespace);
    if (!isWholeNamespace()) {
      filter.addObject().putObject("term").put(field, name);
    }
  }
}
