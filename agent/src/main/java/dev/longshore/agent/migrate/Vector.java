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

  private static final String SINK =
      "(inputs.*|bulk\\.action|healthcheck.*|batch.*|acknowledgements.*|api_version"
          + "|request\\.(concurrency|rate_limit.*|retry.*|timeout_secs|adaptive_concurrency.*)"
          + "|encoding\\.(codec|timestamp_format)|request_retry_partial|tls\\.(enabled|verify_.*)"
          + "|id_key|pipeline_when_empty|distribution.*|suppress_type_name|buffer\\.(type|when_full))";

  /// `!contains(string!(.message), "text")`, or `match` with `r'regex'`.
  private static final Pattern NO_TEXT =
      Pattern.compile(
          "!(contains|match)\\((?:string!?\\()?\\.message\\)?,\\s*(r?['\"])([^'\"\\\\]*)['\"]\\)");

  private static final String NAME =
      "(?:string!?\\()?\\.kubernetes\\.(pod_namespace|container_name)\\)?";

  private static final Pattern NOT_NAMED = Pattern.compile(NAME + "\\s*!=\\s*\"([^\"\\\\]*)\"");

  /// `!includes(["a", "b"], .kubernetes.pod_namespace)`.
  private static final Pattern NOT_AMONG =
      Pattern.compile("!includes\\(\\[([a-z0-9\", -]+)],\\s*" + NAME + "\\)");

  /// A variable as a shell has it: with a default, or with a reason why it is needed, which count
  /// where it is empty (`:`) or where it is not set.
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:(\\$)|\\{(\\w+)(?::?(-[^}]*)|:?\\?[^}]*)?}|([A-Za-z_]\\w*))");

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
    VectorSource kubernetes =
        new VectorSource(
            migration, settings.rest().stream().filter(Vector::followsContainers).count());
    for (String source : settings.roots("sources\\.[^.\\[]+")) {
      source(settings, source, kubernetes);
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
    if (name.matches()) {
      return new Condition(field(name.group(1)), Dropped.Kind.EQUALS, name.group(2));
    }
    Matcher among = NOT_AMONG.matcher(text);
    if (among.matches()) {
      String names = String.join("|", Migration.listed(among.group(1).replace("\"", "")));
      return new Condition(field(among.group(2)), Dropped.Kind.MATCHES, "^(" + names + ")$");
    }
    return null;
  }

  private static String field(String name) {
    return name.equals("pod_namespace") ? "namespaces" : "containers";
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

  private static boolean followsContainers(Setting setting) {
    return setting.path().matches("sources\\.[^.\\[]+\\.type")
        && setting.value().equals("kubernetes_logs");
  }

  private void source(Settings settings, String at, VectorSource kubernetes) {
    Setting type = settings.take(at + ".type");
    if (type == null) {
      return;
    }
    if (!type.value().equals("kubernetes_logs")) {
      migration.note(type, "source " + type.value() + " has no counterpart");
      settings.takeAll(Pattern.quote(at) + "[.\\[].*");
      return;
    }
    kubernetes.convert(settings, at, type);
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
