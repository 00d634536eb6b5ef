package dev.longshore.alerting.alert;

import java.util.List;

/// Why an alert is not notified of. It is still part of its group's message, which is edited and
/// resolved; it only makes no new post.
///
/// @param silencedBy ids of active silences
/// @param inhibitedBy fingerprints of the alerts that inhibit it
/// @param mutedBy names of time intervals
public record Suppression(
    List<String> silencedBy, List<Fingerprint> inhibitedBy, List<String> mutedBy) {
  public static final Suppression NONE = new Suppression(List.of(), List.of(), List.of());

  public Suppression {
    silencedBy = List.copyOf(silencedBy);
    inhibitedBy = List.copyOf(inhibitedBy);
    mutedBy = List.copyOf(mutedBy);
  }

  public boolean isNotifiable() {
    return silencedBy.isEmpty() && inhibitedBy.isEmpty() && mutedBy.isEmpty();
  }
}
