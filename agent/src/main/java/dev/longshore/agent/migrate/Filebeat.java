package dev.longshore.agent.migrate;

import dev.longshore.agent.migrate.Dropped.Condition;
import dev.longshore.agent.migrate.Settings.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Filebeat's configuration: inputs of container logs, hints, and the Elasticsearch output.
final class Filebeat {
  /// By what a text is known to be its configuration.
  static final Pattern YAML = Pattern.compile("(?m)^(?:filebeat|output)(?:\\.[a-z_.]+)?:");

  /// What our agent does by itself, or does not need.
  private static final String NOT_NEEDED =
      "(setup|logging|monitoring|http|path|queue\\.mem|filebeat\\.registry|filebeat\\.shutdown_timeout"
          + "|name|max_procs)([.\\[].*)?";

  private static final String INPUT =
      "(id|format|symlinks|scan_frequency|close.*|clean_.*|ignore_older|harvester_.*"
          + "|prospector\\.scanner\\.(symlinks|fingerprint.*|check_interval|scan_frequency|resend_on_touch)"
          + "|file_identity.*|parsers\\[\\d+]\\.(container|ndjson)|parsers\\[\\d+]\\.ndjson\\..*"
          + "|parsers\\[\\d+]\\.container\\.format|json.*|backoff.*|containers\\.path|tail_files"
          + "|processors\\[\\d+]\\.(add_kubernetes_metadata|decode_json_fields|add_docker_metadata).*)";

  private static final Pattern PROCESSOR =
      Pattern.compile("(?:filebeat\\.inputs\\[\\d+]\\.)?processors\\[\\d+]\\.(\\w+).*");

  private static final String DROP =
      "(?:filebeat\\.inputs\\[\\d+]\\.)?processors\\[\\d+]\\.drop_event";

  /// One condition, alone or among several of which any or all must hold.
  private static final Pattern WHEN =
      Pattern.compile("\\.when\\.(?:(or|and)\\[\\d+]\\.)?(equals|contains|regexp)\\.(.+)");

  /// With a port and a path, where it has them.
  private static final Pattern URL =
      Pattern.compile("[^/]+://(?:[^@/]*@)?(?:\\[[^]]*]|[^:/]*)(:[^/]*)?(/.*)?");

  /// A variable, for which its default stands.
  private static final Pattern DEFAULT = Pattern.compile("\\$\\{[^:}]+:([^}]*)}");

  private static final Pattern WHOLE_VARIABLE = Pattern.compile("\\$\\{[^:}]+}");

  private static final Pattern OUTPUT = Pattern.compile("output\\.(\\w+).*");

  /// `${NAME:?text}`: without the variable, the text is the reason not to start.
  private static final Pattern REQUIRED = Pattern.compile("(\\$\\{[^:}]+):\\?[^}]*}");

  private static final String PROVIDER = "filebeat\\.autodiscover\\.providers\\[\\d+]";

  private final Migration migration;

  /// How many inputs our agent's reading stands for.
  private int inputs;

  Filebeat(Migration migration) {
    this.migration = migration;
  }

  void convert(String text) {
    Settings settings = Settings.yaml(text);
    settings.replaceValues(it -> REQUIRED.matcher(it).replaceAll("$1}"));
    lifecycle(settings);
    settings.takeAll(NOT_NEEDED);
    List<Setting> tags = settings.takeAll("tags(\\[\\d+])?");
    if (!tags.isEmpty()) {
      migration.note(tags.getFirst(), "tags has no counterpart");
    }
    List<String> inputs = new ArrayList<>();
    for (String input : settings.roots("filebeat\\.inputs\\[\\d+]")) {
      if (isOff(settings, input)) {
        settings.takeBelow(input);
      } else {
        inputs.add(Pattern.quote(input));
      }
    }
    Set<String> providers = settings.roots(PROVIDER);
    this.inputs = inputs.size() + providers.size();
    providers.forEach(it -> provider(settings, it));
    inputs.forEach(it -> input(settings, it));
    processors(settings);
    outputs(settings);
    Setting disk = settings.take("queue.disk.max_size");
    if (disk != null) {
      migration.bufferSize(disk);
    }
    settings.takeAll("queue\\.disk.*");
    Setting cloud = settings.take("cloud.id");
    if (cloud != null) {
      migration.note(
          cloud, "cloud.id is not read; set elasticsearch.urls to the cluster's endpoint");
    }
    Setting auth = settings.take("cloud.auth");
    if (auth != null) {
      migration.note(auth, "cloud.auth is not read; set elasticsearch.username and password");
    }
    migration.leftOver(settings);
  }

