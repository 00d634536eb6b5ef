package dev.longshore.alerting.acknowledge;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Acknowledger;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.GroupListener;
import dev.longshore.alerting.alert.NoSuchGroupException;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All acknowledgements, and what is done with them. Groups that are passed on to the next listener
/// carry theirs. Owned by the alerting loop; every method is called on it.
public final class Acknowledgements implements Acknowledger, GroupListener {

  /// How long one lasts where nothing else is said: as long as Alertmanager's `repeat_interval`.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofHours(4);

  static final int MAX_NAME = 200;
  static final int MAX_COMMENT = 4_000;

  private static final String STAGE = "acknowledge";

  private final AcknowledgementStore store;
  private final Clock clock;
  private final Loop loop;
  private final Function<String, @Nullable AlertGroup> groups;
  private final Consumer<String> changed;
  private final GroupListener next;
  private final Decisions decisions;
  private final AcknowledgementsMetrics metrics;

  /// By the group's id.
  private final Map<String, Acknowledgement> byGroup = new HashMap<>();

  private Duration timeout = DEFAULT_TIMEOUT;
  private Loop.@Nullable Timer nextEnd;

  /// @param groups the group with an id or its hash, as it is now
  /// @param changed told the id of a group whose acknowledgement is another one
  /// @param next who is told of groups
  public Acknowledgements(
      AcknowledgementStore store,
      Clock clock,
      Loop loop,
      Function<String, @Nullable AlertGroup> groups,
      Consumer<String> changed,
      GroupListener next,
      Decisions decisions,
      AcknowledgementsMetrics metrics) {
    this.store = store;
    this.clock = clock;
    this.loop = loop;
    this.groups = groups;
    this.changed = changed;
    this.next = next;
    this.decisions = decisions;
    this.metrics = metrics;
  }

  /// Has acknowledgements that say nothing else end after another time than [#DEFAULT_TIMEOUT];
  /// those that are there keep their end.
  public void timeout(Duration duration) {
    timeout = duration;
  }

  /// Takes up what was there before a restart.
  public void start() {
    store.all().forEach(it -> byGroup.put(it.group(), it));
    scheduleNext();
  }

  /// Forgets those of groups that are gone: at the start, once every alert has been routed, and
  /// after a reload.
  ///
  /// @param known all groups that there are
  public void retainGroups(Collection<AlertGroup> known) {
    Set<String> ids = new HashSet<>();
    known.forEach(group -> ids.add(group.id()));
    for (Acknowledgement acknowledgement : List.copyOf(byGroup.values())) {
      if (!ids.contains(acknowledgement.group())) {
        forget(acknowledgement);
      }
    }
    scheduleNext();
  }

  @Override
  public Acknowledgement acknowledge(
      String name, String by, String comment, @Nullable Instant until) {
    Instant now = clock.now();
    Instant end = until == null ? now.plus(timeout) : until;
    check(by, comment, end, now);
    AlertGroup group = groups.apply(name);
    if (group == null) {
      throw new NoSuchGroupException(name);
    }
    if (!firesAnything(group, now)) {
      throw new IllegalArgumentException("nothing of the group fires any more");
    }
    Acknowledgement acknowledgement =
        new Acknowledgement(
            group.id(), group.receiver(), by.strip(), now, end, comment.strip(), heard(group, now));
    Acknowledgement before = byGroup.put(group.id(), acknowledgement);
    if (before != null && !before.receiver().equals(group.receiver())) {
      store.remove(before);
    }
    store.save(acknowledgement);
    note(
        group,
        now,
        acknowledgement.by()
            + " acknowledged the group of "
            + group.receiver()
            + (comment.isBlank() ? "" : " (" + acknowledgement.comment() + ")")
            + ": it is not repeated until "
            + Decisions.time(end)
            + ", unless more alerts fire in it");
    ended();
    changed.accept(group.id());
    return acknowledgement;
  }

  private static void check(String by, String comment, Instant end, Instant now) {
    if (by.isBlank() || by.length() > MAX_NAME) {
      throw new IllegalArgumentException(
          "an acknowledgement needs a name, of at most " + MAX_NAME + " characters");
    }
    if (comment.length() > MAX_COMMENT) {
      throw new IllegalArgumentException(
          "the comment has " + comment.length() + " characters; at most " + MAX_COMMENT);
    }
    if (!end.isAfter(now)) {
      throw new IllegalArgumentException("the end " + end + " is in the past");
    }
    try {
      var _ = end.toEpochMilli();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the end " + end + " is too far away", e);
    }
  }

