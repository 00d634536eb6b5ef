package dev.longshore.alerting.oncall;

import java.time.Duration;
import java.util.List;

/// What is done about a group that nobody acknowledges.
///
/// @param receivers whose groups it is for: receivers that routes name
/// @param steps one after the other; never empty
/// @param repeats how often all steps are taken again after the last
/// @param repeatAfter from the last step to the first of the next round
/// @param line where it stands in the file
public record EscalationPolicy(
    String name,
    List<String> receivers,
    List<EscalationStep> steps,
    int repeats,
    Duration repeatAfter,
    int line) {

  public EscalationPolicy {
    receivers = List.copyOf(receivers);
    steps = List.copyOf(steps);
  }

  /// How long after the step before a step is due.
  ///
  /// @param round 0 for the first
  public Duration wait(int round, int step) {
    Duration after = steps.get(step).after();
    return step == 0 && round > 0 ? repeatAfter.plus(after) : after;
  }
}
