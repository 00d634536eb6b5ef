package dev.longshore.shared.config;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// What to say about a node of the YAML tree.
final class NodeText {
  private NodeText() {}

  /// Its line, from 1; 0 when unknown.
  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  /// What it is, with its article.
  static String kind(Node node) {
    return switch (node) {
      case MappingNode _ -> "a section with keys";
      case SequenceNode _ -> "a list";
      case ScalarNode _ -> "a single value";
      default -> "something unknown";
    };
  }

  /// Whether nothing is written there: `key:`, `key: null` or `key: ~`, without quotes.
  static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && switch (scalar.getValue()) {
          case "", "~", "null", "Null", "NULL" -> true;
          default -> false;
        };
  }

  /// A scalar as YAML that reads back as the same text, whatever it holds.
  static String yaml(String text) {
    String escaped = text.replace("${", "$${");
    if (isSafe(escaped)) {
      return escaped;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /// Whether it needs no quotes, also within a list.
  private static boolean isSafe(String text) {
    if (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean word = (Character.isLetterOrDigit(c) && c < 128) || c == '/' || c == '.' || c == '_';
      boolean inside = i > 0 && (c == '-' || c == '*' || c == '+' || c == '@');
      boolean colon = i > 0 && c == ':' && i < text.length() - 1;
      if (!word && !inside && !colon) {
        return false;
      }
    }
    return true;
  }
}
