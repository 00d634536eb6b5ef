package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.GroupListener;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Forms groups of alerts by the routing tree, and says when each is told. Owned by the alerting
/// loop; every method is called on it.
///
/// A group is told for the first time `group_wait` after its first alert, or at once when that
/// alert has been firing for longer; then every `group_interval` as long as it has alerts. What
/// happens in between is passed on as a change, many changes together, at most once in
/// [#CHANGES_EVERY].
///
/// Suppressed alerts stay in their groups: the listener learns what suppresses them and decides.
public final class Dispatcher {

  /// Changes of a group are collected for this long.
  public static final Duration CHANGES_EVERY = Duration.ofSeconds(1);

  private static final Comparator<AlertGroup.Member> OLDEST_FIRST =
      Comparator.comparing((AlertGroup.Member it) -> it.alert().startsAt())
          .thenComparing(it -> it.alert().labels());

  private final Clock clock;
  private final Loop loop;
  private final SilenceLookup silences;
  private final GroupListener listener;
  private final Decisions decisions;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private Routing routing;
  private IdentityHashMap<Route, String> routeIds;
  private Inhibitions inhibitions;
  private Loop.@Nullable Timer changes;

  public Dispatcher(
      Routing routing,
      Clock clock,
      Loop loop,
      SilenceLookup silences,
      GroupListener listener,
      Decisions decisions) {
    this.routing = routing;
    this.clock = clock;
    this.loop = loop;
    this.silences = silences;
    this.listener = listener;
    this.decisions = decisions;
    this.inhibitions = new Inhibitions(routing.inhibitRules());
    this.routeIds = routing.root().ids();
  }

  /// Takes another configuration. Groups that are the same in it keep their timers.
  ///
  /// @param alerts all that there are
  public void reload(Routing routing, Collection<Alert> alerts) {
    Map<String, Group> before = new LinkedHashMap<>(groups);
    this.routing = routing;
    inhibitions = new Inhibitions(routing.inhibitRules());
    routeIds = routing.root().ids();
    groups.clear();
    alerts.forEach(this::put);
    for (Group group : groups.values()) {
      Group old = before.remove(group.id);
      if (old != null && old.timer != null && isSame(old.route, group.route)) {
        cancel(group);
        group.flushed = old.flushed;
        group.timer = loop.at(old.timer.due(), () -> flush(group));
        cancel(old);
      } else if (old != null) {
        cancel(old);
      }
    }
    before.values().forEach(Dispatcher::cancel);
    refresh();
  }

  private static boolean isSame(Route old, Route route) {
    return old.timing().equals(route.timing()) && old.receiver().equals(route.receiver());
  }

  /// Takes an alert that came, changed or ended.
  public void put(Alert alert) {
    Instant now = clock.now();
    boolean inhibits = inhibitions.update(alert, now);
    for (Route route : routing.root().match(alert.labels())) {
      Labels labels = route.grouping().of(alert.labels());
      String id = Group.id(routeIds.getOrDefault(route, route.key()), labels);
      Group group = groups.get(id);
      if (group == null) {
        group = new Group(id, route, labels);
        groups.put(id, group);
      }
      if (!group.flushed) {
        schedule(group, alert, now);
      }
      if (group.alerts.put(alert.fingerprint(), alert) == null) {
        decisions.note(
            alert.fingerprint(),
            now,
            "route",
            "routed to receiver '"
                + route.receiver()
                + "' by "
                + route.key()
                + ", grouped by "
                + labels
                + ", next flush "
                + due(group));
      }
      changed(group);
    }
    if (inhibits) {
      refresh();
    }
  }

  private static String due(Group group) {
    return group.timer == null ? "now" : "at " + group.timer.due();
  }

  /// Sets the first look. What has been firing for longer than the wait need not wait again, after
  /// a restart for example.
  private void schedule(Group group, Alert alert, Instant now) {
    Duration wait = group.route.timing().groupWait();
    boolean waited = alert.startsAt().plus(wait).isBefore(now);
    if (group.timer == null || waited) {
      cancel(group);
      group.timer = loop.at(waited ? now : now.plus(wait), () -> flush(group));
    }
  }

