package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What was told last of a group: Alertmanager's notification log.
///
/// @param firing alerts of which the receiver knows that they fire
/// @param resolved alerts of which it was told last that they have ended
/// @param withheld alerts that it was told of, and that were suppressed since: when they are heard
///   again they are news, and if they have ended by then, their end is
/// @param at when it was told
record NotificationLogEntry(
    Set<Fingerprint> firing, Set<Fingerprint> resolved, Set<Fingerprint> withheld, Instant at) {
  NotificationLogEntry {
    firing = Set.copyOf(firing);
    resolved = Set.copyOf(resolved);
    withheld = Set.copyOf(withheld);
  }

  /// With alerts withheld that are suppressed now, and without those that have ended while they
  /// were: nobody is told of such an end. Alertmanager has them as told until `repeat_interval` is
  /// over.
  NotificationLogEntry suppressing(Set<Fingerprint> quiet, Set<Fingerprint> quietResolved) {
    Set<Fingerprint> heard = new TreeSet<>(firing);
    Set<Fingerprint> kept = new TreeSet<>(firing);
    kept.retainAll(quiet);
    kept.addAll(withheld);
    kept.removeAll(quietResolved);
    heard.removeAll(quiet);
    heard.removeAll(quietResolved);
    return heard.size() == firing.size() && kept.size() == withheld.size()
        ? this
        : new NotificationLogEntry(heard, resolved, kept, at);
  }

  /// What is known once a notification is told.
  ///
  /// @param before what was told until then; null when nothing was
  static NotificationLogEntry told(
      @Nullable NotificationLogEntry before,
      Set<Fingerprint> firing,
      Set<Fingerprint> resolved,
      Instant now) {
    Set<Fingerprint> withheld = new TreeSet<>(before == null ? Set.of() : before.withheld);
    withheld.removeAll(firing);
    withheld.removeAll(resolved);
    return new NotificationLogEntry(firing, resolved, withheld, now);
  }

  NotificationLogEntry at(Instant time) {
    return new NotificationLogEntry(firing, resolved, withheld, time);
  }

  /// Whether the receiver was told of an alert whose end it was not told.
  boolean isOpen() {
    return !firing.isEmpty() || !withheld.isEmpty();
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
      return last.isOpen() ? Reason.NEW_ALERTS : Reason.FIRST;
    }
    if (firing.isEmpty()) {
      boolean ended = !last.firing.isEmpty() || resolved.stream().anyMatch(last.withheld::contains);
      return ended && !resolved.isEmpty() ? Reason.ALL_RESOLVED : Reason.NONE;
    }
    if (sendResolved && !last.resolved.containsAll(resolved)) {
      return Reason.SOME_RESOLVED;
    }
    return last.at.isBefore(now.minus(repeatInterval)) ? Reason.REPEAT : Reason.NONE;
  }
}
