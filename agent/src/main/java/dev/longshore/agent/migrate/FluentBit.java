package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Dropped.Condition;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Fluent Bit's configuration, classic or YAML: `tail`, the `kubernetes` filter and one `es`
/// output.
final class FluentBit {
  /// By what a text is known to be its configuration, or a part of it.
  static final Pattern CLASSIC =
      Pattern.compile("(?im)^\\s*\\[(?:SERVICE|INPUT|FILTER|OUTPUT|(?:MULTILINE_)?PARSER)]\\s*$");

  static final Pattern YAML = Pattern.compile("(?m)^pipeline:\\s*$");

  /// What our agent does by itself, or does not need.
  private static final String TAIL =
      "tag|tag_regex|multiline|docker_mode.*|db|db\\..*|mem_buf_limit|skip_long_lines"
          + "|skip_empty_lines|refresh_interval|rotate_wait|read_from_head|buffer_.*|path_key|offset_key"
          + "|inotify_watcher|ignore_older|storage\\..*|alias|key|threaded";

  private static final String KUBERNETES =
      "match.*|kube_.*|merge_.*|keep_log|k8s-logging\\.parser|use_.*|buffer_size|regex_parser|cache_.*"
          + "|namespace_.*|alias|dns_.*|tls\\..*|kubelet_.*|dummy_meta|owner_references";

  private static final String ES =
      "logstash_.*|type|suppress_type_name|replace_dots|generate_id|id_key|retry_limit|time_key.*"
          + "|current_time_index|include_tag_key|tag_key|trace_.*|buffer_size|write_operation|workers|net\\..*|alias"
          + "|port|tls|tls\\.vhost|storage\\..*";

  /// `<pod>_<namespace>_<container>-<id>.log` of any pod.
  private static final Pattern OF_CONTAINER =
      Pattern.compile("/var/log/containers/\\*_([a-z0-9*-]+)_(?:\\*|([a-z0-9*-]+)-\\*)(?:\\.log)?");

  /// A key, blanks, and a regular expression.
  private static final Pattern GREP = Pattern.compile("(\\S+)\\s+(\\S.*)");

  /// A regular expression between slashes, with options behind.
  private static final Pattern SLASHES = Pattern.compile("/(.*)/([imxo]*)");

  private static final Pattern LABEL = Pattern.compile("\\$kubernetes\\['labels']\\['([^']+)']");

  /// What our agent reads without being told.
  private static final Set<String> PARSERS = Set.of("docker", "cri", "json");

  private static final Set<String> MULTILINE_PARSERS =
      Set.of("docker", "cri", "java", "python", "go", "ruby");

  private final Migration migration;

  /// The names of files that are converted together.
  private final Set<String> together;

  /// Of the files that are followed, each input's.
  private final List<String> tags = new ArrayList<>();

  private boolean shipped;

  FluentBit(Migration migration, Set<String> together) {
    this.migration = migration;
    this.together = together;
  }

  void convert(String text) {
    boolean yaml = text.lines().anyMatch(line -> line.matches("(pipeline|service|parsers):\\s*"));
    Settings settings = yaml ? Settings.yaml(text) : Settings.classic(text);
    String prefix = yaml ? "pipeline\\." : "";
    settings.takeAll("(services?|parsers|multiline_parsers|plugins|pluginss)([.\\[].*)?");
    for (Setting include : settings.takeAll("@include|includes\\[\\d+]")) {
      if (!together.contains(include.value().strip())) {
        migration.note(include, include.value() + " is another file; convert it as well");
      }
    }
    for (Setting variable : settings.takeAll("@set")) {
      migration.note(variable, "variables are read from the environment; set " + variable.value());
    }
    List<Setting> environment = settings.takeAll("env\\..*");
    if (!environment.isEmpty()) {
      migration.note(
          environment.getFirst(),
          "variables are read from the environment; set those of env there");
    }
    List<Setting> excluded = new ArrayList<>();
    for (String input : settings.roots(prefix + "inputs\\[\\d+]")) {
      input(settings, input, excluded);
    }
    excluded.forEach(this::excluded);
    for (String filter : settings.roots(prefix + "filters\\[\\d+]")) {
      filter(settings, filter);
    }
    for (String output : settings.roots(prefix + "outputs\\[\\d+]")) {
      output(settings, output);
    }
    migration.leftOver(settings);
  }

  private void input(Settings settings, String at, List<Setting> excluded) {
    Setting name = settings.take(at + ".name");
    if (name == null) {
      return;
    }
    if (!is(name, "tail")) {
      noCounterpart(settings, at, name, "input");
      return;
    }
    Setting tag = settings.take(at + ".tag");
    tags.add(tag == null ? "" : tag.value());
    parsers(settings, at);
    settings.takeAll(quoted(at) + "\\.(" + TAIL + ")(\\[\\d+])?");
    for (Setting path : settings.takeAll(quoted(at) + "\\.path(\\[\\d+])?")) {
      migration.follow(path);
    }
    excluded.addAll(settings.takeAll(quoted(at) + "\\.exclude_path(\\[\\d+])?"));
  }

