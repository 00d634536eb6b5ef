package dev.longshore.alerting.rule;

import java.util.ArrayList;
import java.util.List;

/// The rules that run now, and what is to be said about those that do not.
///
/// @param groups in the order of files and of groups in them
/// @param quarantined what is broken, each until it is good again or gone
/// @param warnings what will show itself in a text, such as a field that there is not
/// @param removed rules that ran before and are gone from their files on purpose
public record RuleSet(
    List<RuleGroup> groups,
    List<Quarantine> quarantined,
    List<RuleProblem> warnings,
    List<RuleId> removed) {
  public static final RuleSet EMPTY = new RuleSet(List.of(), List.of(), List.of(), List.of());

  public RuleSet {
    groups = List.copyOf(groups);
    quarantined = List.copyOf(quarantined);
    warnings = List.copyOf(warnings);
    removed = List.copyOf(removed);
  }

  /// This and another, of files and of the cluster.
  public RuleSet with(RuleSet other) {
    return new RuleSet(
        joined(groups, other.groups),
        joined(quarantined, other.quarantined),
        joined(warnings, other.warnings),
        joined(removed, other.removed));
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
