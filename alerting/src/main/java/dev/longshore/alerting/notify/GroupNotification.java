package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.SilenceNote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A group at a moment, sorted into what fires, what has ended and what is kept quiet.
///
/// @param flush whether the group's timer has come; otherwise something changed in between
/// @param firing alerts that fire and are not suppressed
/// @param resolved alerts that have ended and are not suppressed
/// @param quiet alerts that fire and are suppressed
/// @param quietResolved alerts that have ended while suppressed
/// @param silences those that keep alerts of it quiet now, as far as they are known, the first that
///   ends at first
public record GroupNotification(
    AlertGroup group,
    Instant now,
    boolean flush,
    List<Alert> firing,
    List<Alert> resolved,
    List<Member> quiet,
    List<Alert> quietResolved,
    List<SilenceNote> silences) {

  /// @param silence what is known of a silence by its id; null for nothing
  static GroupNotification of(
      AlertGroup group,
      Instant now,
      boolean flush,
      Function<String, @Nullable SilenceNote> silence) {
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
    Set<String> ids = new TreeSet<>();
    quiet.forEach(member -> ids.addAll(member.suppression().silencedBy()));
    List<SilenceNote> silences =
        ids.stream()
            .map(silence)
            .filter(Objects::nonNull)
            .sorted(Comparator.comparing(SilenceNote::until).thenComparing(SilenceNote::by))
            .toList();
    return new GroupNotification(
        group, now, flush, firing, resolved, quiet, quietResolved, silences);
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

  /// What was told last, as far as it still counts: without what is suppressed now.
  NotificationLogEntry suppressedIn(NotificationLogEntry last) {
    return last.suppressing(
        fingerprints(quiet.stream().map(Member::alert).toList()), fingerprints(quietResolved));
  }
}
