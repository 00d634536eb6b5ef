package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What was told last of a group: Alertmanager's notification log.
///
/// @param at when it was told
record NotificationLogEntry(Set<Fingerprint> firing, Set<Fingerprint> resolved, Instant at) {
  NotificationLogEntry {
    firing = Set.copyOf(firing);
    resolved = Set.copyOf(resolved);
  }

  /// Without alerts that are kept quiet now: when they are heard again, they are news. Alertmanager
  /// says nothing then until `repeat_interval` is over.
  NotificationLogEntry without(Set<Fingerprint> quiet) {
    Set<Fingerprint> left = new TreeSet<>(firing);
    left.removeAll(quiet);
    return left.size() == firing.size() ? this : new NotificationLogEntry(left, resolved, at);
  }

  /// Alertmanager's `DedupStage.needsUpdate`.
  ///
  /// @param last what was told last; null when nothing was
  static Reason decide(
      @Nullable NotificationLogEntry last,
      Set<Fingerprint> firing,
      Set<Fingerprint> resolved,
      boolean sendResolved,
      Instant now,
      Duration repeatInterval) {
    if (last == null) {
      return firing.isEmpty() ? Reason.NONE : Reason.FIRST;
    }
    if (!last.firing.containsAll(firing)) {
      return last.firing.isEmpty() ? Reason.FIRST : Reason.NEW_ALERTS;
    }
    if (firing.isEmpty()) {
      return last.firing.isEmpty() ? Reason.NONE : Reason.ALL_RESOLVED;
    }
    if (sendResolved && !last.resolved.containsAll(resolved)) {
      return Reason.SOME_RESOLVED;
    }
    return last.at.isBefore(now.minus(repeatInterval)) ? Reason.REPEAT : Reason.NONE;
  }
}
