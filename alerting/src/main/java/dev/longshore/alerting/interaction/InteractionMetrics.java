package dev.longshore.alerting.interaction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// What people did in Slack.
final class InteractionMetrics {
  private final MeterRegistry registry;

  InteractionMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /// @param action a button's word, `modal` or `command`
  /// @param outcome `done`, `refused`, `gone`, `failed`
  void answered(String action, String outcome) {
    Counter.builder("longshore.slack.answers")
        .description(
            "What people did in Slack, by button or command, and its outcome: done; refused, when"
                + " the person may not; gone, when the group has ended or the message is another"
                + " Longshore's; failed")
        .tag("action", action)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  /// Something could not be told to the person who did it.
  void notTold() {
    Counter.builder("longshore.slack.answers.untold")
        .description(
            "Answers to people that Slack did not take; what they did was done all the same")
        .register(registry)
        .increment();
  }
}
