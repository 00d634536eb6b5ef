package dev.longshore.alerting.rule;

/// Where a rule is written.
///
/// @param file as it was found; an object of the cluster by [RuleObjects#name]
/// @param line from 1; 0 for an object, which has no lines
public record RuleLocation(String file, int line) {

  /// `file:line`, or `monitoring/node-rules (PrometheusRule)`.
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
