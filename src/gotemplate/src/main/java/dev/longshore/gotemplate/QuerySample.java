package dev.longshore.gotemplate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One sample of what `query` answers: `.Labels` and `.Value`.
///
/// @param labels with `__name__`
/// @param value a `Double` or a [Histogram]
public record QuerySample(Map<String, String> labels, Object value) implements TemplateObject {
  public QuerySample {
    labels = Map.copyOf(labels);
  }

  @Override
  public String typeName() {
    return "template.sample";
  }

  @Override
  public @Nullable Object member(String name, List<@Nullable Object> arguments) {
    return switch (name) {
      case "Labels" -> labels;
      case "Value" -> value;
      default -> NO_SUCH_MEMBER;
    };
  }

  @Override
  public Object json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("Labels", labels);
    fields.put("Value", value);
    return fields;
  }
}