  /// An index lifecycle policy decides how long documents are kept.
  private void lifecycle(Settings settings) {
    Setting enabled = settings.take("setup.ilm.enabled");
    List<Setting> policy = settings.takeAll("setup\\.ilm\\.(policy_name|policy_file)");
    if (!policy.isEmpty() && (enabled == null || !Migration.isFalse(enabled))) {
      migration.note(
          policy.getFirst(),
          "ILM policies are not used: documents are kept as long as elasticsearch.retention says");
    }
  }

  private static boolean isOff(Settings settings, String at) {
    Setting enabled = settings.take(at + ".enabled");
    return enabled != null && Migration.isFalse(enabled);
  }

  /// Autodiscover follows all containers where it has hints and does not leave them out by default.
  private void provider(Settings settings, String at) {
    Setting type = settings.take(at + ".type");
    if (type != null && !Set.of("kubernetes", "docker").contains(type.value())) {
      migration.note(type, "autodiscover " + type.value() + " has no counterpart");
      settings.takeBelow(at);
      return;
    }
    settings.take(at + ".hints.enabled");
    Setting wanted = settings.take(at + ".hints.default_config.enabled");
    if (wanted != null && Migration.isFalse(wanted)) {
      migration.note(
          wanted,
          "not only pods with co.elastic.logs/enabled are shipped: all are; exclude by"
              + " longshore.dev/exclude, or see filters");
    }
    for (String template :
        settings.roots(Pattern.quote(at) + "\\.(?:templates|appenders)\\[\\d+]")) {
      List<Setting> all = settings.takeAll(Pattern.quote(template) + "(\\..*)?");
      String kind = template.contains(".appenders[") ? "appender" : "template";
      migration.note(
          all.getFirst(),
          "autodiscover "
              + kind
              + " is not converted: all containers are shipped alike; see filters and the annotations"
              + " of pods");
    }
    settings.takeAll(
        Pattern.quote(at)
            + "\\.(node|host|scope|kube_config|cleanup_timeout|add_resource_metadata.*|namespace_.*|unique"
            + "|identifier|leader_lease|resource|sync_period|labels\\.dedot|annotations\\.dedot|include_.*"
            + "|hints\\.default_config\\.(type|containers\\..*|"
            + INPUT
            + "))");
    List<Setting> paths =
        settings.takeAll(Pattern.quote(at) + "\\.hints\\.default_config\\.paths(\\[\\d+])?");
    if (paths.isEmpty()) {
      migration.followContainers();
    }
    for (Setting path : paths) {
      // What is known of a container stands in its path; all containers are followed.
      String pattern = path.value().replaceAll("\\$\\{data\\.[^}]*}", "*");
      migration.follow(new Setting(path.path(), path.line(), pattern));
    }
  }

  private void input(Settings settings, String at) {
    List<Setting> types = settings.takeAll(at + "\\.type");
    String type = types.isEmpty() ? "log" : types.getFirst().value();
    if (!Set.of("container", "filestream", "log", "docker").contains(type)) {
      migration.note(types.getFirst(), "input " + type + " has no counterpart");
      settings.takeAll(at + "\\..*");
      return;
    }
    settings.takeAll(at + "\\." + INPUT);
    // Rotated files of a log are read once, whatever their name.
    for (Setting files :
        settings.takeAll(at + "\\.(prospector\\.scanner\\.)?exclude_files(\\[\\d+])?")) {
      if (!files.value().matches(".*gz\\$?")) {
        migration.note(
            files,
            "files are not excluded by path ("
                + files.value()
                + "); annotate the pods: longshore.dev/exclude: \"true\", or see filters");
      }
    }
    if (settings.takeAll(at + "\\.containers\\.ids(\\[\\d+])?").stream()
        .anyMatch(it -> it.value().equals("*"))) {
      migration.followContainers();
    }
    settings.takeAll(at + "\\.paths(\\[\\d+])?").forEach(migration::follow);
    for (Setting stream :
        settings.takeAll(at + "\\.(parsers\\[\\d+]\\.container\\.|containers\\.)?stream")) {
      onlyStream(stream);
    }
    for (Setting line : settings.takeAll(at + "\\.exclude_lines\\[\\d+]")) {
      drop(line, true, List.of(new Condition("message", Dropped.Kind.MATCHES, line.value())));
    }
    for (Setting line : settings.takeAll(at + "\\.include_lines\\[0]")) {
      migration.note(line, "include_lines is not converted; see filters: action keep, then drop");
    }
    settings.takeAll(at + "\\.include_lines.*");
    List<Setting> multiline = settings.takeAll(at + "\\.(parsers\\[\\d+]\\.)?multiline.*");
    if (!multiline.isEmpty()) {
      migration.note(
          multiline.getFirst(),
          "multiline patterns are not read: stack traces are joined without them; see frame.multiline"
              + " and longshore.dev/multiline");
    }
  }

