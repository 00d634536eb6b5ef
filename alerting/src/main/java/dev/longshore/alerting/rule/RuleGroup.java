package dev.longshore.alerting.rule;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rules that are evaluated one after the other, at the same times. File and name identify it.
///
/// @param file as it was found; an object of the cluster by [RuleObjects#name]
/// @param interval between evaluations; null for the standard one
/// @param limit alerts of one rule above it are an error of that rule; 0 for none
/// @param queryOffset how far before its time an evaluation looks; null for the standard
/// @param labels of all its rules; they are in the rules' labels too
/// @param rules in the order of the file, without those that never had a good version
public record RuleGroup(
    String name,
    String file,
    @Nullable Duration interval,
    int limit,
    @Nullable Duration queryOffset,
    Map<String, String> labels,
    List<Rule> rules) {
  public RuleGroup {
    rules = List.copyOf(rules);
  }
}