  /// Names the parsers that users have defined.
  private void parsers(Settings settings, String at) {
    String keys = "\\.(parser|multiline\\.parser)(\\[\\d+])?";
    for (Setting parser : settings.takeAll(quoted(at) + keys)) {
      boolean multiline = parser.path().contains(".multiline.");
      for (String name : Migration.listed(parser.value())) {
        if (multiline && !MULTILINE_PARSERS.contains(lower(name))) {
          migration.note(
              parser,
              "multiline parser "
                  + name
                  + " is not read: stack traces are joined without it; see frame.multiline and"
                  + " longshore.dev/multiline");
        } else if (!multiline && !PARSERS.contains(lower(name))) {
          migration.note(
              parser, "parser " + name + " has no counterpart: only JSON is parsed into fields");
        }
      }
    }
  }

  /// What is excluded by the namespace and container in the files' names is left out by them, where
  /// no other input reads these files.
  private void excluded(Setting paths) {
    for (String path : Migration.listed(paths.value())) {
      Matcher container = OF_CONTAINER.matcher(path);
      boolean converted = tags.size() == 1 && container.matches() && leaveOut(paths, container);
      // Rotated files of a log are read once, whatever their name.
      if (!converted && !path.matches(".*\\.(gz|zip)")) {
        migration.note(
            paths,
            "files are not excluded by path ("
                + path
                + "); annotate the pods: longshore.dev/exclude: \"true\", or see filters");
      }
    }
  }

  private boolean leaveOut(Setting at, Matcher container) {
    List<Condition> conditions = new ArrayList<>();
    if (!container.group(1).equals("*")) {
      conditions.add(new Condition("namespaces", Dropped.Kind.EQUALS, container.group(1)));
    }
    if (container.group(2) != null) {
      conditions.add(new Condition("containers", Dropped.Kind.BEGINS, container.group(2)));
    }
    return migration.dropped().add(at, conditions);
  }

  private void filter(Settings settings, String at) {
    Setting name = settings.take(at + ".name");
    if (name == null) {
      return;
    }
    if (is(name, "grep")) {
      grep(settings, at, name);
    } else if (is(name, "multiline")) {
      parsers(settings, at);
      settings.takeBelow(at);
    } else if (is(name, "kubernetes")) {
      kubernetes(settings, at);
    } else {
      noCounterpart(settings, at, name, "filter");
    }
  }

  private void kubernetes(Settings settings, String at) {
    Setting exclude = settings.take(at + ".k8s-logging.exclude");
    if (exclude == null || Migration.isFalse(exclude)) {
      migration.set("policy", "allowExclude", "false");
    }
    settings.takeAll(quoted(at) + "\\.(" + KUBERNETES + ")");
    for (String key : List.of("labels", "annotations")) {
      Setting shipped = settings.take(at + "." + key);
      if (shipped != null && Migration.isFalse(shipped)) {
        migration.note(shipped, "a pod's " + key + " are always shipped, as one flattened field");
      }
    }
  }

  /// Each `Exclude` by itself leaves out what it matches. `Regex` keeps what it matches and leaves
  /// out the rest, and conditions that are combined are not taken apart.
  private void grep(Settings settings, String at, Setting name) {
    List<Setting> excludes = settings.takeAll(quoted(at) + "\\.exclude(\\[\\d+])?");
    List<Setting> others = settings.takeAll(quoted(at) + "\\.(regex|logical_op).*");
    Setting elsewhere = narrower(settings, at);
    settings.takeBelow(at);
    if (!others.isEmpty() || excludes.isEmpty()) {
      migration.note(name, "filter grep is not converted; see filters: action keep, then drop");
      return;
    }
    if (elsewhere != null) {
      migration.note(
          name, "filter grep is not converted: it is for " + elsewhere.value() + "; see filters");
      return;
    }
    for (Setting exclude : excludes) {
      Condition condition = condition(exclude);
      if (condition == null || !migration.dropped().add(exclude, List.of(condition))) {
        migration.note(exclude, "Exclude " + exclude.value() + " is not converted; see filters");
      }
    }
  }

  /// The pattern of a filter or an output that not all tags of the followed files match, if it is
  /// one. Where the inputs stand in another file, they have the usual tag.
  private @Nullable Setting narrower(Settings settings, String at) {
    Setting regex = settings.take(at + ".match_regex");
    Setting match = settings.take(at + ".match");
    if (regex != null || match == null) {
      return regex;
    }
    String pattern = match.value();
    String begin = pattern.replaceFirst("\\*.*", "");
    boolean rest = pattern.substring(begin.length()).matches("\\*+");
    List<String> all = tags.isEmpty() ? List.of("kube.*") : tags;
    boolean covers =
        all.stream()
            .allMatch(
                tag ->
                    tag.isEmpty()
                        ? pattern.equals("*")
                        : tag.equals(pattern)
                            || (rest && tag.replaceFirst("\\*.*", "").startsWith(begin)));
    return covers ? null : match;
  }

