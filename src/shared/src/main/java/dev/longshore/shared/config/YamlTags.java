package dev.longshore.shared.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Finds tags and anchors that mean something to other programs, or are texts without quotes:
/// `password: !secret db` would be the password `db`, and `password: &x1` none.
final class YamlTags {
  /// Tags of YAML's core schema; `!` alone says that it is text.
  private static final Set<String> KNOWN =
      Set.of(
          "!",
          Tag.STR.getValue(),
          Tag.INT.getValue(),
          Tag.FLOAT.getValue(),
          Tag.BOOL.getValue(),
          Tag.NULL.getValue(),
          Tag.SEQ.getValue(),
          Tag.MAP.getValue(),
          // The parser's own word for `${NAME}`.
          Tag.ENV_TAG.getValue());

  private static final String CORE = "tag:yaml.org,2002:";

  private YamlTags() {}

  /// @param at what is refused
  record Refused(Node at, String message) {}

  /// The first node from the top that is refused, or null.
  ///
  /// @param done nodes are shared where a file has aliases
  static @Nullable Refused first(Node node, Set<Node> done) {
    if (!done.add(node)) {
      return null;
    }
    String tag = node.getTag().getValue();
    if (!KNOWN.contains(tag)) {
      String written = tag.startsWith(CORE) ? "!!" + tag.substring(CORE.length()) : tag;
      return new Refused(
          node,
          "the tag "
              + written
              + " is not known here; write the value itself, or \"${NAME}\" for a variable of the"
              + " environment, and put text that begins with ! in quotes");
    }
    return switch (node) {
      case ScalarNode scalar -> anchor(scalar);
      case SequenceNode sequence -> first(sequence.getValue(), done);
      case MappingNode mapping -> {
        for (NodeTuple tuple : mapping.getValue()) {
          Refused key = first(tuple.getKeyNode(), done);
          Refused refused = key == null ? first(tuple.getValueNode(), done) : key;
          if (refused != null) {
            yield refused;
          }
        }
        yield null;
      }
      default -> null;
    };
  }

  private static @Nullable Refused first(Iterable<Node> nodes, Set<Node> done) {
    for (Node node : nodes) {
      Refused refused = first(node, done);
      if (refused != null) {
        return refused;
      }
    }
    return null;
  }

  private static @Nullable Refused anchor(ScalarNode scalar) {
    return scalar.getAnchor().isPresent() && scalar.isPlain() && scalar.getValue().isEmpty()
        ? new Refused(scalar, "text that begins with & is an anchor; put it in quotes")
        : null;
  }
}