  /// Something that suppresses alerts may have changed: all groups are passed on again.
  public void refresh() {
    groups.values().forEach(this::changed);
  }

  /// Something about a group has changed beside its alerts: it is passed on again.
  public void refresh(String id) {
    Group group = groups.get(id);
    if (group != null) {
      changed(group);
    }
  }

  private void changed(Group group) {
    if (!group.flushed) {
      return; // nothing stands that could be edited
    }
    group.pendingEdit = true;
    if (changes == null) {
      changes = loop.in(CHANGES_EVERY, this::passChangesOn);
    }
  }

  private void passChangesOn() {
    changes = null;
    Instant now = clock.now();
    for (Group group : List.copyOf(groups.values())) {
      if (group.pendingEdit) {
        group.pendingEdit = false;
        listener.changed(snapshot(group, now), now);
      }
    }
  }

  /// The next look is set first: what a listener throws costs this one alone.
  private void flush(Group group) {
    Instant now = clock.now();
    group.flushed = true;
    group.pendingEdit = false;
    AlertGroup snapshot = snapshot(group, now);
    String muteReason = routing.muteReason(group.route, now);
    for (AlertGroup.Member member : snapshot.members()) {
      note(group, member, muteReason, now);
    }
    group.timer = loop.at(now.plus(group.route.timing().groupInterval()), () -> flush(group));
    listener.flush(snapshot, now);
    group.removeEnded(now);
    if (group.alerts.isEmpty()) {
      groups.remove(group.id);
      cancel(group);
      group.timer = null;
    }
  }

  /// Notes what suppresses an alert when it is another than at the flush before.
  private void note(Group group, AlertGroup.Member member, String muteReason, Instant now) {
    Alert alert = member.alert();
    Suppression suppression = member.suppression();
    Suppression before = group.noted.getOrDefault(alert.fingerprint(), Suppression.NONE);
    if (alert.isResolvedAt(now) || suppression.equals(before)) {
      return;
    }
    group.noted.put(alert.fingerprint(), suppression);
    String receiver = group.route.receiver();
    String notNotified = "not notifying " + receiver;
    if (suppression.isNotifiable()) {
      decisions.note(alert.fingerprint(), now, "route", "no longer suppressed for " + receiver);
    }
    if (!suppression.silencedBy().isEmpty()) {
      decisions.note(
          alert.fingerprint(),
          now,
          "silence",
          notNotified + ", because it is silenced by " + suppression.silencedBy());
    }
    if (!suppression.inhibitedBy().isEmpty()) {
      decisions.note(
          alert.fingerprint(),
          now,
          "inhibit",
          notNotified + ", because it is inhibited by " + suppression.inhibitedBy());
    }
    if (!suppression.mutedBy().isEmpty()) {
      decisions.note(alert.fingerprint(), now, "mute", notNotified + ", because " + muteReason);
    }
  }

  private static void cancel(Group group) {
    if (group.timer != null) {
      group.timer.cancel();
    }
  }

  private AlertGroup snapshot(Group group, Instant now) {
    List<String> muted = routing.mutedBy(group.route, now);
    List<AlertGroup.Member> members = new ArrayList<>(group.alerts.size());
    for (Alert alert : group.alerts.values()) {
      members.add(new AlertGroup.Member(alert, suppression(alert, muted, now)));
    }
    members.sort(OLDEST_FIRST);
    return new AlertGroup(
        group.id,
        group.key(),
        group.route.receiver(),
        group.labels,
        members,
        group.route.timing().repeatInterval());
  }

  private Suppression suppression(Alert alert, List<String> muted, Instant now) {
    List<String> silencedBy = silences.silencing(alert.labels(), now);
    var inhibitedBy = inhibitions.inhibiting(alert.labels(), now);
    return silencedBy.isEmpty() && inhibitedBy.isEmpty() && muted.isEmpty()
        ? Suppression.NONE
        : new Suppression(silencedBy, inhibitedBy, muted);
  }

  /// What suppresses an alert now, whatever its routes say about time.
  public Suppression suppression(Alert alert) {
    return suppression(alert, List.of(), clock.now());
  }