  private void onlyStream(Setting stream) {
    if (Set.of("stdout", "stderr").contains(stream.value())) {
      String other = stream.value().equals("stdout") ? "stderr" : "stdout";
      drop(stream, true, List.of(new Condition("stream", Dropped.Kind.EQUALS, other)));
    }
  }

  private void processors(Settings settings) {
    settings.takeAll("processors\\[\\d+]\\.(add_kubernetes_metadata|decode_json_fields).*");
    for (String event : settings.roots(DROP)) {
      boolean ofInput = event.startsWith("filebeat.inputs");
      drops(settings.takeAll(Pattern.quote(event) + "(\\..*)?"), event.length(), ofInput);
    }
    Map<String, Setting> others = new LinkedHashMap<>();
    for (Setting setting : settings.takeAll(PROCESSOR.pattern())) {
      Matcher processor = PROCESSOR.matcher(setting.path());
      if (processor.matches()) {
        others.putIfAbsent(processor.group(1), setting);
      }
    }
    others.forEach(
        (name, setting) -> migration.note(setting, "processor " + name + " has no counterpart"));
  }

  /// @param settings of one `drop_event`
  /// @param begin how much of their paths is before its conditions
  /// @param ofInput whether it is for what one input reads
  private void drops(List<Setting> settings, int begin, boolean ofInput) {
    List<Condition> conditions = new ArrayList<>();
    Set<String> joined = new HashSet<>();
    for (Setting setting : settings) {
      Matcher when = WHEN.matcher(setting.path().substring(begin));
      Condition condition = when.matches() ? condition(when, setting.value()) : null;
      if (condition == null) {
        migration.note(settings.getFirst(), "processor drop_event is not converted; see filters");
        return;
      }
      joined.add("or".equals(when.group(1)) ? "or" : "and");
      conditions.add(condition);
    }
    boolean any = joined.contains("or");
    if (any && joined.size() > 1) {
      migration.note(settings.getFirst(), "processor drop_event is not converted; see filters");
    } else if (any) {
      for (int i = 0; i < conditions.size(); i++) {
        drop(settings.get(i), ofInput, List.of(conditions.get(i)));
      }
    } else {
      drop(settings.getFirst(), ofInput, conditions);
    }
  }

  /// Ours are for all that is read: what one input of several leaves out is named.
  private void drop(Setting at, boolean ofInput, List<Condition> conditions) {
    if ((ofInput && inputs > 1) || !migration.dropped().add(at, conditions)) {
      migration.note(at, "'" + at.value() + "' is not converted; see filters");
    }
  }

  private static @Nullable Condition condition(Matcher when, String value) {
    String field =
        switch (when.group(3)) {
          case "message" -> "message";
          case "stream" -> "stream";
          case "kubernetes.namespace" -> "namespaces";
          case "kubernetes.container.name" -> "containers";
          default -> null;
        };
    Dropped.Kind kind =
        switch (when.group(2)) {
          case "equals" -> Dropped.Kind.EQUALS;
          case "contains" -> Dropped.Kind.CONTAINS;
          default -> Dropped.Kind.MATCHES;
        };
    return field == null ? null : new Condition(field, kind, value);
  }

