package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Dropped.Condition;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Fluent Bit's configuration, classic or YAML: `tail`, the `kubernetes` filter and one `es`
/// output.
final class FluentBit {
  /// What our agent does by itself, or does not need.
  private static final String TAIL =
      "tag|tag_regex|parser|multiline\\.parser|multiline|docker_mode.*|db|db\\..*|mem_buf_limit|skip_long_lines"
          + "|skip_empty_lines|refresh_interval|rotate_wait|read_from_head|buffer_.*|path_key|offset_key"
          + "|inotify_watcher|ignore_older|storage\\..*|alias|key|threaded";

  private static final String KUBERNETES =
      "match.*|kube_.*|merge_.*|keep_log|k8s-logging\\.parser|use_.*|buffer_size|regex_parser|cache_.*"
          + "|namespace_.*|alias|dns_.*|tls\\..*|kubelet_.*|dummy_meta|owner_references";

  private static final String ES =
      "match.*|logstash_.*|type|suppress_type_name|replace_dots|generate_id|id_key|retry_limit|time_key.*"
          + "|current_time_index|include_tag_key|tag_key|trace_.*|buffer_size|write_operation|workers|net\\..*|alias"
          + "|port|tls|tls\\.vhost|storage\\..*";

  private static final Pattern OF_NAMESPACE =
      Pattern.compile("/var/log/containers/\\*_([a-z0-9-]+)_\\*(?:\\.log)?");

  /// A key, blanks, and a regular expression.
  private static final Pattern GREP = Pattern.compile("(\\S+)\\s+(\\S.*)");

  private static final Pattern LABEL = Pattern.compile("\\$kubernetes\\['labels']\\['([^']+)']");

  private static final Set<String> JOINING = Set.of("multiline", "kubernetes");

  private final Migration migration;
  private boolean shipped;

  FluentBit(Migration migration) {
    this.migration = migration;
  }

  void convert(String text) {
    boolean yaml = text.lines().anyMatch(line -> line.matches("(pipeline|service|parsers):\\s*"));
    Settings settings = yaml ? Settings.yaml(text) : Settings.classic(text);
    String prefix = yaml ? "pipeline\\." : "";
    settings.takeAll("(service|services\\[\\d+]|env|parsers|multiline_parsers|plugins)([.\\[].*)?");
    for (Setting include : settings.takeAll("@include|includes\\[\\d+]")) {
      migration.note(include, include.value() + " is another file; convert it as well");
    }
    for (Setting variable : settings.takeAll("@set")) {
      migration.note(variable, "variables are read from the environment; set " + variable.value());
    }
    for (String input : settings.roots(prefix + "inputs\\[\\d+]")) {
      input(settings, input);
    }
    for (String filter : settings.roots(prefix + "filters\\[\\d+]")) {
      filter(settings, filter);
    }
    for (String output : settings.roots(prefix + "outputs\\[\\d+]")) {
      output(settings, output);
    }
    migration.leftOver(settings);
  }

  private void input(Settings settings, String at) {
    Setting name = settings.take(at + ".name");
    if (name == null) {
      return;
    }
    if (!name.value().equals("tail")) {
      noCounterpart(settings, at, name, "input");
      return;
    }
    settings.takeAll(quoted(at) + "\\.(" + TAIL + ")(\\[\\d+])?");
    Setting path = settings.take(at + ".path");
    if (path != null) {
      paths(path);
    }
    Setting excluded = settings.take(at + ".exclude_path");
    if (excluded != null) {
      excluded(excluded);
    }
  }

  /// What is excluded by the namespace in the files' names is left out by it.
  private void excluded(Setting paths) {
    for (String path : paths.value().split("\\s*,\\s*", -1)) {
      Matcher namespace = OF_NAMESPACE.matcher(path);
      if (namespace.matches()) {
        migration
            .dropped()
            .add(
                paths,
                List.of(new Condition("namespaces", Dropped.Kind.EQUALS, namespace.group(1))));
      } else {
        migration.note(
            paths,
            "files are not excluded by path ("
                + path
                + "); annotate the pods: longshore.dev/exclude: \"true\", or see filters");
      }
    }
  }

