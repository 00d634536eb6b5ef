package dev.longshore.alerting.rule;

/// What tells a rule from all others, over changes of its file.
///
/// @param group empty for a file as a whole
/// @param name empty for a group as a whole
/// @param occurrence from 0: which of the rules of this name in the group
public record RuleId(String file, String group, String name, int occurrence) {

  static RuleId ofFile(String file) {
    return new RuleId(file, "", "", 0);
  }

  static RuleId ofGroup(String file, String group) {
    return new RuleId(file, group, "", 0);
  }

  /// `node.yml: node: DiskFull`.
  @Override
  public String toString() {
    return file
        + (group.isEmpty() ? "" : ": " + group)
        + (name.isEmpty() ? "" : ": " + name)
        + (occurrence == 0 ? "" : " (" + (occurrence + 1) + ")");
  }
}
