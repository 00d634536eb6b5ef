package dev.longshore.shared.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
  private final Problems problems;
  private final Section root;

  /// Every section that was asked for, with what it knows.
  private final List<Section> sections = new ArrayList<>();

  private ConfigReader(Path file, Map<String, String> env) {
    problems = new Problems(file.toString());
    Values values = new Values(env, problems);
    root = new Section(new YamlFile(file, problems).read(), values, problems, sections);
  }

  /// Reads a file, as far as that is possible without knowing its keys.
  ///
  /// @param env the environment variables for `${NAME}`
  /// @throws ConfigException when it can't be read, is not UTF-8, not YAML, or empty
  public static ConfigReader read(Path file, Map<String, String> env) {
    return new ConfigReader(file, Map.copyOf(env));
  }

  /// The top of the file.
  public Section root() {
    return root;
  }

  /// Ends the reading: keys that nobody asked for are unknown.
  ///
  /// @throws ConfigException with all problems, when there are any
  public void finish() {
    for (Section section : sections) {
      section.refuseUnknownKeys(sections);
    }
    if (!problems.isEmpty()) {
      throw problems.toException();
    }
  }

  /// Every key with the value in force, as YAML; secrets are `***`.
  public String effective() {
    StringBuilder yaml = new StringBuilder();
    EffectiveText.append(yaml, root, "");
    return yaml.toString();
  }
}
