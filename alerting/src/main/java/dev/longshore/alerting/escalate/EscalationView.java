package dev.longshore.alerting.escalate;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An escalation as it is at one moment.
///
/// @param group the group's id
/// @param receiver the group's own receiver
/// @param policy its name
/// @param state `running`, `stopped` or `done`
/// @param round 1 for the first
/// @param step the next one, 1 for the first
/// @param due when it is taken; null when it is not running
/// @param told receivers that steps have added
public record EscalationView(
    String group,
    String receiver,
    String policy,
    String state,
    int round,
    int step,
    @Nullable Instant due,
    List<String> told) {
  public EscalationView {
    told = List.copyOf(told);
  }
}
