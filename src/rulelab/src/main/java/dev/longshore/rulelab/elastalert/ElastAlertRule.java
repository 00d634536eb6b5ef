package dev.longshore.rulelab.elastalert;

import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.shared.units.PrometheusDurations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /// What a type can't do without, beside an index.
  private static final Map<String, List<String>> REQUIRED =
      Map.of(
          "blacklist", List.of("compare_key", "blacklist"),
          "whitelist", List.of("compare_key", "whitelist"),
          "frequency", List.of("num_events", "timeframe"),
          "spike", List.of("spike_height", "timeframe"),
          "flatline", List.of("threshold", "timeframe"),
          "change", List.of("compare_key"),
          "cardinality", List.of("cardinality_field", "timeframe"),
          "percentage_match", List.of("match_bucket_filter"),
          "metric_aggregation", List.of("metric_agg_key", "metric_agg_type"));

  /// Types that ElastAlert asks about windows whose length is not the rule's `timeframe`.
  private static final Set<String> BY_BUFFER = Set.of("percentage_match", "metric_aggregation");

  /// Types whose figure is a number of lines.
  private static final Set<String> COUNTS_LINES =
      Set.of("any", "blacklist", "whitelist", "frequency", "flatline");

  /// Arguments of texts that are of the rule and not of the line.
  private static final Set<String> OF_THE_RULE = Set.of("name", "priority", "owner", "category");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+}");

  /// Reads the files that a rule imports.
  public interface Files {
    /// @param file as the rule names it
    /// @throws IOException when it can't be read; the message says why
    String read(String file) throws IOException;
  }

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
    return convert(
        name,
        text,
        file -> {
          throw new IOException("there is no file " + file);
        });
  }

  /// Converts a rule file.
  ///
  /// @param name of the group that is made
  /// @param files reads the files that `import` names
  public static Imported convert(String name, String text, Files files) {
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
      RuleImports.merge(rule, files);
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
    if (rule.containsKey("alertmanager_alertname")) {
      alert = text("alertmanager_alertname");
    }
    String time = rule.containsKey("timestamp_field") ? text("timestamp_field") : "@timestamp";
    if (!time.equals("@timestamp")) {
      throw new UnconvertibleException(
          "timestamp_field is " + time + "; rules go by @timestamp alone");
    }
    if (Yaml.isFalse(rule.get("is_enabled"))) {
      throw refused("is_enabled", "is_enabled is false; the rule does not run");
    }
    for (String key : REQUIRED.getOrDefault(type, List.of())) {
      if (rule.get(key) == null) {
        throw refused(rule.containsKey(key) ? key : "type", key + " is missing");
      }
    }
    for (Map.Entry<String, @Nullable Object> entry : rule.entrySet()) {
      String why = UnconvertedKeys.meaning(entry.getKey(), entry.getValue());
      if (why != null) {
        throw refused(entry.getKey(), why);
      }
    }
    Yaml logs = new Yaml();
    String query = rule.containsKey("filter") ? Filters.query(value("filter")) : "*";
    Yaml test = new Yaml();
    String ours = test(type, test);
    List<Yaml> tests = type.equals("new_term") ? newTerms() : List.of(test);
    logs.put("query", listed(type, query));
    logs.put("index", index());
    if (rule.containsKey("query_key")) {
      logs.put("by", texts("query_key"));
    }
    within(type, logs);
    if (rule.containsKey("query_delay")) {
      logs.put("delay", duration("query_delay"));
    }
    Yaml words = new Yaml();
    labels(words);
    annotations(words);
    leftOver();
    List<Yaml> rules = new ArrayList<>();
    for (Yaml one : tests) {
      Yaml out = new Yaml();
      out.put("alert", alert);
      out.put("logs", logs.with(ours, one));
      rules.add(out.with(words));
    }
    Yaml group = new Yaml();
    group.put("name", name);
    group.put("rules", rules);
    Yaml file = new Yaml();
    file.put("groups", List.of(group));
    String made = file.toString();
    environment(made);
    return new Imported(made, notes);
  }

  /// ElastAlert fills in variables of its environment before it reads a rule.
  private void environment(String made) {
    Matcher variables = VARIABLE.matcher(made);
    Set<String> names = new TreeSet<>();
    while (variables.find()) {
      names.add(variables.group());
    }
    for (String name : names) {
      notes.add(
          new Imported.Note(
              1, name + " stands for a variable of ElastAlert's environment; write its value"));
    }
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
      case "new_term" -> {
        return type;
      }
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
        copy(test, "metric_agg_key");
        String function = text("metric_agg_type");
        test.put("metric_agg_type", function.equals("percentiles") ? "percentile" : function);
        copy(test, "percentile_range", "max_threshold", "min_threshold");
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

  /// A test for each element of `fields`: a field, or several whose values are new together.
  private List<Yaml> newTerms() throws UnconvertibleException {
    String key = rule.containsKey("fields") ? "fields" : "query_key";
    Object fields = value(key);
    List<Yaml> tests = new ArrayList<>();
    for (Object field : fields instanceof List<?> list ? list : List.of(fields)) {
      Yaml test = new Yaml();
      test.put(
          "fields",
          (field instanceof List<?> together ? together : List.of(field))
              .stream().map(String::valueOf).toList());
      if (rule.containsKey("terms_window_size")) {
        test.put("terms_window_size", duration("terms_window_size"));
      }
      tests.add(test);
    }
    if (key.equals("fields") && rule.containsKey("query_key")) {
      note("query_key", "query_key: what is new goes by fields alone, as in ElastAlert");
    }
    rule.remove("query_key");
    return tests;
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
    String list = Lucene.oneOf(field, values);
    boolean ignoreNull = type.equals("blacklist") || Yaml.isTrue(rule.get("ignore_null"));
    used.add("ignore_null");
    String listed =
        type.equals("blacklist")
            ? list
            : "NOT " + list + (ignoreNull ? " AND " + Lucene.exists(field) : "");
    return query.equals("*") ? listed : "(" + query + ") AND " + listed;
  }

  private void within(String type, Yaml logs) throws UnconvertibleException {
    boolean byTimeframe = Set.of("frequency", "spike", "flatline", "cardinality").contains(type);
    String key =
        byTimeframe
            ? "timeframe"
            : BY_BUFFER.contains(type) && rule.containsKey("bucket_interval")
                ? "bucket_interval"
                : "buffer_time";
    if (rule.containsKey(key)) {
      logs.put("within", duration(key));
      used.add("buffer_time");
    } else if (BY_BUFFER.contains(type)) {
      note(
          "type",
          "buffer_time is not in the rule, and ElastAlert's own configuration is not read; within"
              + " is "
              + PrometheusDurations.format(LogCondition.DEFAULT_WITHIN)
              + " until you write another");
    }
  }

  private String index() throws UnconvertibleException {
    String index = String.join(",", texts("index"));
    used.add("use_strftime_index");
    return index.replaceAll("%[A-Za-z]([.\\-_]?%[A-Za-z])*", "*");
  }

  private void labels(Yaml out) throws UnconvertibleException {
    Yaml labels = new Yaml();
    if (rule.containsKey("priority")) {
      labels.put("priority", text("priority"));
    }
    ofAlertmanager("alertmanager_labels", labels);
    if (!labels.isEmpty()) {
      out.put("labels", labels);
    }
  }

  /// Labels or annotations that ElastAlert posts to an Alertmanager beside its own: routes go by
  /// them.
  private void ofAlertmanager(String key, Yaml to) {
    if (!(rule.get(key) instanceof Map<?, ?> texts)) {
      return;
    }
    used.add(key);
    texts.forEach(
        (name, value) -> {
          String text = String.valueOf(value);
          if (text.contains("{{") || text.contains("{%")) {
            note(key, key + "." + name + " is filled in from the line; write it anew: " + text);
          } else if (!"alertname".equals(name)) {
            to.put(String.valueOf(name), text);
          }
        });
  }

  private void annotations(Yaml out) {
    Yaml annotations = new Yaml();
    ofAlertmanager("alertmanager_annotations", annotations);
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
    used.add(key + "_args");
    List<@Nullable String> arguments = new ArrayList<>();
    if (rule.get(key + "_args") instanceof List<?> list) {
      list.forEach(it -> arguments.add(argument(it)));
    }
    boolean otherwise =
        rule.containsKey(key + "_kw") || "alert_text_jinja".equals(rule.get("alert_text_type"));
    String template =
        otherwise && !key.equals("description") ? null : AlertText.template(text, arguments);
    if (template == null) {
      note(
          key,
          key
              + " is filled in from the line; write it as an annotation, with {{ $labels.… }} and"
              + " {{ $value }}: "
              + text.lines().findFirst().orElse(""));
    } else {
      annotations.put(ours, template);
    }
  }

  /// What an argument of a text is in a template of ours; null where that is not known: a field of
  /// the line that is no label.
  private @Nullable String argument(@Nullable Object argument) {
    String name = String.valueOf(argument);
    Object keys = rule.get("query_key");
    if (name.equals(keys) || (keys instanceof List<?> list && list.contains(name))) {
      return "{{ $labels." + LogCondition.label(name) + " }}";
    }
    if (name.equals("num_hits") && COUNTS_LINES.contains(String.valueOf(rule.get("type")))) {
      return "{{ $value }}";
    }
    Object own = OF_THE_RULE.contains(name) ? rule.get(name) : null;
    return own == null ? null : AlertText.literal(String.valueOf(own));
  }

  private void leftOver() {
    for (String key : rule.keySet()) {
      String note = used.contains(key) ? null : UnconvertedKeys.note(key);
      if (note != null) {
        note(key, note);
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
