package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Dropped.Condition;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Vector's configuration in YAML: the source `kubernetes_logs` and one sink `elasticsearch`.
final class Vector {
  /// By what a text is known to be its configuration, in YAML or TOML.
  static final Pattern TEXT =
      Pattern.compile(
          "(?m)^(?:sources|transforms|sinks):\\s*$|^\\s*\\[(?:sources|transforms|sinks)\\.");

  private static final String SOURCE =
      "(self_node_name|data_dir|auto_partial_merge|glob_minimum_cooldown_ms|max_.*|fingerprint_.*|read_from"
          + "|ingestion_timestamp_field|delay_deletion_ms|use_apiserver_cache|insert_namespace_fields|timezone"
          + "|pod_annotation_fields.*|namespace_annotation_fields.*|node_annotation_fields.*|kube_config_file"
          + "|rotate_wait_secs|ignore_older_secs|oldest_first)";

  private static final String SINK =
      "(inputs.*|bulk\\.action|healthcheck.*|batch.*|acknowledgements.*|api_version"
          + "|request\\.(concurrency|rate_limit.*|retry.*|timeout_secs|adaptive_concurrency.*)"
          + "|encoding\\.(codec|timestamp_format)|request_retry_partial|tls\\.(enabled|verify_.*)"
          + "|id_key|pipeline_when_empty|distribution.*|suppress_type_name|buffer\\.(type|when_full))";

  /// `!contains(string!(.message), "text")`, or `match` with `r'regex'`.
  private static final Pattern NO_TEXT =
      Pattern.compile(
          "!(contains|match)\\((?:string!?\\()?\\.message\\)?,\\s*(r?['\"])([^'\"\\\\]*)['\"]\\)");

  private static final Pattern NOT_NAMED =
      Pattern.compile("\\.kubernetes\\.(pod_namespace|container_name)\\s*!=\\s*\"([^\"\\\\]*)\"");

