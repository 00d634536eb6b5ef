package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import java.util.List;

/// While an alert fires that matches the source, alerts that match the target, and have the same
/// values of the `equal` labels, are not told.
///
/// @param name may be empty
/// @param equal a label that neither has counts as equal
public record InhibitRule(
    String name, List<Matcher> source, List<Matcher> target, List<String> equal) {
  public InhibitRule {
    source = List.copyOf(source);
    target = List.copyOf(target);
    equal = List.copyOf(equal);
  }

  boolean isSource(Labels labels) {
    return Matchers.match(source, labels);
  }

  boolean isTarget(Labels labels) {
    return Matchers.match(target, labels);
  }
}
