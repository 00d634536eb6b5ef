package dev.longshore.shared.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// One reading of a configuration file. One thread.
///
/// The caller asks [#root] and its sections for every key that there is; a key with a problem
/// answers with its default, so that all problems are found in one go. Then [#finish] tells them.
///
/// ```java
/// ConfigReader reader = ConfigReader.read(file, System.getenv());
/// Section tail = reader.root().section("tail", "Finding and following log files.");
/// List<String> paths = tail.strings("paths", List.of("/var/log/a.log"), "Files to follow.");
/// reader.finish();
/// ```
public final class ConfigReader {

  /// What stands in place of a secret in [#textWithoutSecrets], and on Alertmanager's status page.
  public static final String HIDDEN = "<secret>";

  private final Problems problems;
  private final Values values;
  private final YamlFile yaml;
  private final Section root;

  /// Every section that was asked for, with what it knows.
  private final List<Section> sections = new ArrayList<>();

  private ConfigReader(
      String name, @Nullable Map<String, String> env, @Nullable Path folder, Source source) {
    problems = new Problems(name);
    values = new Values(env, folder, problems);
    yaml = new YamlFile(name, problems);
    root = new Section(source.read(yaml), values, problems, sections);
  }

  private interface Source {
    MappingNode read(YamlFile yaml);
  }

  /// Reads a file, as far as that is possible without knowing its keys.
  ///
  /// @param env the environment variables for `${NAME}`
  /// @throws ConfigException when it can't be read, is not UTF-8, not YAML, or empty
  public static ConfigReader read(Path file, Map<String, String> env) {
    Map<String, String> known = Map.copyOf(env);
    return new ConfigReader(
        file.toString(),
        known,
        file.toAbsolutePath().getParent(),
        yaml -> yaml.read(file, YamlFile.MAX_BYTES_OF_CONFIGURATION));
  }

  /// Reads a file in a format of Prometheus or Alertmanager, in which `${` means nothing: a rule
  /// file, say. An empty one has no keys.
  ///
  /// @throws ConfigException when it can't be read, is not UTF-8, or not YAML
  public static ConfigReader readVerbatim(Path file) {
    return new ConfigReader(
        file.toString(),
        null,
        file.toAbsolutePath().getParent(),
        yaml -> yaml.readAsGo(file, YamlFile.MAX_BYTES_VERBATIM));
  }

  /// Reads text in somebody else's format, in which `${` means nothing; JSON is YAML too.
  ///
  /// @param name what problems call it
  /// @throws ConfigException when it is not YAML
  public static ConfigReader ofText(String name, String text) {
    return new ConfigReader(name, null, null, yaml -> yaml.readAsGo(text));
  }

  /// The top of the file.
  public Section root() {
    return root;
  }

  /// Ends the reading: keys that nobody asked for are unknown.
  ///
  /// @throws ConfigException with all problems, when there are any
  public void finish() {
    if (!refuseUnknownKeys().isEmpty()) {
      throw problems.toException();
    }
  }

  /// Ends the reading as [#finish] does, for a caller that can use the sound parts of a file: all
  /// problems, in the order of their lines.
  public List<Problem> finishWithProblems() {
    return refuseUnknownKeys().isEmpty() ? List.of() : problems.toException().problems();
  }

  private Problems refuseUnknownKeys() {
    for (Section section : sections) {
      section.refuseUnknownKeys(sections);
    }
    return problems;
  }

  /// What was read as YAML, without comments, and [#HIDDEN] in place of the secrets that were asked
  /// for.
  public String textWithoutSecrets() {
    return yaml.text(values.shown(HIDDEN));
  }

  /// The lines, from 1, in which [#HIDDEN] stands in place of a secret that was asked for.
  public List<Integer> linesOfHiddenSecrets() {
    return values.secrets().stream()
        .filter(it -> it instanceof ScalarNode scalar && scalar.getValue().equals(HIDDEN))
        .map(NodeText::line)
        .sorted()
        .toList();
  }

  /// Every key with the value in force, as YAML; secrets are `***`.
  public String effective() {
    StringBuilder yaml = new StringBuilder();
    EffectiveText.append(yaml, root, "");
    return yaml.toString();
  }
}
