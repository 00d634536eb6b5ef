package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.alert.Fingerprint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A group at a moment, sorted into what fires, what has ended and what is kept quiet.
///
/// @param flush whether the group's timer has come; otherwise something changed in between
/// @param firing alerts that fire and are not suppressed
/// @param resolved alerts that have ended and are not suppressed
/// @param quiet alerts that fire and are suppressed
/// @param quietResolved alerts that have ended while suppressed
public record GroupNotification(
    AlertGroup group,
    Instant now,
    boolean flush,
    List<Alert> firing,
    List<Alert> resolved,
    List<Member> quiet,
    List<Alert> quietResolved) {

  static GroupNotification of(AlertGroup group, Instant now, boolean flush) {
    List<Alert> firing = new ArrayList<>();
    List<Alert> resolved = new ArrayList<>();
    List<Member> quiet = new ArrayList<>();
    List<Alert> quietResolved = new ArrayList<>();
    for (Member member : group.members()) {
      boolean ended = member.alert().isResolvedAt(now);
      if (member.suppression().isNotifiable()) {
        (ended ? resolved : firing).add(member.alert());
      } else if (ended) {
        quietResolved.add(member.alert());
      } else {
        quiet.add(member);
      }
    }
    return new GroupNotification(group, now, flush, firing, resolved, quiet, quietResolved);
  }

  /// Whether nothing fires any more, quiet or not.
  public boolean isOver() {
    return firing.isEmpty() && quiet.isEmpty();
  }

  /// All alerts that have ended.
  public List<Alert> allResolved() {
    List<Alert> all = new ArrayList<>(resolved);
    all.addAll(quietResolved);
    return all;
  }

  static Set<Fingerprint> fingerprints(List<Alert> alerts) {
    Set<Fingerprint> fingerprints = new TreeSet<>();
    alerts.forEach(alert -> fingerprints.add(alert.fingerprint()));
    return fingerprints;
  }

  Set<Fingerprint> quietFingerprints() {
    Set<Fingerprint> fingerprints = new TreeSet<>();
    quiet.forEach(member -> fingerprints.add(member.alert().fingerprint()));
    return fingerprints;
  }
}
