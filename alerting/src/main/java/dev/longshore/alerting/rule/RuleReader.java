package dev.longshore.alerting.rule;

import dev.longshore.alerting.rule.Reading.GroupReading;
import dev.longshore.alerting.rule.Reading.RuleReading;
import dev.longshore.shared.config.ConfigException;
import dev.longshore.shared.config.ConfigReader;
import dev.longshore.shared.config.Problem;
import dev.longshore.shared.config.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads rule files, strictly: what Prometheus refuses is refused, with its words. Each problem is
/// of one rule, of a group or of the file, and costs nothing else.
public final class RuleReader {

  /// Keys of a group that others have: Thanos, Mimir, vmalert. They say where and when it is
  /// evaluated there, which has no meaning here.
  private static final List<String> OF_OTHERS =
      List.of(
          "partial_response_strategy",
          "source_tenants",
          "align_evaluation_time_on_interval",
          "evaluation_delay",
          "concurrency",
          "eval_alignment",
          "eval_offset",
          "eval_delay",
          "debug",
          "notifier_headers",
          "update_entries_limit");

  /// Keys of a vmalert group by which its rules are asked in another way.
  private static final List<String> OF_QUERIES = List.of("params", "headers", "tenant");

  private static final Pattern PLACE = Pattern.compile("groups\\[(\\d+)](?:\\.rules\\[(\\d+)])?.*");

  private final String file;
  private final ConfigReader reader;

  /// Whether lines are people's; they are not in an object that has none.
  private final boolean hasLines;

  private final List<RuleProblem> warnings = new ArrayList<>();

  private RuleReader(String file, ConfigReader reader, boolean hasLines) {
    this.file = file;
    this.reader = reader;
    this.hasLines = hasLines;
  }

  /// A group and its rules before the problems are known.
  private record Draft(Section section, String name, List<RuleDraft> rules) {}

  private record RuleDraft(String path, String name, @Nullable Rule rule) {}

  /// Reads a file.
  ///
  /// @param name what problems call it
  public static Reading read(String name, Path file) {
    try {
      return new RuleReader(name, ConfigReader.readVerbatim(file), true).read();
    } catch (ConfigException e) {
      return Reading.failed(ofFile(name, e.problems(), true));
    }
  }

  /// Reads a text of YAML or JSON.
  ///
  /// @param name what problems call it
  public static Reading readText(String name, String text) {
    try {
      return new RuleReader(name, ConfigReader.ofText(name, text), true).read();
    } catch (ConfigException e) {
      return Reading.failed(ofFile(name, e.problems(), true));
    }
  }

  /// Reads what an object of the cluster has in place of a file. Places and problems have no line:
  /// people see the object in another form.
  ///
  /// @param name what problems call it
  /// @param json the object's `spec`
  public static Reading readObject(String name, String json) {
    try {
      return new RuleReader(name, ConfigReader.ofText(name, json), false).read();
    } catch (ConfigException e) {
      return Reading.failed(ofFile(name, e.problems(), false));
    }
  }

  private static List<RuleProblem> ofFile(String name, List<Problem> problems, boolean hasLines) {
    return problems.stream()
        .map(
            it ->
                new RuleProblem(name, hasLines ? it.line() : 0, "", 0, "", message(it, it.path())))
        .toList();
  }

  /// vmalert asks other servers too.
  private static void type(Section section) {
    String type = section.optionalText("type");
    if (type != null && !type.isEmpty() && !type.equals("prometheus")) {
      section.problem("type", "is not PromQL; only `prometheus` is evaluated");
    }
  }

  private int line(int line) {
    return hasLines ? line : 0;
  }

  private Reading read() {
    List<Draft> drafts = new ArrayList<>();
    List<GroupReading> settings = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    foreign(reader.root());
    for (Section section : reader.root().sections("groups", "Groups of rules.")) {
      String name = groupName(section, seen);
      Map<String, String> labels = RuleFields.labels(section, "Labels of all rules.");
      settings.add(
          new GroupReading(
              name,
              line(section.line()),
              RuleFields.duration(section, "interval", "Between evaluations."),
              section.integer(
                  "limit", 0, Integer.MIN_VALUE, Integer.MAX_VALUE, "Most alerts of a rule."),
              RuleFields.duration(section, "query_offset", "How far back evaluations look."),
              labels,
              List.of(),
              List.of()));
      OF_OTHERS.forEach(section::ignore);
      OF_QUERIES.forEach(
          key ->
              section.refuse(
                  key,
                  "is not sent with queries, so they would find something else; write it into the"
                      + " URL of a source under `prometheus`, and name the group there"));
      type(section);
      List<RuleDraft> rules = new ArrayList<>();
      for (Section rule : section.sections("rules", "The rules.")) {
        RuleParser one = new RuleParser(file, name, number(rule.path()), rule, labels, hasLines);
        rules.add(new RuleDraft(rule.path(), one.name(), one.read()));
        warnings.addAll(one.warnings());
      }
      drafts.add(new Draft(section, name, rules));
    }
    return assign(drafts, settings, reader.finishWithProblems());
  }