  private static @Nullable Condition condition(Setting exclude) {
    Matcher grep = GREP.matcher(exclude.value());
    if (!grep.matches()) {
      return null;
    }
    Matcher label = LABEL.matcher(grep.group(1));
    String field =
        switch (grep.group(1)) {
          case "log", "$log", "message", "$message" -> "message";
          case "stream", "$stream" -> "stream";
          case "$kubernetes['namespace_name']" -> "namespaces";
          case "$kubernetes['container_name']" -> "containers";
          default -> label.matches() ? "labels." + label.group(1) : null;
        };
    String regex = grep.group(2);
    Matcher slashes = SLASHES.matcher(regex);
    if (slashes.matches()) {
      if (!slashes.group(2).matches("i?")) {
        return null;
      }
      regex = (slashes.group(2).isEmpty() ? "" : "(?i)") + slashes.group(1);
    }
    return field == null ? null : new Condition(field, Dropped.Kind.MATCHES, regex);
  }

  private void output(Settings settings, String at) {
    Setting name = settings.take(at + ".name");
    if (name == null) {
      return;
    }
    boolean known = is(name, "es") || is(name, "opensearch");
    if (!known || shipped) {
      noCounterpart(settings, at, name, known ? "second output" : "output");
      return;
    }
    shipped = true;
    if (is(name, "opensearch")) {
      migration.note(name, "OpenSearch is not tested; Longshore ships to Elasticsearch");
    }
    Setting part = narrower(settings, at);
    if (part != null) {
      migration.note(part, "not only what matches " + part.value() + " is shipped; see filters");
    }
    server(settings, at);
    Setting user = settings.take(at + ".http_user");
    if (user != null) {
      migration.text("elasticsearch", "username", user);
    }
    Setting password = settings.take(at + ".http_passwd");
    if (password != null) {
      migration.secret("password", "ELASTICSEARCH_PASSWORD", password);
    }
    migration.certificates(settings, at, "tls.ca_file", "tls.crt_file", "tls.key_file");
    Setting verify = settings.take(at + ".tls.verify");
    if (verify != null && Migration.isFalse(verify)) {
      migration.note(
          verify, "certificates are always verified; set elasticsearch.caFile to the authority's");
    }
    Setting compress = settings.take(at + ".compress");
    if (compress != null && lower(compress.value()).equals("gzip")) {
      migration.set("elasticsearch", "compression", "true");
    }
    index(settings, at);
    Setting limit = settings.take(at + ".storage.total_limit_size");
    if (limit != null) {
      migration.bufferSize(limit);
    }
    settings.takeAll(quoted(at) + "\\.(" + ES + ")");
  }

  private void server(Settings settings, String at) {
    Setting tls = settings.take(at + ".tls");
    Setting host = settings.take(at + ".host");
    Setting port = settings.take(at + ".port");
    Setting path = settings.take(at + ".path");
    Setting any =
        Stream.of(host, port, path, tls).filter(Objects::nonNull).findFirst().orElse(null);
    if (any == null) {
      return;
    }
    String scheme = tls != null && Migration.isTrue(tls) ? "https" : "http";
    migration.urls(
        any,
        List.of(
            scheme
                + "://"
                + (host == null ? "127.0.0.1" : host.value())
                + ":"
                + (port == null ? "9200" : port.value())
                + Migration.urlPath(path)));
  }

  private void index(Settings settings, String at) {
    Setting index = settings.take(at + ".index");
    Setting prefix = settings.take(at + ".logstash_prefix");
    Setting format = settings.take(at + ".logstash_format");
    boolean daily = format != null && Migration.isTrue(format);
    if (daily && prefix != null) {
      migration.dataStream(new Setting(prefix.path(), prefix.line(), prefix.value() + "-%Y.%m.%d"));
    } else if (!daily && index != null) {
      migration.dataStream(index);
    }
  }

  private void noCounterpart(Settings settings, String at, Setting name, String kind) {
    String hint =
        is(name, "throttle") ? "; annotate the pods: longshore.dev/max-bytes-per-second" : "";
    migration.note(name, kind + " " + name.value() + " has no counterpart" + hint);
    settings.takeBelow(at);
  }

  /// Names of plugins are compared without case.
  private static boolean is(Setting name, String plugin) {
    return name.value().strip().equalsIgnoreCase(plugin);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static String quoted(String path) {
    return Pattern.quote(path);
  }
}
