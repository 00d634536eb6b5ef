package dev.longshore.alerting.logs.elastalert;

import dev.longshore.shared.units.PrometheusDurations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/// One ElastAlert rule on its way to a rule of ours.
public final class ElastAlertRule {

  /// Keys that say how ElastAlert works, not what the rule means.
  private static final Set<String> OF_ELASTALERT =
      Set.of(
          "es_host",
          "es_port",
          "es_username",
          "es_password",
          "use_ssl",
          "verify_certs",
          "run_every",
          "max_query_size",
          "use_count_query",
          "use_terms_query",
          "doc_type",
          "terms_size",
          "use_keyword_postfix",
          "scan_entire_timeframe",
          "is_enabled",
          "include",
          "attach_related",
          "import",
          "owner",
          "timestamp_type",
          "sync_bucket_interval",
          "use_run_every_query_size",
          "allow_buffer_time_overlap",
          "bucket_interval",
          "percentage_format_string",
          "metric_format_string",
          "doc_types");

  private final Map<String, @Nullable Object> rule;
  private final Map<String, Integer> lines;
  private final Set<String> used = new TreeSet<>();
  private final List<Imported.Note> notes = new ArrayList<>();

  /// The key that was looked at last, which a fault in its value is about.
  private String at = "";

  private ElastAlertRule(Map<String, @Nullable Object> rule, Map<String, Integer> lines) {
    this.rule = rule;
    this.lines = lines;
  }

