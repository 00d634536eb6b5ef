package dev.longshore.alerting.rule;

/// What makes a rule true.
public sealed interface Condition permits MetricCondition, LogCondition {

  /// What is looked for, as text for people: PromQL, or a query with what must hold of it.
  String text();
}
