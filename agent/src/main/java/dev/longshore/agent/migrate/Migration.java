package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a configuration of another agent becomes: keys of ours, and notes on what has no
/// counterpart.
public final class Migration {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[^}]+}");
  private static final Pattern MANIFEST =
      Pattern.compile("(?m)^kind: *[\"']?(ConfigMap|Secret|DaemonSet|Deployment|List)\\b");
  private static final Pattern SIZE =
      Pattern.compile("(\\d+)\\s*(b|k|kb|kib|m|mb|mib|g|gb|gib)?", Pattern.CASE_INSENSITIVE);

  private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
  private final List<Note> notes = new ArrayList<>();
  private final Dropped dropped = new Dropped();

  Migration() {}

  /// What somebody has to look at.
  ///
  /// @param line of the other agent's file, from 1
  public record Note(int line, String text) {}

  /// Converts a file.
  ///
  /// @param from `fluent-bit`, `filebeat` or `vector`
  /// @throws IllegalArgumentException when there is no such agent, or the text is not its format
  public static Migration of(String from, String text) {
    Migration migration = new Migration();
    if (MANIFEST.matcher(text).find()) {
      throw new IllegalArgumentException(
          "this is a Kubernetes manifest; write what it holds into a file of its own, and name that");
    }
    switch (from) {
      case "fluent-bit" -> new FluentBit(migration).convert(text);
      case "filebeat" -> new Filebeat(migration).convert(text);
      case "vector" -> new Vector(migration).convert(text);
      default ->
          throw new IllegalArgumentException(
              "unknown agent '" + from + "'; expected one of: fluent-bit, filebeat, vector");
    }
    return migration;
  }

  /// Our configuration, as YAML.
  public String yaml() {
    StringBuilder yaml = new StringBuilder();
    sections.forEach(
        (section, keys) -> {
          yaml.append(section).append(":\n");
          keys.forEach((key, value) -> yaml.append("  " + key + ": " + value + "\n"));
        });
    if (!dropped.rules().isEmpty()) {
      yaml.append("filters:\n");
      dropped.rules().forEach(it -> yaml.append("  - ").append(it).append('\n'));
    }
    return yaml.isEmpty() ? "{}\n" : yaml.toString();
  }

  /// By line.
  public List<Note> notes() {
    return notes.stream().sorted(Comparator.comparingInt(Note::line)).toList();
  }

  /// What is left out.
  Dropped dropped() {
    return dropped;
  }

  void set(String section, String key, String value) {
    sections.computeIfAbsent(section, _ -> new LinkedHashMap<>()).put(key, value);
  }

  boolean has(String section, String key) {
    return sections.getOrDefault(section, Map.of()).containsKey(key);
  }

  void text(String section, String key, Setting setting) {
    set(section, key, quoted(setting.value()));
  }

  /// A secret stays a reference to the environment; one that stands in the file is not copied.
  void secret(String key, String variable, Setting setting) {
    if (VARIABLE.matcher(setting.value()).matches()) {
      set("elasticsearch", key, quoted(setting.value()));
    } else {
      set("elasticsearch", key, quoted("${" + variable + "}"));
      note(setting, "the secret is not copied; set " + variable + " in the environment");
    }
  }

  /// Where another agent's sizes have powers of ten or two by habit, ours has powers of two.
  void size(String section, String key, Setting setting) {
    Matcher size = SIZE.matcher(setting.value().strip());
    if (!size.matches()) {
      note(setting, setting.path() + " '" + setting.value() + "' is no size that is understood");
      return;
    }
    String unit =
        size.group(2) == null ? "b" : size.group(2).substring(0, 1).toLowerCase(Locale.ROOT);
    String ours =
        switch (unit) {
          case "k" -> "KiB";
          case "m" -> "MiB";
          case "g" -> "GiB";
          default -> "B";
        };
    set(section, key, size.group(1) + ours);
  }

  /// A data stream, where the name is one; elsewhere documents go to ours.
  void dataStream(Setting setting) {
    if (setting.value().matches("logs-[^-%{}]+-[^-%{}]+")) {
      text("elasticsearch", "dataStream", setting);
    } else {
      note(
          setting,
          "documents go to a data stream, by default logs-kubernetes.container_logs-default, not to '"
              + setting.value()
              + "'");
    }
  }

  /// Servers, each as a URL.
  void urls(List<String> urls) {
    set(
        "elasticsearch",
        "urls",
        "[" + String.join(", ", urls.stream().map(Migration::quoted).toList()) + "]");
  }

  void note(Setting setting, String text) {
    notes.add(new Note(setting.line(), text));
  }

  /// Says of all that is left that it has no counterpart, once for each setting.
  void leftOver(Settings settings) {
    for (Setting setting : settings.rest()) {
      note(setting, setting.path() + " has no counterpart");
    }
  }

  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  static boolean isTrue(Setting setting) {
    return setting.value().matches("(?i)on|true|yes|1");
  }

  static boolean isFalse(Setting setting) {
    return setting.value().matches("(?i)off|false|no|0");
  }
}
