package dev.longshore.alerting.rule;

import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import dev.longshore.shared.units.PrometheusDurations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values of rule files: texts, durations, labels.
final class RuleFields {

  /// Longer labels are refused: they are in each alert, and in each notification's group.
  private static final int MAX_LABEL_BYTES = 10 << 10;

  private RuleFields() {}

  /// Text, empty when there is none.
  static String text(Section section, String key, String description) {
    return section.value(key, Type.ANY_TEXT, "", description).strip();
  }

  /// A duration as Prometheus writes it, null when there is none or it is a problem.
  static @Nullable Duration duration(Section section, String key, String description) {
    String text = text(section, key, description);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return PrometheusDurations.parse(text);
    } catch (IllegalArgumentException e) {
      section.problem(key, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// Labels by their names; what Prometheus refuses is a problem.
  static Map<String, String> labels(Section parent, String description) {
    Map<String, String> labels = named(parent, "labels", description);
    labels.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.equals("__name__")) {
            parent.problem("labels", "invalid label name: \"" + name + "\"");
          }
          int bytes =
              name.getBytes(StandardCharsets.UTF_8).length
                  + value.getBytes(StandardCharsets.UTF_8).length;
          if (bytes > MAX_LABEL_BYTES) {
            parent.problem(
                "labels",
                "the label %s has %d bytes; at most %d are accepted. Long texts belong into annotations"
                    .formatted(shortened(name), bytes, MAX_LABEL_BYTES));
          }
        });
    return labels;
  }

  /// Annotations by their names.
  static Map<String, String> annotations(Section parent) {
    Map<String, String> annotations = named(parent, "annotations", "Text for people.");
    if (annotations.containsKey("")) {
      parent.problem("annotations", "invalid annotation name: \"\"");
    }
    return annotations;
  }

  private static Map<String, String> named(Section parent, String key, String description) {
    return new LinkedHashMap<>(parent.texts(key, description));
  }

  private static String shortened(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
