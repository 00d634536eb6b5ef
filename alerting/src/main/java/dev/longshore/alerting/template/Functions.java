package dev.longshore.alerting.template;

import dev.longshore.shared.clock.Clock;

/// The functions that templates may call, by their names.
public final class Functions {
  private Functions() {}

  /// The names of all.
  public java.util.Set<String> names() {
    return java.util.Set.of();
  }

  /// The functions of Prometheus' rule templates, and the variables `$labels`, `$value`,
  /// `$externalLabels` and `$externalURL`; the data is [AlertData].
  ///
  /// @param context what they know of the evaluation
  public static Functions prometheus(RuleContext context) {
    return new Functions();
  }

  /// The functions of Alertmanager's notification templates.
  ///
  /// @param clock for `since`
  public static Functions alertmanager(Clock clock) {
    return new Functions();
  }
}
