package dev.longshore.alerting.escalate;

import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.GroupListener;
import dev.longshore.alerting.escalate.Escalation.State;
import dev.longshore.alerting.oncall.EscalationPolicy;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// All escalations, and what is done with them. Owned by the alerting loop; every method is called
/// on it.
public final class Escalations implements GroupListener {
  private static final String STAGE = "escalate";

  private final EscalationStore store;
  private final Clock clock;
  private final Loop loop;
  private final Function<String, @Nullable AlertGroup> groups;
  private final GroupListener next;
  private final Decisions decisions;
  private final EscalationsMetrics metrics;

  /// By the group's id.
  private final Map<String, Escalation> byGroup = new HashMap<>();

  private OnCall onCall = OnCall.NONE;

  /// @param groups the group with an id as it is now, with its acknowledgement
  /// @param next who is told of groups
  public Escalations(
      EscalationStore store,
      Clock clock,
      Loop loop,
      Function<String, @Nullable AlertGroup> groups,
      GroupListener next,
      Decisions decisions,
      EscalationsMetrics metrics) {
    this.store = store;
    this.clock = clock;
    this.loop = loop;
    this.groups = groups;
    this.next = next;
    this.decisions = decisions;
    this.metrics = metrics;
  }

  /// Takes up what was there before a restart. What was due meanwhile is taken in the next turn.
  public void start() {
    for (Escalation escalation : store.all()) {
      byGroup.put(escalation.group, escalation);
      schedule(escalation);
    }
  }

  /// Takes an on-call file, at the start and on a reload.
  ///
  /// @param receivers that there are
  public void onCall(OnCall onCall, Set<String> receivers) {
    this.onCall = onCall;
    for (Escalation escalation : byGroup.values()) {
      EscalationPolicy policy = onCall.policyOf(escalation.receiver);
      boolean isOther = policy == null || !policy.name().equals(escalation.policy);
      if (isOther && escalation.state == State.RUNNING) {
        stop(escalation);
      }
      if (escalation.told.retainAll(receivers)) {
        store.save(escalation);
      }
    }
  }

  /// What is in force.
  public OnCall onCall() {
    return onCall;
  }

  /// Forgets escalations of groups that are gone.
  ///
  /// @param known all groups that there are
  /// @return these, and each again for each receiver that an escalation has told
  public List<AlertGroup> retainGroups(Collection<AlertGroup> known) {
    Map<String, AlertGroup> byId =
        known.stream().collect(Collectors.toMap(AlertGroup::id, it -> it, (a, _) -> a));
    List<AlertGroup> told = new ArrayList<>(known);
    for (Escalation escalation : List.copyOf(byGroup.values())) {
      AlertGroup group = byId.get(escalation.group);
      if (group == null || !group.receiver().equals(escalation.receiver)) {
        forget(escalation);
      } else {
        told.addAll(copies(escalation, group));
      }
    }
    return told;
  }

  @Override
  public void flush(AlertGroup group, Instant now) {
    next.flush(group, now);
    Escalation escalation = of(group);
    if (escalation != null) {
      copies(escalation, group).forEach(it -> next.flush(it, now));
    }
    if (!firesAnything(group, now)) {
      if (escalation != null) {
        forget(escalation);
      }
      return;
    }
    look(group, escalation, now);
  }

  @Override
  public void changed(AlertGroup group, Instant now) {
    next.changed(group, now);
    Escalation escalation = of(group);
    if (escalation != null) {
      copies(escalation, group).forEach(it -> next.changed(it, now));
      stopUnlessToBeTold(escalation, group, now);
    }
  }

  /// Somebody has acknowledged a group, or no longer does. Steps are stopped in the same turn, and
  /// begin anew with the next flush.
  public void acknowledgementChanged(AlertGroup group) {
    Escalation escalation = of(group);
    if (escalation != null) {
      stopUnlessToBeTold(escalation, group, clock.now());
    }
  }

  private void stopUnlessToBeTold(Escalation escalation, AlertGroup group, Instant now) {
    if (escalation.state == State.RUNNING && !isToBeTold(group, now)) {
      stop(escalation, group, now);
    }
  }

  /// The escalation of a group; one of another receiver is over.
  private @Nullable Escalation of(AlertGroup group) {
    Escalation escalation = byGroup.get(group.id());
    if (escalation != null && !escalation.receiver.equals(group.receiver())) {
      forget(escalation);
      return null;
    }
    return escalation;
  }

  private static List<AlertGroup> copies(Escalation escalation, AlertGroup group) {
    return escalation.told.stream()
        .filter(receiver -> !receiver.equals(group.receiver()))
        .map(group::to)
        .toList();
  }

  private static boolean firesAnything(AlertGroup group, Instant now) {
    return group.members().stream().anyMatch(it -> !it.alert().isResolvedAt(now));
  }

  /// Whether something fires, is not suppressed, and nobody sees to it.
  private static boolean isToBeTold(AlertGroup group, Instant now) {
    return group.acknowledgement() == null
        && group.members().stream()
            .anyMatch(it -> !it.alert().isResolvedAt(now) && it.suppression().isNotifiable());
  }

  /// Begins, stops or goes on, as a flush finds the group.
  private void look(AlertGroup group, @Nullable Escalation escalation, Instant now) {
    EscalationPolicy policy = onCall.policyOf(group.receiver());
    if (escalation != null && escalation.state == State.RUNNING && !isToBeTold(group, now)) {
      stop(escalation, group, now);
    } else if (policy != null
        && isToBeTold(group, now)
        && (escalation == null || escalation.state == State.STOPPED)) {
      begin(group, escalation, policy, now);
    }
  }

