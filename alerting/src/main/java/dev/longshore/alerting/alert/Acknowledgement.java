package dev.longshore.alerting.alert;

import java.time.Instant;
import java.util.Set;

/// That somebody sees to a group: it is not repeated while that lasts.
///
/// @param group the group's id
/// @param receiver the group's receiver
/// @param by who acknowledged it, for people
/// @param until when it ends by itself; not included
/// @param comment may be empty
/// @param alerts those that fired and were not suppressed when it was acknowledged, without those
///   that a flush has seen end; others are news, and end the acknowledgement
public record Acknowledgement(
    String group,
    String receiver,
    String by,
    Instant at,
    Instant until,
    String comment,
    Set<Fingerprint> alerts) {

  public Acknowledgement {
    alerts = Set.copyOf(alerts);
  }

  /// The same, of fewer alerts.
  public Acknowledgement of(Set<Fingerprint> left) {
    return new Acknowledgement(group, receiver, by, at, until, comment, left);
  }
}
