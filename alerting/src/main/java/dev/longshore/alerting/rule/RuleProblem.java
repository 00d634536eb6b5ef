package dev.longshore.alerting.rule;

/// One thing that is wrong with a rule file, a group or a rule.
///
/// @param file as it was found; an object of the cluster by [RuleObjects#name]
/// @param line from 1; 0 when it is about the file as a whole
/// @param group its name; empty when it is about the file, or the group has no name
/// @param number of the rule in its group, from 1; 0 when it is about the group or the file
/// @param rule its name; empty when it has none
/// @param message what is wrong, and what would be accepted
public record RuleProblem(
    String file, int line, String group, int number, String rule, String message) {

  /// `node.yml:12: group "node", rule 3, "DiskFull": …`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file).append(line > 0 ? ":" + line : "").append(": ");
    if (!group.isEmpty()) {
      text.append("group \"").append(group).append(number > 0 ? "\", " : "\": ");
    }
    if (number > 0) {
      text.append("rule ").append(number).append(rule.isEmpty() ? "" : ", \"" + rule + "\"");
      text.append(": ");
    }
    return text.append(message).toString();
  }
}
