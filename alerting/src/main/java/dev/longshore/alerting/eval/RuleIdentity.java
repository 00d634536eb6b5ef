package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.Rule;
import dev.longshore.alerting.rule.RuleGroup;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// What makes a rule the same over reloads and restarts: its group, its name, the sources of its
/// labels, and which of those that have all this in common it is.
///
/// @param labels the sources of its labels, which may be templates
/// @param ordinal from 0, in the order of the file
record RuleIdentity(String file, String group, String name, Labels labels, int ordinal) {

  /// The alerting rules of a group by their identities, in the order of the file.
  static Map<RuleIdentity, AlertingRule> of(RuleGroup group) {
    Map<RuleIdentity, Integer> seen = new HashMap<>();
    Map<RuleIdentity, AlertingRule> rules = new LinkedHashMap<>();
    for (Rule rule : group.rules()) {
      if (rule instanceof AlertingRule alerting) {
        RuleIdentity first =
            new RuleIdentity(
                group.file(), group.name(), rule.name(), Labels.of(alerting.labelTexts()), 0);
        int ordinal = seen.merge(first, 1, Integer::sum) - 1;
        rules.put(
            new RuleIdentity(first.file, first.group, first.name, first.labels, ordinal), alerting);
      }
    }
    return rules;
  }

  /// The same rule in any group: a rule that was moved is known by it.
  RuleIdentity anywhere() {
    return new RuleIdentity("", "", name, labels, 0);
  }
}
