package dev.longshore.agent.migrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Configurations that stand as blocks of text in a Kubernetes manifest or in the values of a Helm
/// chart. They keep their lines, so that what is said of a line is said of the file that was named.
///
/// @param text all lines of the file; those outside of the blocks are empty
/// @param blocks how many there are
/// @param names the keys of all blocks of the file, which in a ConfigMap are files' names
record Embedded(String text, int blocks, Set<String> names) {

  /// Finds the blocks of a file in which a pattern occurs; none when the file isn't YAML.
  static Embedded find(String file, Pattern wanted) {
    List<Block> all = new ArrayList<>();
    try {
      new Compose(LoadSettings.builder().build())
          .composeAllFromString(file)
          .forEach(document -> collect("", document, all));
    } catch (YamlEngineException e) {
      return new Embedded("", 0, Set.of());
    }
    String[] lines = new String[(int) file.lines().count()];
    Arrays.fill(lines, "");
    Set<String> names = new HashSet<>();
    int blocks = 0;
    for (Block block : all) {
      names.add(block.name());
      if (wanted.matcher(block.text()).find()) {
        blocks++;
        List<String> text = block.text().lines().toList();
        for (int i = 0; i < text.size() && block.line() + i < lines.length; i++) {
          lines[block.line() + i] = text.get(i);
        }
      }
    }
    return new Embedded(String.join("\n", lines), blocks, Set.copyOf(names));
  }

  /// @param line of its first line, from 0
  private record Block(String name, int line, String text) {}

  private static void collect(String name, Node node, List<Block> into) {
    switch (node) {
      case MappingNode mapping -> {
        for (NodeTuple member : mapping.getValue()) {
          String key = member.getKeyNode() instanceof ScalarNode text ? text.getValue() : "";
          collect(key, member.getValueNode(), into);
        }
      }
      case SequenceNode sequence -> sequence.getValue().forEach(it -> collect("", it, into));
      case ScalarNode scalar -> {
        if (scalar.getScalarStyle() == ScalarStyle.LITERAL) {
          scalar
              .getStartMark()
              .ifPresent(mark -> into.add(new Block(name, mark.getLine() + 1, scalar.getValue())));
        }
      }
      default -> {}
    }
  }
}
