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
import org.jspecify.annotations.Nullable;

/// Filebeat's configuration: inputs of container logs, hints, and the Elasticsearch output.
final class Filebeat {
  /// What our agent does by itself, or does not need.
  private static final String NOT_NEEDED =
      "(setup|logging|monitoring|http|path|queue\\.mem|filebeat\\.registry|filebeat\\.autodiscover"
          + "|filebeat\\.shutdown_timeout|name|tags|ssl|max_procs)([.\\[].*)?";

  private static final String INPUT =
      "(type|id|enabled|stream|format|symlinks|scan_frequency|close.*|clean_.*|ignore_older|harvester_.*"
          + "|prospector.*|file_identity.*|parsers\\[\\d+]\\.(container|ndjson).*|json.*|backoff.*|containers.*|tail_files"
          + "|processors\\[\\d+]\\.(add_kubernetes_metadata|decode_json_fields|add_docker_metadata).*)";

  private static final Pattern PROCESSOR =
      Pattern.compile("(?:filebeat\\.inputs\\[\\d+]\\.)?processors\\[\\d+]\\.(\\w+).*");

  private static final String DROP =
      "(?:filebeat\\.inputs\\[\\d+]\\.)?processors\\[\\d+]\\.drop_event";

  /// One condition, alone or among several of which any or all must hold.
  private static final Pattern WHEN =
      Pattern.compile("\\.when\\.(?:(or|and)\\[\\d+]\\.)?(equals|contains|regexp)\\.(.+)");

  private static final Pattern OUTPUT = Pattern.compile("output\\.(\\w+).*");

  private final Migration migration;

  Filebeat(Migration migration) {
    this.migration = migration;
  }

  void convert(String text) {
    Settings settings = Settings.yaml(text);
    settings.takeAll(NOT_NEEDED);
    for (String input : settings.roots("filebeat\\.inputs\\[\\d+]")) {
      input(settings, Pattern.quote(input));
    }
    processors(settings);
    elasticsearch(settings);
    Map<String, Setting> outputs = new LinkedHashMap<>();
    for (Setting setting : settings.takeAll("output\\..*")) {
      Matcher output = OUTPUT.matcher(setting.path());
      if (output.matches()) {
        outputs.putIfAbsent(
            output.group(1).equals("elasticsearch") ? setting.path() : "output." + output.group(1),
            setting);
      }
    }
    outputs.forEach((path, setting) -> migration.note(setting, path + " has no counterpart"));
    Setting disk = settings.take("queue.disk.max_size");
    if (disk != null) {
      migration.size("buffer", "maxSize", disk);
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

  private void input(Settings settings, String at) {
    List<Setting> types = settings.takeAll(at + "\\.type");
    String type = types.isEmpty() ? "log" : types.getFirst().value();
    if (!Set.of("container", "filestream", "log", "docker").contains(type)) {
      migration.note(types.getFirst(), "input " + type + " has no counterpart");
      settings.takeAll(at + "\\..*");
      return;
    }
    settings.takeAll(at + "\\." + INPUT);
    List<String> paths = new ArrayList<>();
    for (Setting path : settings.takeAll(at + "\\.paths\\[\\d+]")) {
      if (!path.value().matches("/var/log/(containers|pods)/.*")) {
        paths.add(Migration.quoted(path.value()));
      }
    }
    if (!paths.isEmpty()) {
      migration.set("tail", "paths", "[" + String.join(", ", paths) + "]");
    }
    for (Setting line : settings.takeAll(at + "\\.exclude_lines\\[\\d+]")) {
      drop(line, List.of(new Condition("message", Dropped.Kind.MATCHES, line.value())));
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

  private void processors(Settings settings) {
    settings.takeAll("processors\\[\\d+]\\.(add_kubernetes_metadata|decode_json_fields).*");
    for (String event : settings.roots(DROP)) {
      drops(settings.takeAll(Pattern.quote(event) + "\\..*"), event.length());
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
  private void drops(List<Setting> settings, int begin) {
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
        drop(settings.get(i), List.of(conditions.get(i)));
      }
    } else {
      drop(settings.getFirst(), conditions);
    }
  }

  private void drop(Setting at, List<Condition> conditions) {
    if (!migration.dropped().add(at, conditions)) {
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

  private void elasticsearch(Settings settings) {
    String at = "output.elasticsearch";
    Setting protocol = settings.take(at + ".protocol");
    String scheme = protocol == null ? "http" : protocol.value();
    List<String> urls = new ArrayList<>();
    for (Setting host : settings.takeAll("output\\.elasticsearch\\.hosts(\\[\\d+])?")) {
      urls.add(host.value().contains("://") ? host.value() : scheme + "://" + host.value());
    }
    if (!urls.isEmpty()) {
      migration.urls(urls);
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
    Setting ca = settings.take(at + ".ssl.certificate_authorities[0]");
    if (ca != null) {
      migration.text("elasticsearch", "caFile", ca);
    }
    Setting verification = settings.take(at + ".ssl.verification_mode");
    if (verification != null && !verification.value().equals("full")) {
      migration.note(
          verification,
          "certificates are always verified; set elasticsearch.caFile to the authority's");
    }
    Setting compression = settings.take(at + ".compression_level");
    if (compression != null && !compression.value().equals("0")) {
      migration.set("elasticsearch", "compression", "true");
    }
    for (String path : List.of(at + ".index", at + ".data_stream")) {
      Setting index = settings.take(path);
      if (index != null) {
        migration.dataStream(index);
      }
    }
    settings.takeAll(
        "output\\.elasticsearch\\.(enabled|worker.*|bulk_max_size|max_retries|timeout|backoff.*|preset"
            + "|loadbalance|allow_older_versions|non_indexable_policy.*|escape_html)");
  }
}
