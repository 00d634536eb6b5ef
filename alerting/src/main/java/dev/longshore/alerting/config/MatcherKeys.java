package dev.longshore.alerting.config;

import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.shared.config.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Matchers in the three ways that Alertmanager's file has for them: a list of texts, and the older
/// maps of equal values and of regular expressions.
final class MatcherKeys {
  private MatcherKeys() {}

  static List<Matcher> read(Section section, String matchersKey, String equalKey, String regexKey) {
    List<Matcher> matchers = new ArrayList<>();
    for (Map.Entry<String, String> equal : section.texts(equalKey, "").entrySet()) {
      matchers.add(new Matcher(equal.getKey(), Matcher.Op.EQUAL, equal.getValue()));
    }
    Section regexes = section.section(regexKey, "");
    for (Map.Entry<String, String> regex : regexes.texts().entrySet()) {
      if (regexes.isAbsent(regex.getKey())) {
        regexes.problem(regex.getKey(), "has no value; write a regular expression");
        continue;
      }
      try {
        matchers.add(Matcher.ofMatchRe(regex.getKey(), regex.getValue()));
      } catch (IllegalArgumentException e) {
        section.problem(regexKey, String.valueOf(e.getMessage()));
      }
    }
    for (String text : section.strings(matchersKey, List.of(), "")) {
      try {
        matchers.addAll(Matchers.parse(text));
      } catch (IllegalArgumentException e) {
        section.problem(matchersKey, String.valueOf(e.getMessage()));
      }
    }
    return matchers;
  }
}
