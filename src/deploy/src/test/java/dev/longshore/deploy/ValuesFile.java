package dev.longshore.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// A chart's `values.yaml` with its comments: each documents the key below it.
final class ValuesFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode values;
  private final List<Value> entries = new ArrayList<>();

  /// A value, or a group of values.
  ///
  /// @param path such as `image.tag`
  /// @param text what it is for; null when nothing says so
  /// @param standard the default; null for a group, whose values stand for themselves
  record Value(String path, @Nullable String text, @Nullable JsonNode standard) {}

  private ValuesFile(JsonNode values) {
    this.values = values;
  }

  static ValuesFile read(Path file) {
    ValuesFile result = new ValuesFile(YamlDocuments.one(file));
    LoadSettings settings = LoadSettings.builder().setParseComments(true).build();
    Node root = new Compose(settings).composeString(YamlDocuments.text(file)).orElseThrow();
    result.walk((MappingNode) root, "", result.values);
    return result;
  }

  /// All values and groups, in the order of the file.
  List<Value> entries() {
    return entries;
  }

  private void walk(MappingNode mapping, String prefix, JsonNode standards) {
    for (NodeTuple tuple : mapping.getValue()) {
      String key = ((ScalarNode) tuple.getKeyNode()).getValue();
      String path = prefix + key;
      String text = comment(tuple.getKeyNode());
      if (tuple.getValueNode() instanceof MappingNode inner && isDocumented(inner)) {
        entries.add(new Value(path, text, null));
        walk(inner, path + ".", standards.get(key));
      } else {
        entries.add(new Value(path, text, standards.get(key)));
      }
    }
  }

  /// A mapping without a single comment is a value as a whole.
  private static boolean isDocumented(MappingNode mapping) {
    return mapping.getValue().stream().anyMatch(it -> comment(it.getKeyNode()) != null);
  }

  private static @Nullable String comment(Node key) {
    List<CommentLine> lines = key.getBlockComments();
    if (lines == null || lines.isEmpty()) {
      return null;
    }
    String text =
        lines.stream().map(it -> it.getValue().strip()).collect(Collectors.joining(" ")).strip();
    return text.isEmpty() ? null : text;
  }

  /// The page's table.
  String markdown() {
    StringBuilder page = new StringBuilder("| Value | Default | |\n|---|---|---|\n");
    for (Value value : entries) {
      String text = value.text() == null ? "" : value.text().replace("|", "\\|");
      if (value.standard() == null) {
        page.append("| **`").append(value.path()).append("`** | | ").append(text).append(" |\n");
      } else {
        page.append("| `").append(value.path()).append("` | `");
        page.append(shown(value.standard())).append("` | ").append(text).append(" |\n");
      }
    }
    return page.toString();
  }

  private static String shown(JsonNode standard) {
    try {
      return JSON.writeValueAsString(standard).replace("|", "\\|");
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
