package dev.longshore.agent.migrate;

import dev.longshore.shared.net.FailureText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A configuration as a flat list of settings, each with its path and line: `outputs[0].host`. So
/// keys with dots and nested ones are the same, and Fluent Bit's two formats are.
final class Settings {
  private static final Pattern SECTION = Pattern.compile("\\[(\\w+)]\\s*");
  private static final Pattern PAIR = Pattern.compile("(\\S+)(?:\\s+(.*))?");

  private final List<Setting> all = new ArrayList<>();

  /// @param path in lower case
  /// @param line from 1
  record Setting(String path, int line, String value) {}

  private Settings() {}

  /// @throws IllegalArgumentException when it is not YAML
  static Settings yaml(String text) {
    Settings settings = new Settings();
    try {
      new Compose(LoadSettings.builder().build())
          .composeString(text)
          .ifPresent(root -> settings.add("", mapping(root)));
    } catch (MarkedYamlEngineException e) {
      // Its message quotes the line, and that may be a password.
      int line = e.getProblemMark().or(e::getContextMark).map(it -> it.getLine() + 1).orElse(1);
      throw new IllegalArgumentException(
          "line " + line + ": this is not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException("this is not YAML: " + FailureText.of(e), e);
    }
    return settings;
  }

  private static Node mapping(Node root) {
    if (root instanceof MappingNode) {
      return root;
    }
    throw new IllegalArgumentException("this is no configuration: it has no keys");
  }

  private void add(String path, Node node) {
    switch (node) {
      case MappingNode mapping -> {
        for (NodeTuple member : mapping.getValue()) {
          String key =
              member.getKeyNode() instanceof ScalarNode name
                  ? name.getValue().toLowerCase(Locale.ROOT)
                  : "?";
          add(path.isEmpty() ? key : path + "." + key, member.getValueNode());
        }
      }
      case SequenceNode sequence -> {
        int i = 0;
        for (Node element : sequence.getValue()) {
          add(path + "[" + i++ + "]", element);
        }
      }
      case ScalarNode scalar ->
          all.add(
              new Setting(
                  path,
                  scalar.getStartMark().map(it -> it.getLine() + 1).orElse(0),
                  scalar.getValue()));
      default -> {}
    }
  }

  /// Fluent Bit's classic format: sections in brackets, then a key and its value on each line.
  ///
  /// @throws IllegalArgumentException when a line is neither
  static Settings classic(String text) {
    Settings settings = new Settings();
    Map<String, Integer> counts = new HashMap<>();
    String section = "";
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("@")) {
        String command = line.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        settings.all.add(new Setting(command, number, line.substring(command.length()).strip()));
        continue;
      }
      Matcher begin = SECTION.matcher(line);
      if (begin.matches()) {
        String name = begin.group(1).toLowerCase(Locale.ROOT) + "s";
        section = name + "[" + (counts.merge(name, 1, Integer::sum) - 1) + "]";
        continue;
      }
      Matcher pair = PAIR.matcher(line);
      if (section.isEmpty() || !pair.matches()) {
        throw new IllegalArgumentException(
            "line " + number + ": this is neither Fluent Bit's classic format nor YAML");
      }
      String value = pair.group(2);
      settings.all.add(
          new Setting(
              section + "." + pair.group(1).toLowerCase(Locale.ROOT),
              number,
              value == null ? "" : value.strip()));
    }
    return settings;
  }

  /// What stands under a key of a chart's values, where the key is there; else all.
  Settings below(String key) {
    Settings below = new Settings();
    for (Setting setting : all) {
      if (setting.path().startsWith(key + ".")) {
        below.all.add(
            new Setting(
                setting.path().substring(key.length() + 1), setting.line(), setting.value()));
      }
    }
    return below.all.isEmpty() ? this : below;
  }

  /// Makes another text of each value.
  void replaceValues(UnaryOperator<String> change) {
    all.replaceAll(it -> new Setting(it.path(), it.line(), change.apply(it.value())));
  }

  /// Takes everything out that begins with a path.
  void takeBelow(String path) {
    all.removeIf(it -> it.path().startsWith(path + ".") || it.path().startsWith(path + "["));
  }

  /// The part of a path that a pattern's first group matches, of each setting that begins so, once.
  Set<String> roots(String pattern) {
    Pattern begin = Pattern.compile("(" + pattern + ")(?:\\..*|\\[.*)?");
    Set<String> roots = new LinkedHashSet<>();
    for (Setting setting : all) {
      Matcher matcher = begin.matcher(setting.path());
      if (matcher.matches()) {
        roots.add(matcher.group(1));
      }
    }
    return roots;
  }

  /// Takes a setting out; null when it is not there.
  @Nullable Setting take(String path) {
    for (Setting setting : all) {
      if (setting.path().equals(path)) {
        all.remove(setting);
        return setting;
      }
    }
    return null;
  }

  /// Takes all settings out whose path matches as a whole.
  List<Setting> takeAll(String pattern) {
    Pattern whole = Pattern.compile(pattern);
    List<Setting> taken = all.stream().filter(it -> whole.matcher(it.path()).matches()).toList();
    all.removeAll(taken);
    return taken;
  }

  /// What nobody has taken.
  List<Setting> rest() {
    return List.copyOf(all);
  }
}
