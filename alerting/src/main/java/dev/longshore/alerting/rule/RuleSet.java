package dev.longshore.alerting.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rules that run now, and what is to be said about those that do not.
///
/// @param groups in the order of files and of groups in them
/// @param quarantined what is broken, each until it is valid again or gone
/// @param warnings what will show itself in a text, such as a field that there is not
/// @param removed rules that ran before and are gone from their files on purpose
/// @param unlisted namespaces whose objects are not known yet; see [RuleObjects]
public record RuleSet(
    List<RuleGroup> groups,
    List<BrokenRule> quarantined,
    List<RuleProblem> warnings,
    List<RuleId> removed,
    Set<String> unlisted) {
  public static final RuleSet EMPTY = new RuleSet(List.of(), List.of(), List.of(), List.of());

  public RuleSet {
    groups = List.copyOf(groups);
    quarantined = List.copyOf(quarantined);
    warnings = List.copyOf(warnings);
    removed = List.copyOf(removed);
    unlisted = Set.copyOf(unlisted);
  }

  /// Of files alone.
  public RuleSet(
      List<RuleGroup> groups,
      List<BrokenRule> quarantined,
      List<RuleProblem> warnings,
      List<RuleId> removed) {
    this(groups, quarantined, warnings, removed, Set.of());
  }

  /// Whether a file may have rules that are not among the groups: something in it is broken and has
  /// no good version since this process began, or it is an object that could not be listed yet.
  /// What such a rule raised earlier is not over because it is not seen here.
  public boolean mayMissRulesOf(String file) {
    return RuleObjects.mayHold(file, unlisted)
        || quarantined.stream().anyMatch(it -> it.running() == null && it.id().file().equals(file));
  }

  /// This and another, of files and of the cluster.
  public RuleSet with(RuleSet other) {
    return new RuleSet(
        joined(groups, other.groups),
        joined(quarantined, other.quarantined),
        joined(warnings, other.warnings),
        joined(removed, other.removed),
        Stream.concat(unlisted.stream(), other.unlisted.stream()).collect(Collectors.toSet()));
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
