package dev.longshore.alerting.rule;

import dev.longshore.gotemplate.Template;
import java.time.Duration;
import java.util.Map;

/// A rule that raises alerts.
///
/// @param holdFor how long the condition must hold before the alert fires: `for`
/// @param keepFiringFor how long it goes on firing after the condition ended: `keep_firing_for`
/// @param labels added to the sample's: the group's, and the rule's own, which win
/// @param annotations text for people
/// @param labelTexts the sources of `labels`, in the order of the file
/// @param annotationTexts the sources of `annotations`, in the order of the file
public record AlertingRule(
    String name,
    Condition condition,
    Duration holdFor,
    Duration keepFiringFor,
    Map<String, Template> labels,
    Map<String, Template> annotations,
    Map<String, String> labelTexts,
    Map<String, String> annotationTexts,
    RuleLocation location)
    implements Rule {}
