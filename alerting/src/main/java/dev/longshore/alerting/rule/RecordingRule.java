package dev.longshore.alerting.rule;

import java.util.Map;

/// A rule that records a metric. It is known and shown, and evaluated by Prometheus.
///
/// @param name the metric that it records
/// @param labels the group's, and the rule's own, which win
public record RecordingRule(
    String name, String expression, Map<String, String> labels, RuleLocation location)
    implements Rule {}