  @Override
  public @Nullable Acknowledgement end(String name, String by) {
    for (Acknowledgement acknowledgement : byGroup.values()) {
      if (acknowledgement.group().equals(name)
          || AlertGroup.hash(acknowledgement.group()).equals(name)) {
        end(acknowledgement, by + " has ended it");
        return acknowledgement;
      }
    }
    return null;
  }

  /// The one of a group; null when nobody has acknowledged it.
  ///
  /// @param id the group's
  public @Nullable Acknowledgement of(String id) {
    return byGroup.get(id);
  }

  /// All that there are, the oldest first.
  public List<Acknowledgement> all() {
    return byGroup.values().stream().sorted(Comparator.comparing(Acknowledgement::at)).toList();
  }

  /// A group with its acknowledgement.
  public AlertGroup with(AlertGroup group) {
    Acknowledgement acknowledgement = byGroup.get(group.id());
    return acknowledgement != null && acknowledgement.receiver().equals(group.receiver())
        ? group.acknowledged(acknowledgement)
        : group;
  }

  @Override
  public void flush(AlertGroup group, Instant now) {
    Acknowledgement acknowledgement = byGroup.get(group.id());
    if (acknowledgement != null) {
      look(acknowledgement, group, now);
    }
    next.flush(with(group), now);
  }

  @Override
  public void changed(AlertGroup group, Instant now) {
    next.changed(with(group), now);
  }

  /// Ends one that no longer holds, before it is decided what is told.
  private void look(Acknowledgement acknowledgement, AlertGroup group, Instant now) {
    Set<Fingerprint> heard = heard(group, now);
    if (!acknowledgement.receiver().equals(group.receiver())) {
      end(acknowledgement, "the group goes to " + group.receiver() + " now");
    } else if (!now.isBefore(acknowledgement.until())) {
      end(acknowledgement, "its time is over");
    } else if (!firesAnything(group, now)) {
      end(acknowledgement, "all alerts have ended");
    } else if (!acknowledgement.alerts().containsAll(heard)) {
      end(acknowledgement, "more alerts fire");
    } else if (heard.size() < acknowledgement.alerts().size()) {
      Acknowledgement left = acknowledgement.of(heard);
      byGroup.put(group.id(), left);
      store.save(left);
    }
  }

  private static boolean firesAnything(AlertGroup group, Instant now) {
    return group.members().stream().anyMatch(it -> !it.alert().isResolvedAt(now));
  }

  /// The alerts that fire and are not suppressed.
  private static Set<Fingerprint> heard(AlertGroup group, Instant now) {
    Set<Fingerprint> heard = new TreeSet<>();
    for (AlertGroup.Member member : group.members()) {
      if (!member.alert().isResolvedAt(now) && member.suppression().isNotifiable()) {
        heard.add(member.alert().fingerprint());
      }
    }
    return heard;
  }

  private void end(Acknowledgement acknowledgement, String reason) {
    forget(acknowledgement);
    AlertGroup group = groups.apply(acknowledgement.group());
    if (group != null) {
      note(
          group,
          clock.now(),
          "the acknowledgement of "
              + acknowledgement.by()
              + " for "
              + acknowledgement.receiver()
              + " has ended: "
              + reason);
    }
    scheduleNext();
    changed.accept(acknowledgement.group());
  }

  private void forget(Acknowledgement acknowledgement) {
    byGroup.remove(acknowledgement.group());
    store.remove(acknowledgement);
  }

  private void note(AlertGroup group, Instant now, String what) {
    for (AlertGroup.Member member : group.members()) {
      decisions.note(member.alert().fingerprint(), now, STAGE, what);
    }
  }

  /// Looks at all ends anew, for the wall clock has jumped: an acknowledgement lasts until the time
  /// that was given.
  public void clockJumped() {
    ended();
  }

  private void ended() {
    Instant now = clock.now();
    for (Acknowledgement acknowledgement : List.copyOf(byGroup.values())) {
      if (!now.isBefore(acknowledgement.until())) {
        end(acknowledgement, "its time is over");
      }
    }
    scheduleNext();
  }

  /// Sets a timer for the next end.
  private void scheduleNext() {
    if (nextEnd != null) {
      nextEnd.cancel();
      nextEnd = null;
    }
    metrics.active(byGroup.size());
    byGroup.values().stream()
        .map(Acknowledgement::until)
        .min(Comparator.naturalOrder())
        .ifPresent(soonest -> nextEnd = loop.at(soonest, this::ended));
  }
}