  /// Knows keys at the top that are not Prometheus': the name that mimirtool gives a file, and what
  /// an object of the cluster has around its rules.
  private static void foreign(Section root) {
    root.ignore("namespace");
    if (!root.isAbsent("kind")) {
      root.refuse(
          "kind",
          "this is an object of Kubernetes; write what stands under its spec, or have objects"
              + " watched by kubernetes.enabled");
      List.of("apiVersion", "metadata", "spec", "status").forEach(root::ignore);
    }
  }

  private String groupName(Section section, Map<String, Integer> seen) {
    String name = RuleFields.text(section, "name", "Unique in the file.");
    if (name.isEmpty()) {
      section.problem("name", "Groupname must not be empty; name the group");
      return name;
    }
    Integer before = seen.putIfAbsent(name, section.line());
    if (before != null) {
      section.problem(
          "name",
          "groupname: \""
              + name
              + "\" is repeated in the same file"
              + (hasLines ? "; it is in line " + before : ""));
      return "";
    }
    return name;
  }

  /// Gives each problem to the rule, the group or the file that it is about.
  private Reading assign(List<Draft> drafts, List<GroupReading> settings, List<Problem> problems) {
    Map<String, List<RuleProblem>> byPath = new HashMap<>();
    for (Problem problem : problems) {
      Matcher place = PLACE.matcher(problem.path());
      String owner = "";
      RuleProblem told =
          new RuleProblem(file, line(problem.line()), "", 0, "", message(problem, problem.path()));
      if (place.matches()) {
        owner = "groups[" + place.group(1) + "]";
        Draft group = draft(drafts, owner);
        String groupName = group == null ? "" : group.name;
        int number = place.group(2) == null ? 0 : Integer.parseInt(place.group(2)) + 1;
        String within = problem.path().substring(place.end(number == 0 ? 1 : 2) + 1);
        owner += number == 0 ? "" : ".rules[" + (number - 1) + "]";
        told =
            new RuleProblem(
                file,
                line(problem.line()),
                groupName,
                number,
                number == 0 || group == null ? "" : ruleName(group, owner),
                message(problem, within.startsWith(".") ? within.substring(1) : within));
      }
      byPath.computeIfAbsent(owner, _ -> new ArrayList<>()).add(told);
    }
    List<GroupReading> groups = new ArrayList<>();
    for (int i = 0; i < drafts.size(); i++) {
      groups.add(group(drafts.get(i), settings.get(i), byPath));
    }
    List<RuleProblem> ofFile = new ArrayList<>(byPath.getOrDefault("", List.of()));
    // An element of `groups` that is no group, which the file alone can answer for.
    byPath.forEach(
        (owner, told) -> {
          if (owner.startsWith("groups[") && draft(drafts, groupPath(owner)) == null) {
            ofFile.addAll(told);
          }
        });
    return new Reading(List.copyOf(ofFile), groups, List.copyOf(warnings));
  }

  private static String groupPath(String owner) {
    return owner.substring(0, owner.indexOf(']') + 1);
  }

  private static @Nullable Draft draft(List<Draft> drafts, String path) {
    return drafts.stream().filter(it -> it.section.path().equals(path)).findFirst().orElse(null);
  }

  private static String ruleName(Draft group, String path) {
    return group.rules.stream()
        .filter(it -> it.path.equals(path))
        .map(RuleDraft::name)
        .findFirst()
        .orElse("");
  }

  private static GroupReading group(
      Draft draft, GroupReading settings, Map<String, List<RuleProblem>> byPath) {
    String path = draft.section.path();
    List<RuleReading> rules = new ArrayList<>();
    for (RuleDraft rule : draft.rules) {
      List<RuleProblem> problems = byPath.getOrDefault(rule.path, List.of());
      rules.add(new RuleReading(rule.name, problems.isEmpty() ? rule.rule : null, problems));
    }
    // An element of `rules` that is no rule; it takes its place.
    byPath.forEach(
        (owner, problems) -> {
          if (owner.startsWith(path + ".rules[")
              && draft.rules.stream().noneMatch(it -> it.path.equals(owner))) {
            rules.add(
                Math.min(number(owner) - 1, rules.size()), new RuleReading("", null, problems));
          }
        });
    return new GroupReading(
        settings.name(),
        settings.line(),
        settings.interval(),
        settings.limit(),
        settings.queryOffset(),
        settings.labels(),
        rules,
        byPath.getOrDefault(path, List.of()));
  }

  /// The number of a rule in its group, from 1.
  private static int number(String path) {
    return Integer.parseInt(path.substring(path.lastIndexOf('[') + 1, path.lastIndexOf(']'))) + 1;
  }

  /// A problem without its file and line.
  private static String message(Problem problem, String path) {
    String value = problem.value() == null ? "" : " '" + problem.value() + "'";
    return path.isEmpty() ? problem.message() : path + value + ": " + problem.message();
  }
}
