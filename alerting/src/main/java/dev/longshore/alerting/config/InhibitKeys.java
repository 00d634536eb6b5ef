package dev.longshore.alerting.config;

import dev.longshore.alerting.route.InhibitRule;
import dev.longshore.shared.config.Section;
import java.util.ArrayList;
import java.util.List;

/// The section `inhibit_rules`.
final class InhibitKeys {
  private InhibitKeys() {}

  static List<InhibitRule> read(Section root) {
    List<InhibitRule> rules = new ArrayList<>();
    for (Section section : root.sections("inhibit_rules", "Which alerts keep others quiet.")) {
      String name = section.optionalText("name");
      InhibitRule rule =
          new InhibitRule(
              name == null ? "" : name,
              MatcherKeys.read(section, "source_matchers", "source_match", "source_match_re"),
              MatcherKeys.read(section, "target_matchers", "target_match", "target_match_re"),
              section.strings("equal", List.of(), ""));
      // An alert on both sides of a rule is not inhibited by another such: without matchers none
      // is.
      if (!rule.source().isEmpty() || !rule.target().isEmpty()) {
        rules.add(rule);
      }
    }
    return rules;
  }
}
