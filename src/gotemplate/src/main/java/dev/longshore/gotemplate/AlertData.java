package dev.longshore.gotemplate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a rule's template is given: `.Labels`, `.Value`, `.ExternalLabels`, `.ExternalURL`.
///
/// @param labels of the sample, with `__name__` where the expression keeps it
/// @param value of the sample: a `Double` or a [Histogram]
public record AlertData(
    Map<String, String> labels,
    Object value,
    Map<String, String> externalLabels,
    String externalUrl)
    implements TemplateObject {
  public AlertData {
    labels = Map.copyOf(labels);
    externalLabels = Map.copyOf(externalLabels);
  }

  /// Nothing: what templates are tried with on loading.
  public static AlertData empty() {
    return new AlertData(Map.of(), 0.0, Map.of(), "");
  }

  @Override
  public String typeName() {
    return "struct { Labels; ExternalLabels; ExternalURL; Value }";
  }

  @Override
  public @Nullable Object member(String name, List<@Nullable Object> arguments) {
    return switch (name) {
      case "Labels" -> labels;
      case "Value" -> value;
      case "ExternalLabels" -> externalLabels;
      case "ExternalURL" -> externalUrl;
      default -> NO_SUCH_MEMBER;
    };
  }

  @Override
  public Object json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("Labels", labels);
    fields.put("ExternalLabels", externalLabels);
    fields.put("ExternalURL", externalUrl);
    fields.put("Value", value);
    return fields;
  }
}
