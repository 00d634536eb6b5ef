package dev.longshore.alerting.rule;

/// What makes a rule true.
public sealed interface Condition permits MetricCondition {}