  /// A variable as a shell has it: with a default, or with a reason why it is needed, which count
  /// where it is empty (`:`) or where it is not set.
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:(\\$)|\\{(\\w+)(?::?(-[^}]*)|:?\\?[^}]*)?}|([A-Za-z_]\\w*))");

  /// One folder's name of the kubelet's: namespace, pod and uid.
  private static final Pattern OF_NAMESPACE =
      Pattern.compile(
          "(?:\\*\\*/|/var/log/pods/)([a-z0-9*-]+)_\\*(?:_\\*)?(?:/\\*+|/\\*\\*/\\*(?:\\.log)?)");

  private static final Pattern NOT_NAMESPACE =
      Pattern.compile("metadata\\.namespace!=([a-z0-9-]+)");

  private static final Pattern NOT_LABEL = Pattern.compile("([\\w./-]+)!=([\\w.-]+)");

  private final Migration migration;
  private boolean shipped;

  Vector(Migration migration) {
    this.migration = migration;
  }

  void convert(String text) {
    if (text.lines().anyMatch(line -> line.matches("\\s*\\[(sources|sinks|transforms)\\..*"))) {
      throw new IllegalArgumentException(
          "this is TOML; convert it first: vector convert-config vector.toml vector.yaml");
    }
    Settings settings = Settings.yaml(text).below("customconfig");
    settings.replaceValues(Vector::variables);
    VectorFlow flow = new VectorFlow(settings);
    String shippedBy = shippedBy(settings);
    settings.takeAll(
        "(data_dir|api|schema|timezone|log_schema|secret|expire_metrics.*)([.\\[].*)?");
    for (String source : settings.roots("sources\\.[^.\\[]+")) {
      source(settings, source);
    }
    for (String transform : settings.roots("transforms\\.[^.\\[]+")) {
      Setting type = settings.take(transform + ".type");
      if (type != null && type.value().equals("filter")) {
        String name = transform.replaceFirst("transforms\\.", "");
        filter(settings, transform, type, flow.isOnlyWay(name, shippedBy));
      } else if (type != null) {
        migration.note(type, "transform " + type.value() + " has no counterpart" + hint(type));
      }
      settings.takeAll(Pattern.quote(transform) + "[.\\[].*");
    }
    for (String sink : settings.roots("sinks\\.[^.\\[]+")) {
      sink(settings, sink);
    }
    migration.leftOver(settings);
  }

  /// The name of the sink that is converted.
  private static String shippedBy(Settings settings) {
    return settings.rest().stream()
        .filter(it -> it.path().matches("sinks\\.[^.\\[]+\\.type"))
        .filter(it -> it.value().equals("elasticsearch"))
        .map(it -> it.path().replaceAll("sinks\\.|\\.type", ""))
        .findFirst()
        .orElse("");
  }

  /// Variables as our configuration has them.
  private static String variables(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            it ->
                Matcher.quoteReplacement(
                    it.group(1) != null
                        ? "$"
                        : "${"
                            + (it.group(2) == null ? it.group(4) : it.group(2))
                            + (it.group(3) == null ? "" : ":" + it.group(3).substring(1))
                            + "}"));
  }

  /// A filter passes what its condition is true for: one that negates a simple condition leaves out
  /// what meets it.
  ///
  /// @param forAll whether all that is shipped passes it
  private void filter(Settings settings, String at, Setting type, boolean forAll) {
    Setting condition = settings.take(at + ".condition");
    if (condition == null) {
      condition = settings.take(at + ".condition.source");
    }
    String text = condition == null ? "" : condition.value().strip();
    List<Condition> dropped = new ArrayList<>();
    for (String one : text.split("&&", -1)) {
      Condition unwanted = negated(one.strip());
      if (unwanted == null) {
        migration.note(type, "transform filter is not converted; see filters");
        return;
      }
      dropped.add(unwanted);
    }
    if (!forAll) {
      migration.note(
          type,
          "transform filter is not converted: not all that is shipped passes it; see filters");
      return;
    }
    if (!dropped.stream().allMatch(it -> drop(type, it))) {
      migration.note(type, "transform filter is not converted; see filters");
    }
  }

  private static @Nullable Condition negated(String text) {
    Matcher message = NO_TEXT.matcher(text);
    if (message.matches()) {
      boolean regex = message.group(1).equals("match");
      return regex != message.group(2).startsWith("r")
          ? null
          : new Condition(
              "message", regex ? Dropped.Kind.MATCHES : Dropped.Kind.CONTAINS, message.group(3));
    }
    Matcher name = NOT_NAMED.matcher(text);
    return name.matches()
        ? new Condition(
            name.group(1).equals("pod_namespace") ? "namespaces" : "containers",
            Dropped.Kind.EQUALS,
            name.group(2))
        : null;
  }

  private boolean drop(Setting at, Condition condition) {
    return migration.dropped().add(at, List.of(condition));
  }

  private static String hint(Setting type) {
    return switch (type.value()) {
      case "throttle" -> "; annotate the pods: longshore.dev/max-bytes-per-second";
      case "sample" -> "; see filters: action sample 1/N";
      case "reduce" -> "; stack traces are joined without it, see frame.multiline";
      default -> "";
    };
  }

  private void source(Settings settings, String at) {
    Setting type = settings.take(at + ".type");
    if (type == null) {
      return;
    }
    if (!type.value().equals("kubernetes_logs")) {
      migration.note(type, "source " + type.value() + " has no counterpart");
      settings.takeAll(Pattern.quote(at) + "[.\\[].*");
      return;
    }
    settings.takeAll(Pattern.quote(at) + "\\." + SOURCE);
    // Pods with this label are left out by Vector without being told.
    drop(type, new Condition("labels.vector.dev/exclude", Dropped.Kind.EQUALS, "true"));
    selector(settings.take(at + ".extra_label_selector"), NOT_LABEL);
    selector(settings.take(at + ".extra_field_selector"), NOT_NAMESPACE);
    selector(settings.take(at + ".extra_namespace_label_selector"), null);
    for (Setting glob :
        settings.takeAll(Pattern.quote(at) + "\\.exclude_paths_glob_patterns(\\[\\d+])?")) {
      Matcher namespace = OF_NAMESPACE.matcher(glob.value());
      boolean converted =
          namespace.matches()
              && drop(glob, new Condition("namespaces", Dropped.Kind.EQUALS, namespace.group(1)));
      // Rotated files of a log are read once, whatever their name.
      if (!converted && !glob.value().matches("\\*\\*/\\*\\.(gz|tmp|log\\.\\*)")) {
        migration.note(
            glob,
            "files are not excluded by path ("
                + glob.value()
                + "); annotate the pods: longshore.dev/exclude: \"true\", or see filters");
      }
    }
    for (Setting glob :
        settings.takeAll(Pattern.quote(at) + "\\.include_paths_glob_patterns(\\[\\d+])?")) {
      if (!glob.value().matches("\\*\\*/\\*(\\.log)?|/var/log/pods/[*/]+(\\.log)?")) {
        migration.note(
            glob,
            "files are not chosen by path ("
                + glob.value()
                + "): all containers are followed; see tail.paths");
      }
    }
  }

  /// A selector leaves out what does not meet it: where it only says what is not wanted, that is
  /// dropped.
  ///
  /// @param unwanted one requirement of the kind that becomes a filter
  private void selector(@Nullable Setting selector, @Nullable Pattern unwanted) {
    if (selector == null) {
      return;
    }
    List<Condition> dropped = new ArrayList<>();
    for (String requirement : Migration.listed(selector.value())) {
      Matcher matcher =
          unwanted == null ? null : unwanted.matcher(requirement.replaceAll("\\s", ""));
      if (matcher == null || !matcher.matches()) {
        migration.note(
            selector,
            selector.path().replaceFirst(".*\\.", "")
                + " has no counterpart: all pods are shipped; exclude by longshore.dev/exclude, or"
                + " see filters");
        return;
      }
      dropped.add(
          matcher.groupCount() == 1
              ? new Condition("namespaces", Dropped.Kind.EQUALS, matcher.group(1))
              : new Condition("labels." + matcher.group(1), Dropped.Kind.EQUALS, matcher.group(2)));
    }
    dropped.forEach(it -> drop(selector, it));
  }

  private void sink(Settings settings, String at) {
    Setting type = settings.take(at + ".type");
    if (type == null) {
      return;
    }
    boolean known = type.value().equals("elasticsearch");
    if (!known || shipped) {
      migration.note(
          type, (known ? "second sink " : "sink ") + type.value() + " has no counterpart");
      settings.takeAll(Pattern.quote(at) + "[.\\[].*");
      return;
    }
    shipped = true;
    List<Setting> urls = settings.takeAll(Pattern.quote(at) + "\\.(endpoint|endpoints(\\[\\d+])?)");
    if (!urls.isEmpty()) {
      migration.urls(urls.getFirst(), urls.stream().map(Setting::value).toList());
    }
    credentials(settings, at);
    migration.certificates(settings, at, "tls.ca_file", "tls.crt_file", "tls.key_file");
    for (String key : List.of("verify_certificate", "verify_hostname")) {
      Setting verify = settings.take(at + ".tls." + key);
      if (verify != null && Migration.isFalse(verify)) {
        migration.note(
            verify,
            "certificates are always verified; set elasticsearch.caFile to the authority's");
      }
    }
    Setting compression = settings.take(at + ".compression");
    if (compression != null && !compression.value().equals("none")) {
      migration.set("elasticsearch", "compression", "true");
    }
    Setting index = settings.take(at + ".bulk.index");
    if (index != null) {
      migration.dataStream(index);
    }
    dataStream(settings, at);
    Setting size = settings.take(at + ".buffer.max_size");
    if (size != null) {
      migration.bufferSize(size);
    }
    settings.takeAll(Pattern.quote(at) + "\\." + SINK);
  }

  private void credentials(Settings settings, String at) {
    Setting strategy = settings.take(at + ".auth.strategy");
    if (strategy != null && !strategy.value().equals("basic")) {
      migration.note(
          strategy,
          "auth.strategy " + strategy.value() + " has no counterpart; use elasticsearch.apiKey");
    }
    Setting user = settings.take(at + ".auth.user");
    if (user != null) {
      migration.text("elasticsearch", "username", user);
    }
    Setting password = settings.take(at + ".auth.password");
    if (password != null) {
      migration.secret("password", "ELASTICSEARCH_PASSWORD", password);
    }
  }

  private void dataStream(Settings settings, String at) {
    Setting dataset = settings.take(at + ".data_stream.dataset");
    Setting namespace = settings.take(at + ".data_stream.namespace");
    Setting type = settings.take(at + ".data_stream.type");
    settings.takeAll(Pattern.quote(at) + "\\.data_stream\\.(auto_routing|sync_fields)");
    Setting mode = settings.take(at + ".mode");
    boolean byDefault =
        mode != null && mode.value().equals("data_stream") && dataset == null && namespace == null;
    Setting named = dataset != null ? dataset : byDefault ? mode : namespace;
    if (named != null) {
      migration.dataStream(
          new Setting(
              named.path(),
              named.line(),
              (type == null ? "logs" : type.value())
                  + "-"
                  + (dataset == null ? "generic" : dataset.value())
                  + "-"
                  + (namespace == null ? "default" : namespace.value())));
    }
  }
}