  /// What the configuration in force says about routing.
  public Routing routing() {
    return routing;
  }

  /// All groups as they are now.
  public List<AlertGroup> groups() {
    Instant now = clock.now();
    return groups.values().stream().map(group -> snapshot(group, now)).toList();
  }

  /// A group as it is now.
  ///
  /// @param name its id, or the hash of it
  /// @return null when there is none
  public @Nullable AlertGroup group(String name) {
    Group found = find(name);
    return found == null ? null : snapshot(found, clock.now());
  }

  private @Nullable Group find(String name) {
    Group found = groups.get(name);
    if (found == null) {
      for (Group group : groups.values()) {
        if (AlertGroup.hash(group.id).equals(name)) {
          found = group;
        }
      }
    }
    return found;
  }

  /// What an alert must match to belong to a group: the matchers of its routes, the labels that it
  /// is grouped by, and that it has not those which are grouped by and are not there. An alert that
  /// matches may go another way all the same, since an earlier route took it.
  ///
  /// @param name the group's id, or the hash of it
  /// @return empty when there is no such group, or it takes everything
  public List<Matcher> matchers(String name) {
    Group group = find(name);
    if (group == null) {
      return List.of();
    }
    Map<String, Matcher> matchers = new LinkedHashMap<>();
    group
        .labels
        .asMap()
        .forEach(
            (label, value) -> matchers.put(label, new Matcher(label, Matcher.Op.EQUAL, value)));
    for (String label : group.route.grouping().names()) {
      matchers.computeIfAbsent(label, it -> new Matcher(it, Matcher.Op.EQUAL, ""));
    }
    List<Matcher> all = new ArrayList<>(matchers.values());
    for (Matcher matcher : routing.root().matchersTo(group.route)) {
      if (!matchers.containsKey(matcher.name())) {
        all.add(matcher);
      }
    }
    return all;
  }

  /// The receivers that an alert goes to, in the order of the routes.
  public List<String> receivers(Labels labels) {
    return routing.receivers(labels);
  }

  /// Time intervals for which a receiver is not notified now.
  ///
  /// @param intervals their names
  /// @param reason for people
  /// @param until when it is notified again; null when that is more than a year away
  public record Mute(
      String receiver, List<String> intervals, String reason, @Nullable Instant until) {}

  /// What mutes groups now, each once.
  public List<Mute> mutes() {
    Instant now = clock.now();
    Set<Route> routes = Collections.newSetFromMap(new IdentityHashMap<>());
    groups.values().forEach(group -> routes.add(group.route));
    Set<Mute> mutes = new LinkedHashSet<>();
    for (Route route : routes) {
      List<String> mutedBy = routing.mutedBy(route, now);
      if (!mutedBy.isEmpty()) {
        mutes.add(
            new Mute(
                route.receiver(),
                mutedBy,
                routing.muteReason(route, now),
                routing.mutedUntil(route, now)));
      }
    }
    return List.copyOf(mutes);
  }

  /// A group that an alert is in.
  ///
  /// @param id the group's
  /// @param key as Alertmanager writes it
  /// @param nextFlush when it is decided whether its receiver is told; null while none is set
  /// @param mutedBy names of time intervals for which its route notifies nobody now
  public record Membership(
      String id, String receiver, String key, @Nullable Instant nextFlush, List<String> mutedBy) {}

  /// The groups that an alert is in, in the order of the routes.
  public List<Membership> memberships(Alert alert) {
    Instant now = clock.now();
    List<Membership> memberships = new ArrayList<>();
    for (Route route : routing.root().match(alert.labels())) {
      String routeId = routeIds.getOrDefault(route, route.key());
      Group group = groups.get(Group.id(routeId, route.grouping().of(alert.labels())));
      if (group != null && group.alerts.containsKey(alert.fingerprint())) {
        memberships.add(
            new Membership(
                group.id,
                route.receiver(),
                group.key(),
                group.timer == null ? null : group.timer.due(),
                routing.mutedBy(route, now)));
      }
    }
    return memberships;
  }
}