  private void paths(Setting path) {
    List<String> others =
        List.of(path.value().split("\\s*,\\s*")).stream()
            .filter(it -> !it.matches("/var/log/(containers|pods)/.*"))
            .toList();
    // Without the key, all containers of the node are followed.
    if (!others.isEmpty()) {
      migration.set(
          "tail",
          "paths",
          "[" + String.join(", ", others.stream().map(Migration::quoted).toList()) + "]");
    }
  }

  private void filter(Settings settings, String at) {
    Setting name = settings.take(at + ".name");
    if (name == null) {
      return;
    }
    if (name.value().equals("grep")) {
      grep(settings, at, name);
      return;
    }
    if (!JOINING.contains(name.value())) {
      noCounterpart(settings, at, name, "filter");
      return;
    }
    if (name.value().equals("multiline")) {
      settings.takeAll(quoted(at) + "\\..*");
      return;
    }
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
    settings.takeAll(quoted(at) + "\\..*");
    if (!others.isEmpty() || excludes.isEmpty()) {
      migration.note(name, "filter grep is not converted; see filters: action keep, then drop");
      return;
    }
    for (Setting exclude : excludes) {
      Condition condition = condition(exclude);
      if (condition == null || !migration.dropped().add(exclude, List.of(condition))) {
        migration.note(exclude, "Exclude " + exclude.value() + " is not converted; see filters");
      }
    }
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
    return field == null ? null : new Condition(field, Dropped.Kind.MATCHES, grep.group(2));
  }

  private void output(Settings settings, String at) {
    Setting name = settings.take(at + ".name");
    if (name == null) {
      return;
    }
    boolean known = Set.of("es", "opensearch").contains(name.value());
    if (!known || shipped) {
      noCounterpart(settings, at, name, known ? "second output" : "output");
      return;
    }
    shipped = true;
    if (name.value().equals("opensearch")) {
      migration.note(name, "OpenSearch is not tested; Longshore ships to Elasticsearch");
    }
    Setting tls = settings.take(at + ".tls");
    Setting host = settings.take(at + ".host");
    Setting port = settings.take(at + ".port");
    if (host != null) {
      String scheme = tls != null && Migration.isTrue(tls) ? "https" : "http";
      migration.urls(
          List.of(scheme + "://" + host.value() + ":" + (port == null ? "9200" : port.value())));
    }
    Setting user = settings.take(at + ".http_user");
    if (user != null) {
      migration.text("elasticsearch", "username", user);
    }
    Setting password = settings.take(at + ".http_passwd");
    if (password != null) {
      migration.secret("password", "ELASTICSEARCH_PASSWORD", password);
    }
    Setting ca = settings.take(at + ".tls.ca_file");
    if (ca != null) {
      migration.text("elasticsearch", "caFile", ca);
    }
    Setting verify = settings.take(at + ".tls.verify");
    if (verify != null && Migration.isFalse(verify)) {
      migration.note(
          verify, "certificates are always verified; set elasticsearch.caFile to the authority's");
    }
    Setting compress = settings.take(at + ".compress");
    if (compress != null && compress.value().equals("gzip")) {
      migration.set("elasticsearch", "compression", "true");
    }
    Setting index = settings.take(at + ".index");
    if (index != null) {
      migration.dataStream(index);
    }
    Setting limit = settings.take(at + ".storage.total_limit_size");
    if (limit != null) {
      migration.size("buffer", "maxSize", limit);
    }
    settings.takeAll(quoted(at) + "\\.(" + ES + ")");
  }

  private void noCounterpart(Settings settings, String at, Setting name, String kind) {
    String hint =
        name.value().equals("throttle")
            ? "; annotate the pods: longshore.dev/max-bytes-per-second"
            : "";
    migration.note(name, kind + " " + name.value() + " has no counterpart" + hint);
    settings.takeAll(quoted(at) + "\\..*");
  }

  private static String quoted(String path) {
    return Pattern.quote(path);
  }
}
