package dev.longshore.alerting.eval;

import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.RecordingRule;
import dev.longshore.alerting.rule.Rule;
import dev.longshore.alerting.rule.RuleGroup;
import java.util.List;
import java.util.Objects;

/// Whether two versions of a group ask the same at the same times, and say the same; the lines may
/// be others.
final class GroupDiff {
  private GroupDiff() {}

  static boolean in(RuleGroup a, RuleGroup b) {
    return Objects.equals(a.interval(), b.interval())
        && a.limit() == b.limit()
        && Objects.equals(a.queryOffset(), b.queryOffset())
        && parts(a).equals(parts(b));
  }

  private static List<List<Object>> parts(RuleGroup group) {
    return group.rules().stream().map(GroupDiff::parts).toList();
  }

  private static List<Object> parts(Rule rule) {
    return switch (rule) {
      case RecordingRule recording -> List.of(recording.name(), recording.expression());
      case AlertingRule alerting ->
          List.of(
              alerting.name(),
              alerting.condition(),
              alerting.holdFor(),
              alerting.keepFiringFor(),
              alerting.labelTexts(),
              alerting.annotationTexts());
    };
  }
}
