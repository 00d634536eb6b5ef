package dev.longshore.agent.config;

import dev.longshore.agent.filter.FilterRule;
import dev.longshore.agent.filter.Filters;
import dev.longshore.shared.config.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The keys of the list `filters`.
final class FilterKeys {
  private FilterKeys() {}

  static Filters read(Section root) {
    List<FilterRule> rules = new ArrayList<>();
    for (Section section :
        root.sections(
            "filters",
            "Which records are left out of the index, at most 64 rules. The first that matches"
                + " decides; a record that none matches is shipped. What a rule names must all"
                + " hold, of a list any. `longshore agent filter` tries them on recorded lines.")) {
      rule(section).ifPresent(rules::add);
    }
    return root.build(() -> new Filters(rules), Filters.NONE);
  }

  private static Optional<FilterRule> rule(Section section) {
    String name =
        section.requiredString("name", "By which it is counted, such as `health-checks`.");
    List<String> namespaces =
        section.strings(
            "namespaces",
            List.of(),
            "Of the pod; `*` stands for any characters, as in the others.");
    List<String> workloads =
        section.strings(
            "workloads",
            List.of(),
            "Names of the deployment, statefulset, daemonset, cronjob, job or replicaset.");
    List<String> containers = section.strings("containers", List.of(), "Names of containers.");
    Map<String, String> labels =
        section.texts("labels", "Labels of the pod and their values, all of which it must have.");
    String stream =
        section.oneOf("stream", "both", List.of("both", "stdout", "stderr"), "Which stream.");
    List<String> levels =
        section.strings(
            "levels",
            List.of(),
            "`trace`, `debug`, `info`, `warn`, `error`, `fatal` as `log.level` has them; `none` for"
                + " records without one.");
    String contains =
        section.optionalString("contains", "Text that stands in the message, before redaction.");
    String regex =
        section.optionalString(
            "regex", "What matches somewhere in the message, in RE2's syntax, before redaction.");
    String action =
        section.string(
            "action",
            "drop",
            "`drop`, `keep`, or `sample 1/N` to ship one of N; which one depends on the document's"
                + " id alone, so that a line that is read again has the same fate.");
    return section.build(
        () ->
            Optional.of(
                new FilterRule(
                    name,
                    namespaces,
                    workloads,
                    containers,
                    labels,
                    stream.equals("both") ? "" : stream,
                    levels,
                    contains == null ? "" : contains,
                    regex == null ? "" : regex,
                    FilterRule.keepOneIn(action))),
        Optional.empty());
  }
}
