package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Dropped.Condition;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Vector's configuration in YAML: the source `kubernetes_logs` and one sink `elasticsearch`.
final class Vector {
  private static final String SOURCE =
      "(self_node_name|data_dir|auto_partial_merge|glob_minimum_cooldown_ms|max_.*|fingerprint_.*|read_from"
          + "|ingestion_timestamp_field|delay_deletion_ms|use_apiserver_cache|insert_namespace_fields|timezone"
          + "|pod_annotation_fields.*|namespace_annotation_fields.*|node_annotation_fields.*|kube_config_file"
          + "|rotate_wait_secs|ignore_older_secs|oldest_first)";

  private static final String SINK =
      "(inputs.*|mode|bulk\\.action|healthcheck.*|batch.*|request.*|acknowledgements.*|encoding.*|api_version"
          + "|id_key|pipeline_when_empty|distribution.*|suppress_type_name|buffer\\.(type|when_full))";

  /// `!contains(string!(.message), "text")`, or `match` with `r'regex'`.
  private static final Pattern NO_TEXT =
      Pattern.compile(
          "!(contains|match)\\((?:string!?\\()?\\.message\\)?,\\s*(r?['\"])([^'\"\\\\]*)['\"]\\)");

  private static final Pattern NOT_NAMED =
      Pattern.compile("\\.kubernetes\\.(pod_namespace|container_name)\\s*!=\\s*\"([^\"\\\\]*)\"");

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
    Settings settings = Settings.yaml(text);
    settings.takeAll(
        "(data_dir|api|schema|timezone|log_schema|secret|expire_metrics.*)([.\\[].*)?");
    for (String source : settings.roots("sources\\.[^.\\[]+")) {
      source(settings, source);
    }
    for (String transform : settings.roots("transforms\\.[^.\\[]+")) {
      Setting type = settings.take(transform + ".type");
      if (type != null && type.value().equals("filter")) {
        filter(settings, transform, type);
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

  /// A filter passes what its condition is true for: one that negates a simple condition leaves out
  /// what meets it.
  private void filter(Settings settings, String at, Setting type) {
    Setting condition = settings.take(at + ".condition");
    if (condition == null) {
      condition = settings.take(at + ".condition.source");
    }
    String text = condition == null ? "" : condition.value().strip();
    Matcher message = NO_TEXT.matcher(text);
    Matcher name = NOT_NAMED.matcher(text);
    boolean converted = false;
    if (message.matches()) {
      boolean regex = message.group(1).equals("match");
      converted =
          regex == message.group(2).startsWith("r")
              && drop(
                  type,
                  new Condition(
                      "message",
                      regex ? Dropped.Kind.MATCHES : Dropped.Kind.CONTAINS,
                      message.group(3)));
    } else if (name.matches()) {
      String field =
          switch (name.group(1)) {
            case "pod_namespace" -> "namespaces";
            case "container_name" -> "containers";
            default -> "";
          };
      converted = drop(type, new Condition(field, Dropped.Kind.EQUALS, name.group(2)));
    }
    if (!converted) {
      migration.note(type, "transform filter is not converted; see filters");
    }
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
    for (String key :
        List.of("extra_label_selector", "extra_field_selector", "extra_namespace_label_selector")) {
      Setting selector = settings.take(at + "." + key);
      if (selector != null) {
        migration.note(
            selector,
            key + " has no counterpart: all pods are shipped; exclude by longshore.dev/exclude");
      }
    }
    List<Setting> globs =
        settings.takeAll(Pattern.quote(at) + "\\.(exclude|include)_paths_glob_patterns\\[\\d+]");
    if (!globs.isEmpty()) {
      migration.note(
          globs.getFirst(),
          "files are not chosen by path; annotate the pods: longshore.dev/exclude: \"true\"");
    }
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
    List<String> urls = new ArrayList<>();
    for (Setting url : settings.takeAll(Pattern.quote(at) + "\\.(endpoint|endpoints(\\[\\d+])?)")) {
      urls.add(url.value());
    }
    if (!urls.isEmpty()) {
      migration.urls(urls);
    }
    credentials(settings, at);
    Setting ca = settings.take(at + ".tls.ca_file");
    if (ca != null) {
      migration.text("elasticsearch", "caFile", ca);
    }
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
      migration.size("buffer", "maxSize", size);
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
    Setting named = dataset == null ? namespace : dataset;
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