  private void begin(
      AlertGroup group, @Nullable Escalation before, EscalationPolicy policy, Instant now) {
    Instant due = now.plus(policy.wait(0, 0));
    Escalation escalation =
        before == null ? new Escalation(group.id(), group.receiver(), policy.name(), due) : before;
    escalation.policy = policy.name();
    escalation.state = State.RUNNING;
    escalation.round = 0;
    escalation.step = 0;
    escalation.due = due;
    byGroup.put(group.id(), escalation);
    store.save(escalation);
    note(
        group,
        now,
        "the escalation "
            + policy.name()
            + " begins; its first step is taken at "
            + Decisions.time(due)
            + " unless somebody acknowledges the group of "
            + group.receiver());
    if (due.isAfter(now)) {
      schedule(escalation);
    } else {
      take(escalation, group, policy, now);
    }
  }

  private void schedule(Escalation escalation) {
    escalation.cancelTimer();
    if (escalation.state == State.RUNNING) {
      escalation.timer = loop.at(escalation.due, () -> due(escalation));
    }
    count();
  }

  private void count() {
    metrics.running(
        (int) byGroup.values().stream().filter(it -> it.state == State.RUNNING).count());
  }

  /// A step's time has come.
  private void due(Escalation escalation) {
    Instant now = clock.now();
    AlertGroup group = groups.apply(escalation.group);
    EscalationPolicy policy = onCall.policyOf(escalation.receiver);
    if (group == null || !group.receiver().equals(escalation.receiver)) {
      forget(escalation);
    } else if (policy == null || !isToBeTold(group, now)) {
      stop(escalation, group, now);
    } else if (now.isBefore(escalation.due)) {
      schedule(escalation);
    } else {
      take(escalation, group, policy, now);
    }
  }

  /// Takes steps until one tells somebody.
  private void take(Escalation escalation, AlertGroup group, EscalationPolicy policy, Instant now) {
    boolean told = false;
    int left = policy.steps().size();
    while (!told && left-- > 0 && escalation.state == State.RUNNING) {
      int number = Math.min(escalation.step, policy.steps().size() - 1);
      OnCall.Told step = onCall.told(policy.steps().get(number), now);
      told = !step.targets().isEmpty();
      metrics.step(told);
      advance(escalation, policy, number, now);
      note(group, now, words(policy, number, escalation, step));
      for (OnCall.Target target : step.targets()) {
        escalation.told.add(target.receiver());
        next.flush(group.to(target.receiver()).repeatedAtOnce(), now);
      }
    }
    store.save(escalation);
    schedule(escalation);
  }

  private static void advance(
      Escalation escalation, EscalationPolicy policy, int taken, Instant now) {
    escalation.step = taken + 1;
    if (escalation.step >= policy.steps().size()) {
      escalation.step = 0;
      escalation.round++;
    }
    if (escalation.round > policy.repeats()) {
      escalation.state = State.DONE;
    } else {
      escalation.due = now.plus(policy.wait(escalation.round, escalation.step));
    }
  }

  private static String words(
      EscalationPolicy policy, int number, Escalation escalation, OnCall.Told step) {
    List<String> said = new ArrayList<>(step.absent());
    if (step.targets().isEmpty()) {
      said.add("nobody can be notified");
    }
    for (OnCall.Target target : step.targets()) {
      said.add(
          target.because().equals(target.receiver())
              ? target.receiver() + " is notified"
              : target.because() + ", is notified by " + target.receiver());
    }
    return "step "
        + (number + 1)
        + " of "
        + policy.name()
        + ": "
        + String.join("; ", said)
        + (escalation.state == State.DONE
            ? "; it was the last step"
            : "; the next step is taken at " + Decisions.time(escalation.due));
  }

  private void stop(Escalation escalation, AlertGroup group, Instant now) {
    stop(escalation);
    Acknowledgement acknowledgement = group.acknowledgement();
    note(
        group,
        now,
        "the escalation "
            + escalation.policy
            + " is stopped: "
            + (acknowledgement != null
                ? acknowledgement.by() + " has acknowledged the group"
                : firesAnything(group, now)
                    ? "what fires is suppressed"
                    : "all alerts have ended"));
  }

  private void stop(Escalation escalation) {
    escalation.state = State.STOPPED;
    store.save(escalation);
    schedule(escalation);
  }

  private void forget(Escalation escalation) {
    escalation.cancelTimer();
    byGroup.remove(escalation.group);
    store.remove(escalation);
    count();
  }

  private void note(AlertGroup group, Instant now, String what) {
    for (AlertGroup.Member member : group.members()) {
      decisions.note(member.alert().fingerprint(), now, STAGE, what);
    }
  }

  /// The wall clock has jumped: steps are due as long after the ones before as they were.
  ///
  /// @param jump forward, or back
  public void clockJumped(Duration jump) {
    for (Escalation escalation : byGroup.values()) {
      if (escalation.state == State.RUNNING) {
        escalation.due = escalation.due.plus(jump);
        store.save(escalation);
        schedule(escalation);
      }
    }
  }

  /// All that there are.
  public List<EscalationView> all() {
    return byGroup.values().stream()
        .map(
            it ->
                new EscalationView(
                    it.group,
                    it.receiver,
                    it.policy,
                    it.state.name().toLowerCase(Locale.ROOT),
                    it.round + 1,
                    it.step + 1,
                    it.state == State.RUNNING ? it.due : null,
                    List.copyOf(it.told)))
        .toList();
  }
}
