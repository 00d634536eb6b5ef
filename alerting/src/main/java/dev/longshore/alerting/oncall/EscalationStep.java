package dev.longshore.alerting.oncall;

import java.time.Duration;
import java.util.List;

/// Whom a step of an escalation tells.
///
/// @param after how long nobody has acknowledged since the step before, or since the beginning
/// @param rotations whoever is on call in these
/// @param next whoever is on call in these after who is on call now
/// @param people these
/// @param receivers these of the Alertmanager file
public record EscalationStep(
    Duration after,
    List<String> rotations,
    List<String> next,
    List<String> people,
    List<String> receivers) {

  public EscalationStep {
    rotations = List.copyOf(rotations);
    next = List.copyOf(next);
    people = List.copyOf(people);
    receivers = List.copyOf(receivers);
  }
}