  private void outputs(Settings settings) {
    for (String output : settings.roots("output\\.\\w+")) {
      if (isOff(settings, output)) {
        settings.takeBelow(output);
      }
    }
    elasticsearch(settings);
    Map<String, Setting> others = new LinkedHashMap<>();
    for (Setting setting : settings.takeAll("output\\..*")) {
      Matcher output = OUTPUT.matcher(setting.path());
      if (output.matches()) {
        others.putIfAbsent(
            output.group(1).equals("elasticsearch") ? setting.path() : "output." + output.group(1),
            setting);
      }
    }
    others.forEach((path, setting) -> migration.note(setting, path + " has no counterpart"));
  }

  /// A list may stand in a text: `'["https://a:9200"]'`.
  private static Stream<Setting> listed(Setting setting) {
    String value = setting.value().strip();
    if (!value.startsWith("[")) {
      return Stream.of(setting);
    }
    return Migration.listed(value.replaceAll("^\\[|]$", "")).stream()
        .map(it -> it.replaceAll("^[\"']|[\"']$", ""))
        .map(it -> new Setting(setting.path(), setting.line(), it));
  }

  /// A server without a port is reached at 9200.
  private String url(Setting host, String scheme, @Nullable Setting path) {
    String text = host.value();
    String shape = DEFAULT.matcher(text).replaceAll("$1").replaceAll("\\$\\{[^}]*}", "x");
    if (WHOLE_VARIABLE.matcher(text).matches()) {
      migration.note(
          host, "elasticsearch.urls are URLs with scheme and port; let " + text + " be one");
      return text;
    }
    boolean hasScheme = shape.contains("://");
    String url = hasScheme ? text : scheme + "://" + text;
    Matcher parts = URL.matcher(hasScheme ? shape : scheme + "://" + shape);
    if (!parts.matches()) {
      return url;
    }
    boolean hasPath = parts.group(2) != null && !parts.group(2).equals("/");
    String server = hasPath || parts.group(2) == null ? url : url.substring(0, url.length() - 1);
    if (parts.group(1) == null) {
      int end = hasPath ? server.indexOf('/', server.indexOf("://") + 3) : server.length();
      server = server.substring(0, end) + ":9200" + server.substring(end);
    }
    return server + (hasPath ? "" : Migration.urlPath(path));
  }

  private void elasticsearch(Settings settings) {
    String at = "output.elasticsearch";
    Setting protocol = settings.take(at + ".protocol");
    String scheme = protocol == null ? "http" : protocol.value();
    Setting path = settings.take(at + ".path");
    List<Setting> hosts =
        settings.takeAll("output\\.elasticsearch\\.hosts(\\[\\d+])?").stream()
            .flatMap(Filebeat::listed)
            .toList();
    if (!hosts.isEmpty()) {
      migration.urls(hosts.getFirst(), hosts.stream().map(it -> url(it, scheme, path)).toList());
    }
    Setting user = settings.take(at + ".username");
    if (user != null) {
      migration.text("elasticsearch", "username", user);
    }
    Setting password = settings.take(at + ".password");
    if (password != null) {
      migration.secret("password", "ELASTICSEARCH_PASSWORD", password);
    }
    Setting key = settings.take(at + ".api_key");
    if (key != null) {
      migration.secret("apiKey", "ELASTICSEARCH_API_KEY", key);
      migration.note(key, "elasticsearch.apiKey is in the encoded form, not as id:key");
    }
    migration.certificates(
        settings, at, "ssl.certificate_authorities", "ssl.certificate", "ssl.key");
    settings.take(at + ".ssl.enabled");
    Setting verification = settings.take(at + ".ssl.verification_mode");
    if (verification != null && !verification.value().matches("full|strict")) {
      migration.note(
          verification,
          "certificates are always verified; set elasticsearch.caFile to the authority's");
    }
    Setting compression = settings.take(at + ".compression_level");
    if (compression != null && !compression.value().equals("0")) {
      migration.set("elasticsearch", "compression", "true");
    }
    for (String name : List.of(at + ".index", at + ".data_stream")) {
      Setting index = settings.take(name);
      if (index != null) {
        migration.dataStream(index);
      }
    }
    settings.takeAll(
        "output\\.elasticsearch\\.(enabled|worker.*|bulk_max_size|max_retries|timeout|backoff.*|preset"
            + "|loadbalance|allow_older_versions|non_indexable_policy.*|escape_html)");
  }
}
