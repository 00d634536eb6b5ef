package dev.longshore.alerting.rule;

/// One rule of a group.
public sealed interface Rule permits AlertingRule, RecordingRule {

  /// The alert's name, or the recorded metric's.
  String name();

  RuleLocation location();
}
