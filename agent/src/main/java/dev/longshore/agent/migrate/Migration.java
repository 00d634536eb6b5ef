package dev.longshore.agent.migrate;

import dev.longshore.agent.buffer.BufferConfig;
import dev.longshore.agent.config.DataStreamName;
import dev.longshore.agent.migrate.Settings.Setting;
import dev.longshore.agent.tail.TailConfig;
import dev.longshore.shared.units.DataSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a configuration of another agent becomes: keys of ours, and notes on what has no
/// counterpart.
public final class Migration {
  /// The agents whose configurations are converted, as the command names them.
  public static final List<String> AGENTS = List.of("fluent-bit", "filebeat", "vector");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^:}]+)(:[^}]*)?}");
  private static final Pattern MANIFEST =
      Pattern.compile("(?m)^kind: *[\"']?(ConfigMap|Secret|DaemonSet|Deployment|List)\\b");
  private static final Pattern SIZE =
      Pattern.compile("(\\d+)\\s*(?:b|(?:([kmgt])(i)?b?))?", Pattern.CASE_INSENSITIVE);

  /// What a name is filled in by: `%Y`, `${NAME}`, `{{ field }}`.
  private static final Pattern PLACEHOLDER = Pattern.compile("[%${}]");

  /// What all containers of a node write.
  private static final String ALL_CONTAINERS = TailConfig.DEFAULT_PATHS.getFirst();

  private static final Pattern OF_CONTAINERS = Pattern.compile("/var/log/(?:containers|pods)/.*");
  private static final Pattern OF_ALL_CONTAINERS =
      Pattern.compile("/var/log/(?:containers|pods)/[*/_-]*(?:\\.log)?\\*?");

  private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();
  private final List<Note> notes = new ArrayList<>();
  private final Dropped dropped = new Dropped();
  private final Set<String> paths = new LinkedHashSet<>();

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
    switch (from) {
      case "fluent-bit" -> {
        Embedded embedded = Embedded.find(text, FluentBit.CLASSIC);
        if (embedded.blocks() == 0) {
          embedded = only(Embedded.find(text, FluentBit.YAML));
        }
        new FluentBit(migration, embedded.names()).convert(own(embedded, text));
      }
      case "filebeat" ->
          new Filebeat(migration).convert(own(only(Embedded.find(text, Filebeat.YAML)), text));
      case "vector" ->
          new Vector(migration).convert(own(only(Embedded.find(text, Vector.TEXT)), text));
      default ->
          throw new IllegalArgumentException(
              "unknown agent '" + from + "'; expected one of: " + String.join(", ", AGENTS));
    }
    return migration;
  }

  private static Embedded only(Embedded embedded) {
    if (embedded.blocks() > 1) {
      throw new IllegalArgumentException(
          "this holds "
              + embedded.blocks()
              + " configurations; write the one to convert into a file of its own, and name that");
    }
    return embedded;
  }

  /// The agent's own configuration: what a manifest or values hold, or else the file.
  private static String own(Embedded embedded, String file) {
    if (embedded.blocks() > 0) {
      return embedded.text();
    }
    if (MANIFEST.matcher(file).find()) {
      throw new IllegalArgumentException(
          "this is a Kubernetes manifest that holds no such configuration");
    }
    return file;
  }

  /// Our configuration, as YAML.
  public String yaml() {
    StringBuilder yaml = new StringBuilder();
    List<String> followed = followed();
    if (!followed.isEmpty()) {
      yaml.append("tail:\n  paths: ").append(quoted(followed)).append('\n');
    }
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

  /// Files that the other agent reads, of all its inputs together.
  ///
  /// @param patterns in one setting, separated by commas
  void follow(Setting patterns) {
    for (String pattern : listed(patterns.value())) {
      if (OF_ALL_CONTAINERS.matcher(pattern).matches()) {
        followContainers();
      } else if (pattern.startsWith("/var/lib/docker/containers/")) {
        followContainers();
        note(
            patterns,
            "Docker's files are followed by the names in /var/log/pods, which say the pod; on a host"
                + " without Kubernetes set tail.paths to "
                + pattern);
      } else if (pattern.matches("(/|\\$\\{).*[^/]")) {
        paths.add(pattern);
      } else {
        note(patterns, "'" + pattern + "' is not followed; see tail.paths");
      }
    }
  }

  /// All containers of the node are read.
  void followContainers() {
    paths.add(ALL_CONTAINERS);
  }

  /// The containers of a namespace's pods are read.
  ///
  /// @param name in which `*` stands for any characters
  void followNamespace(String name) {
    paths.add("/var/log/pods/" + name + "_*/*/*.log");
  }

  /// Nothing where all containers are followed and nothing else, as without the key.
  private List<String> followed() {
    if (!paths.contains(ALL_CONTAINERS)) {
      return List.copyOf(paths);
    }
    List<String> followed =
        paths.stream()
            .filter(it -> it.equals(ALL_CONTAINERS) || !OF_CONTAINERS.matcher(it).matches())
            .toList();
    return followed.size() == 1 ? List.of() : followed;
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

  /// A secret stays a reference to the environment; one that stands in the file, also as a
  /// variable's default, is not copied.
  void secret(String key, String variable, Setting setting) {
    Matcher reference = VARIABLE.matcher(setting.value());
    if (reference.matches()) {
      set("elasticsearch", key, quoted("${" + reference.group(1) + "}"));
      if (reference.group(2) != null) {
        note(
            setting, "the secret is not copied; set " + reference.group(1) + " in the environment");
      }
    } else {
      set("elasticsearch", key, quoted("${" + variable + "}"));
      note(setting, "the secret is not copied; set " + variable + " in the environment");
    }
  }

  /// The buffer's size, to the byte; one that is smaller than ours can be is made as large.
  void bufferSize(Setting setting) {
    DataSize size = size(setting.value().strip());
    if (size == null) {
      note(setting, setting.path() + " '" + setting.value() + "' is no size that is understood");
      return;
    }
    if (size.compareTo(BufferConfig.LEAST_MAX_SIZE) < 0) {
      note(
          setting,
          setting.path()
              + " "
              + size
              + " is less than buffer.maxSize can be, "
              + BufferConfig.LEAST_MAX_SIZE);
      size = BufferConfig.LEAST_MAX_SIZE;
    }
    set("buffer", "maxSize", size.toString());
  }

  private static @Nullable DataSize size(String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      return null;
    }
    String prefix = size.group(2) == null ? "" : size.group(2).toUpperCase(Locale.ROOT);
    try {
      return DataSize.parse(size.group(1) + prefix + (size.group(3) == null ? "B" : "iB"));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /// A data stream, where the name is one; elsewhere documents go to ours.
  void dataStream(Setting setting) {
    String name = setting.value();
    if (DataStreamName.isValid(name) && !PLACEHOLDER.matcher(name).find()) {
      text("elasticsearch", "dataStream", setting);
    } else {
      note(
          setting,
          "documents go to a data stream, by default logs-kubernetes.container_logs-default, not to '"
              + name
              + "'");
    }
  }

  /// Servers, each as a URL, without a name and a password that it may have.
  void urls(Setting at, List<String> urls) {
    List<String> servers =
        urls.stream().map(it -> it.replaceFirst("://[^/@]*@", "://")).distinct().toList();
    if (!servers.equals(urls.stream().distinct().toList())) {
      note(at, "credentials in a URL are not copied; set elasticsearch.username and password");
    }
    set("elasticsearch", "urls", quoted(servers));
  }

  /// The authority, and the certificate that is shown to the server.
  void certificates(Settings settings, String at, String ca, String certificate, String key) {
    List<Setting> authorities = settings.takeAll(Pattern.quote(at + "." + ca) + "(\\[\\d+])?");
    for (int i = 0; i < authorities.size(); i++) {
      Setting authority = authorities.get(i);
      if (i > 0) {
        note(
            authority,
            "elasticsearch.caFile is one file; add the certificates of " + authority.value());
      } else {
        pem("caFile", authority);
      }
    }
    Setting shown = settings.take(at + "." + certificate);
    Setting its = settings.take(at + "." + key);
    if (shown != null && its != null) {
      pem("certFile", shown);
      pem("keyFile", its);
    } else if (shown != null || its != null) {
      Setting one = shown != null ? shown : its;
      note(Objects.requireNonNull(one), "a client certificate needs certFile and keyFile");
    }
  }

  /// The path of a URL: what follows host and port, with a slash before it.
  static String urlPath(@Nullable Setting path) {
    String text = path == null ? "" : path.value().strip().replaceAll("^/+|/+$", "");
    return text.isEmpty() ? "" : "/" + text;
  }

  private void pem(String key, Setting setting) {
    if (setting.value().contains("-----BEGIN")) {
      note(
          setting,
          "the PEM text is not copied; write it into a file, and set elasticsearch." + key);
    } else {
      text("elasticsearch", key, setting);
    }
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

  private static String quoted(List<String> texts) {
    return "[" + String.join(", ", texts.stream().map(Migration::quoted).toList()) + "]";
  }

  /// What stands between commas.
  static List<String> listed(String text) {
    return Stream.of(text.split(",", -1)).map(String::strip).filter(it -> !it.isEmpty()).toList();
  }

  static boolean isTrue(Setting setting) {
    return setting.value().matches("(?i)on|true|yes|1");
  }

  static boolean isFalse(Setting setting) {
    return setting.value().matches("(?i)off|false|no|0");
  }
}
