package dev.longshore.alerting.rule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a rule file says, as far as it could be understood.
///
/// @param problems with the file itself; when there are any, what it leaves out is not meant to be
///   gone
/// @param groups in the order of the file
/// @param warnings what is no reason to refuse anything
public record Reading(
    List<RuleProblem> problems, List<GroupReading> groups, List<RuleProblem> warnings) {

  /// A file that can't be read at all.
  static Reading failed(List<RuleProblem> problems) {
    return new Reading(problems, List.of(), List.of());
  }

  /// Everything that is wrong, in the order of the file.
  public List<RuleProblem> allProblems() {
    List<RuleProblem> all = new ArrayList<>(problems);
    for (GroupReading group : groups) {
      all.addAll(group.problems);
      group.rules.forEach(rule -> all.addAll(rule.problems));
    }
    return all;
  }

  /// A group.
  ///
  /// @param name empty when it has none
  /// @param problems with the group itself
  record GroupReading(
      String name,
      int line,
      @Nullable Duration interval,
      int limit,
      @Nullable Duration queryOffset,
      Map<String, String> labels,
      List<RuleReading> rules,
      List<RuleProblem> problems) {}

  /// A rule.
  ///
  /// @param name empty when it has none
  /// @param rule null when there are problems
  record RuleReading(String name, @Nullable Rule rule, List<RuleProblem> problems) {}
}