  /// Converts a rule file.
  ///
  /// @param name of the group that is made
  public static Imported convert(String name, String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(name).build();
    Object read;
    Map<String, Integer> lines;
    try {
      read = new Load(settings).loadFromString(text);
      lines = lines(new Compose(settings).composeString(text).orElse(null));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      return Imported.refused(line, "this is no YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      return Imported.refused(1, "this is no YAML: " + e.getMessage());
    }
    if (!(read instanceof Map<?, ?> map)) {
      return Imported.refused(1, "this is no ElastAlert rule: it has no keys");
    }
    Map<String, @Nullable Object> rule = new LinkedHashMap<>();
    map.forEach((key, value) -> rule.put(String.valueOf(key), value));
    ElastAlertRule converting = new ElastAlertRule(rule, lines);
    try {
      return converting.converted(name);
    } catch (UnconvertibleException e) {
      return Imported.refused(converting.line(converting.at), String.valueOf(e.getMessage()));
    }
  }

  /// The line of each key, from 1.
  private static Map<String, Integer> lines(@Nullable Node root) {
    Map<String, Integer> lines = new HashMap<>();
    if (root instanceof MappingNode mapping) {
      for (NodeTuple entry : mapping.getValue()) {
        if (entry.getKeyNode() instanceof ScalarNode key) {
          key.getStartMark().ifPresent(mark -> lines.put(key.getValue(), mark.getLine() + 1));
        }
      }
    }
    return lines;
  }

  private int line(String key) {
    return lines.getOrDefault(key, 1);
  }

  private void note(String key, String text) {
    notes.add(new Imported.Note(line(key), text));
  }

  /// What is wrong is about a key, also where it was not looked at.
  private UnconvertibleException refused(String key, String message) {
    at = key;
    return new UnconvertibleException(message);
  }

  private Imported converted(String name) throws UnconvertibleException {
    String type = text("type");
    String alert = rule.containsKey("name") ? text("name") : name;
    String time = rule.containsKey("timestamp_field") ? text("timestamp_field") : "@timestamp";
    if (!time.equals("@timestamp")) {
      throw new UnconvertibleException(
          "timestamp_field is " + time + "; rules go by @timestamp alone");
    }
    if (Boolean.FALSE.equals(rule.get("is_enabled"))) {
      throw refused("is_enabled", "is_enabled is false; the rule does not run");
    }
    Yaml logs = new Yaml();
    String query = rule.containsKey("filter") ? Filters.query(value("filter")) : "*";
    Yaml test = new Yaml();
    String ours = test(type, test);
    logs.put("query", listed(type, query));
    logs.put("index", index());
    if (rule.containsKey("query_key")) {
      logs.put("by", texts("query_key"));
    }
    within(type, logs);
    if (rule.containsKey("query_delay")) {
      logs.put("delay", duration("query_delay"));
    }
    logs.put(ours, test);
    Yaml out = new Yaml();
    out.put("alert", alert);
    out.put("logs", logs);
    labels(out);
    annotations(out);
    leftOver();
    Yaml group = new Yaml();
    group.put("name", name);
    group.put("rules", List.of(out));
    Yaml file = new Yaml();
    file.put("groups", List.of(group));
    return new Imported(file.toString(), notes);
  }

  private String test(String type, Yaml test) throws UnconvertibleException {
    switch (type) {
      case "any", "blacklist", "whitelist" -> {
        return "any";
      }
      case "frequency" -> copy(test, "num_events");
      case "spike" -> {
        copy(test, "spike_height", "spike_type", "threshold_ref", "threshold_cur");
        copy(test, "alert_on_new_data");
      }
      case "flatline" -> {
        copy(test, "threshold");
        if (rule.containsKey("forget_keys")) {
          used.add("forget_keys");
          note(
              "forget_keys",
              "forget_keys: a silent key is forgotten after flatline.forget_after, 1d");
        }
      }
      case "new_term" -> newTerm(test);
      case "change" -> {
        test.put("compare_key", texts("compare_key"));
        copy(test, "ignore_null");
        if (rule.containsKey("timeframe")) {
          test.put("timeframe", duration("timeframe"));
        }
      }
      case "cardinality" -> copy(test, "cardinality_field", "max_cardinality", "min_cardinality");
      case "percentage_match" -> {
        test.put("match", Filters.query(value("match_bucket_filter")));
        copy(test, "max_percentage", "min_percentage", "min_denominator");
        return "percentage";
      }
      case "metric_aggregation" -> {
        if (rule.containsKey("metric_agg_script")) {
          throw refused("metric_agg_script", "metric_agg_script: rules compute on fields alone");
        }
        copy(test, "metric_agg_key", "metric_agg_type", "percentile_range");
        copy(test, "max_threshold", "min_threshold");
        return "metric";
      }
      default ->
          throw refused(
              "type",
              "there is no counterpart to the type "
                  + type
                  + "; any, blacklist, whitelist, frequency, spike, flatline, new_term, change,"
                  + " cardinality, percentage_match and metric_aggregation have one");
    }
    return type;
  }

  private void newTerm(Yaml test) throws UnconvertibleException {
    String key = rule.containsKey("fields") ? "fields" : "query_key";
    Object fields = value(key);
    List<String> names = new ArrayList<>();
    for (Object field : fields instanceof List<?> list ? list : List.of(fields)) {
      if (field instanceof List<?> composite) {
        composite.forEach(it -> names.add(String.valueOf(it)));
      } else {
        names.add(String.valueOf(field));
      }
    }
    if (fields instanceof List<?> list && list.size() > 1 && !(list.getFirst() instanceof List)) {
      throw new UnconvertibleException(
          "new_term over the fields " + names + " one by one: write a rule for each of them");
    }
    test.put("fields", names);
    if (key.equals("query_key")) {
      rule.remove("query_key");
    }
    if (rule.containsKey("terms_window_size")) {
      test.put("terms_window_size", duration("terms_window_size"));
    }
  }

  /// The query with the values of a blacklist or a whitelist.
  private String listed(String type, String query) throws UnconvertibleException {
    if (!type.equals("blacklist") && !type.equals("whitelist")) {
      return query;
    }
    String field = texts("compare_key").getFirst();
    List<String> values = texts(type);
    if (values.stream().anyMatch(it -> it.startsWith("!file"))) {
      throw new UnconvertibleException(type + " from a file: write its values into the query");
    }
    String list = Filters.oneOf(field, values);
    boolean ignoreNull = type.equals("blacklist") || Boolean.TRUE.equals(rule.get("ignore_null"));
    used.add("ignore_null");
    String listed =
        type.equals("blacklist")
            ? list
            : "NOT " + list + (ignoreNull ? " AND " + Filters.exists(field) : "");
    return query.equals("*") ? listed : "(" + query + ") AND " + listed;
  }

  private void within(String type, Yaml logs) throws UnconvertibleException {
    boolean byTimeframe = Set.of("frequency", "spike", "flatline", "cardinality").contains(type);
    String key = byTimeframe ? "timeframe" : "buffer_time";
    if (rule.containsKey(key)) {
      logs.put("within", duration(key));
    } else if (byTimeframe) {
      throw refused("timeframe", "timeframe is missing");
    }
  }

  private String index() throws UnconvertibleException {
    String index = text("index");
    used.add("use_strftime_index");
    return index.replaceAll("%[A-Za-z]([.\\-_]?%[A-Za-z])*", "*");
  }

  private void labels(Yaml out) throws UnconvertibleException {
    if (rule.containsKey("priority")) {
      Yaml labels = new Yaml();
      labels.put("priority", text("priority"));
      out.put("labels", labels);
    }
  }

  private void annotations(Yaml out) {
    Yaml annotations = new Yaml();
    annotate(annotations, "alert_subject", "summary");
    annotate(annotations, "alert_text", "description");
    annotate(annotations, "description", "about");
    if (!annotations.isEmpty()) {
      out.put("annotations", annotations);
    }
  }

  private void annotate(Yaml annotations, String key, String ours) {
    if (!(rule.get(key) instanceof String text)) {
      return;
    }
    used.add(key);
    if (text.contains("{") || rule.containsKey(key + "_args")) {
      used.add(key + "_args");
      note(
          key,
          key
              + " is filled in from the line; write it as an annotation, with {{ $labels.… }} and {{ $value }}: "
              + text.lines().findFirst().orElse(""));
    } else {
      annotations.put(ours, text);
    }
  }

  private void leftOver() {
    for (String key : rule.keySet()) {
      if (used.contains(key) || OF_ELASTALERT.contains(key)) {
        continue;
      }
      if (key.equals("realert") || key.equals("exponential_realert")) {
        note(
            key,
            key
                + ": an alert is one incident here; repeat_interval of its route says when it is told again");
      } else if (key.equals("aggregation") || key.equals("aggregation_key")) {
        note(key, key + ": group_by and group_interval of the route group alerts");
      } else if (key.equals("alert") || key.startsWith("slack_") || key.startsWith("email")) {
        note(key, key + ": the routing file says who is told");
      } else {
        note(key, key + " has no counterpart and was left out");
      }
    }
  }

  private void copy(Yaml to, String... keys) throws UnconvertibleException {
    for (String key : keys) {
      if (rule.containsKey(key)) {
        to.put(key, value(key));
      }
    }
  }

  private Object value(String key) throws UnconvertibleException {
    used.add(key);
    at = key;
    Object value = rule.get(key);
    if (value == null) {
      throw new UnconvertibleException(key + " is missing");
    }
    return value;
  }

  private String text(String key) throws UnconvertibleException {
    return String.valueOf(value(key));
  }

  private List<String> texts(String key) throws UnconvertibleException {
    Object value = value(key);
    List<String> texts = new ArrayList<>();
    for (Object it : value instanceof List<?> list ? list : List.of(value)) {
      texts.add(String.valueOf(it));
    }
    return texts;
  }

  /// A duration as ElastAlert writes it: `{minutes: 5}`.
  private String duration(String key) throws UnconvertibleException {
    Duration duration = Duration.ZERO;
    if (value(key) instanceof Map<?, ?> units) {
      for (Map.Entry<?, ?> unit : units.entrySet()) {
        if (!(unit.getValue() instanceof Number number)) {
          throw new UnconvertibleException(key + " is no duration: " + units);
        }
        long seconds =
            switch (String.valueOf(unit.getKey())) {
              case "weeks" -> 604_800;
              case "days" -> 86_400;
              case "hours" -> 3_600;
              case "minutes" -> 60;
              case "seconds" -> 1;
              default -> throw new UnconvertibleException(key + " has an unknown unit: " + units);
            };
        duration = duration.plusMillis((long) (number.doubleValue() * seconds * 1_000));
      }
      return PrometheusDurations.format(duration);
    }
    throw new UnconvertibleException(key + " is no duration such as {minutes: 5}");
  }
}
