package dev.longshore.rulelab.elastalert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A mapping to be written as YAML: texts in quotes where they could be read as something else.
final class Yaml {
  private final Map<String, Object> values = new LinkedHashMap<>();

  void put(String key, Object value) {
    values.put(key, value);
  }

  /// The same with one more.
  Yaml with(String key, Object value) {
    Yaml more = with(new Yaml());
    more.put(key, value);
    return more;
  }

  /// The same, and then another.
  Yaml with(Yaml other) {
    Yaml both = new Yaml();
    both.values.putAll(values);
    both.values.putAll(other.values);
    return both;
  }

  /// Whether a value is true as ElastAlert's reader of YAML 1.1 has it.
  static boolean isTrue(@Nullable Object value) {
    return Boolean.TRUE.equals(value) || String.valueOf(value).matches("(?i)yes|on|true");
  }

  static boolean isFalse(@Nullable Object value) {
    return Boolean.FALSE.equals(value) || String.valueOf(value).matches("(?i)no|off|false");
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    write(out, "");
    return out.toString();
  }

  private void write(StringBuilder out, String indent) {
    values.forEach(
        (key, value) -> {
          out.append(indent).append(key).append(':');
          value(out, indent, value);
        });
  }

  private static void value(StringBuilder out, String indent, Object value) {
    switch (value) {
      case Yaml yaml when yaml.isEmpty() -> out.append(" {}\n");
      case Yaml yaml -> {
        out.append('\n');
        yaml.write(out, indent + "  ");
      }
      case List<?> list when !list.isEmpty() && list.getFirst() instanceof Yaml -> {
        out.append('\n');
        for (Object element : list) {
          if (element instanceof Yaml yaml) {
            String text = yaml.indented(indent + "    ");
            out.append(indent).append("  - ").append(text.substring(indent.length() + 4));
          }
        }
      }
      case List<?> list ->
          out.append(" [")
              .append(String.join(", ", list.stream().map(Yaml::scalar).toList()))
              .append("]\n");
      default -> out.append(' ').append(scalar(value)).append('\n');
    }
  }

  private String indented(String indent) {
    StringBuilder out = new StringBuilder();
    write(out, indent);
    return out.toString();
  }

  private static String scalar(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    String text = String.valueOf(value);
    if (text.matches("[A-Za-z_][A-Za-z0-9_.\\-]*")
        && !text.matches("(?i)true|false|yes|no|on|off|null")) {
      return text;
    }
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }
}
