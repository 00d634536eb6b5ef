package dev.longshore.alerting.receiver.slack;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What happened to a group since its last flush, as lines for its card's thread. Nothing is said
/// while all of the group is kept quiet but that it is so.
///
/// @param memory what is to be compared with next time
/// @param lines mrkdwn; null when nothing happened
/// @param broadcast whether somebody is to be told: Alertmanager would post
/// @param sameShape whether the same alerts fire as before, and the same people see to them
record Timeline(String memory, @Nullable String lines, boolean broadcast, boolean sameShape) {
  private static final int NAMES = 5;

  static Timeline of(GroupNotification groupNotification, Reason reason, @Nullable String memory) {
    Set<String> firing = names(groupNotification.firing());
    Set<String> quiet = names(groupNotification.quiet().stream().map(Member::alert).toList());
    String shape = String.join(" ", firing) + "|" + String.join(" ", quiet);
    String handled = handled(groupNotification);
    if (memory == null) {
      return new Timeline(shape + "|" + shape + "|" + handled + "|" + handled, null, false, false);
    }
    List<String> parts = List.of(memory.split("\\|", -1));
    String shapeBefore = parts.get(0) + "|" + parts.get(1);
    Set<String> toldFiring = set(parts.get(2));
    Set<String> toldQuiet = set(parts.get(3));
    // What a version before this one remembered ends after the fourth part.
    String handledBefore = parts.size() > 4 ? parts.get(4) : "";
    String toldHandled = parts.size() > 5 ? parts.get(5) : "";
    boolean sameShape = shape.equals(shapeBefore) && handled.equals(handledBefore);
    if (!groupNotification.flush()) {
      return new Timeline(
          String.join("|", shape, parts.get(2), parts.get(3), handled, toldHandled),
          null,
          false,
          sameShape);
    }
    List<String> lines = new ArrayList<>();
    boolean broadcast = reason != Reason.NONE && reason != Reason.SOME_RESOLVED;
    Set<String> newFiring = minus(firing, toldFiring);
    Set<String> newQuiet = minus(quiet, toldQuiet);
    Set<String> ended = minus(minus(union(toldFiring, toldQuiet), firing), quiet);
    String at = Incident.time(groupNotification.now());
    if (reason == Reason.FIRST || reason == Reason.NEW_ALERTS) {
      lines.add(
          ":red_circle: "
              + at
              + "  "
              + count(newFiring, "more firing", groupNotification.firing()));
    } else if (reason == Reason.REPEAT) {
      lines.add(":bell: " + at + "  still firing: " + firing.size());
    }
    if (!newQuiet.isEmpty()) {
      lines.add(":no_bell: " + at + "  " + newQuiet.size() + " silenced, muted or inhibited");
    }
    if (!handled.isEmpty() && !handled.equals(toldHandled)) {
      lines.addAll(new Incident(groupNotification, "").handled());
    }
    boolean heard = !groupNotification.resolved().isEmpty() || !firing.isEmpty();
    if (!ended.isEmpty() && heard) {
      lines.add(
          groupNotification.isOver()
              ? ":large_green_circle: " + at + "  all resolved"
              : ":large_green_circle: " + at + "  " + ended.size() + " resolved");
    }
    return new Timeline(
        shape + "|" + shape + "|" + handled + "|" + handled,
        lines.isEmpty() ? null : String.join("\n", lines),
        broadcast && !lines.isEmpty(),
        sameShape);
  }

  /// Who sees to it and who silenced it, as something that is another when they are others.
  private static String handled(GroupNotification groupNotification) {
    Acknowledgement acknowledgement = groupNotification.group().acknowledgement();
    if (acknowledgement == null && groupNotification.silences().isEmpty()) {
      return "";
    }
    return Integer.toHexString(
        Objects.hash(
            acknowledgement == null ? "" : acknowledgement.by(),
            acknowledgement == null ? "" : acknowledgement.at().toString(),
            groupNotification.silences().toString()));
  }

  private static String count(Set<String> added, String what, List<Alert> alerts) {
    List<String> names =
        alerts.stream()
            .filter(alert -> added.contains(alert.fingerprint().toString()))
            .limit(NAMES)
            .map(Timeline::name)
            .toList();
    String more = added.size() > NAMES ? ", …" : "";
    return added.size() + " " + what + ": " + String.join(", ", names) + more;
  }

  private static String name(Alert alert) {
    String name = alert.name();
    for (String label : List.of("pod", "deployment", "instance", "namespace")) {
      if (alert.labels().has(label)) {
        name += " " + alert.labels().get(label);
        break;
      }
    }
    return Markup.escaped(Markup.cutPlain(name.replace('@', '＠'), 120)).replace('\n', ' ');
  }

  private static Set<String> names(List<Alert> alerts) {
    Set<String> names = new TreeSet<>();
    alerts.forEach(alert -> names.add(alert.fingerprint().toString()));
    return names;
  }

  private static Set<String> set(String names) {
    return names.isEmpty() ? Set.of() : new TreeSet<>(List.of(names.split(" ", -1)));
  }

  private static Set<String> minus(Set<String> all, Set<String> without) {
    Set<String> left = new TreeSet<>(all);
    left.removeAll(without);
    return left;
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> both = new TreeSet<>(one);
    both.addAll(other);
    return both;
  }
}
