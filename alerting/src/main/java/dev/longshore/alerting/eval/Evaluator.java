package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Decisions;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.Sources;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.alerting.state.InternalAlerts;
import dev.longshore.alerting.state.Schema;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All rule groups, evaluated. On the loop's thread; queries run on the executor.
public final class Evaluator {

  /// The tables of evaluation.
  public static final Schema SCHEMA = EvalStore.SCHEMA;

  private static final String REMOVED = "its rule was removed, or given other labels";

  private record GroupKey(String file, String name) {}

  private final Sources sources;
  private final EvaluationContext context;
  private EvalConfig config;
  private final InternalAlerts internalAlerts;
  private final Executor executor;
  private final @Nullable LogSource logSource;
  private final IdentityHashMap<MetricSource, MonitoredSource> asked = new IdentityHashMap<>();

  /// What log rules ask; null when there is none, and before the start.
  private @Nullable MonitoredSource logs;

  private final Map<GroupKey, GroupRunner> runners = new LinkedHashMap<>();

  /// What is on disk of rules that are not loaded yet, because their file can't be read.
  private final Map<RuleIdentity, EvalStore.Saved> saved = new HashMap<>();

  private boolean started;

  /// Of metric rules alone.
  public Evaluator(
      EvalConfig config,
      Sources sources,
      Clock clock,
      Loop loop,
      Executor executor,
      AlertSink sink,
      Decisions decisions,
      StateWriter state,
      EvalMetrics metrics) {
    this(config, sources, null, clock, loop, executor, sink, decisions, state, metrics);
  }

  /// @param logs where log rules are evaluated; null when they are not
  public Evaluator(
      EvalConfig config,
      Sources sources,
      @Nullable LogSource logs,
      Clock clock,
      Loop loop,
      Executor executor,
      AlertSink sink,
      Decisions decisions,
      StateWriter state,
      EvalMetrics metrics) {
    this.sources = sources;
    this.logSource = logs;
    this.executor = executor;
    this.internalAlerts = new InternalAlerts(sink, clock);
    this.config = config;
    this.context =
        new EvaluationContext(
            () -> this.config,
            clock,
            loop,
            sink,
            decisions,
            new EvalStore(state),
            metrics,
            new RuleFailures(config, internalAlerts),
            this::firingElsewhere);
  }

  /// Takes another interval for groups that state none, and looks other evidence up.
  public void settings(Duration interval, EvidenceConfig evidence) {
    Map<GroupRunner, Duration> before = new HashMap<>();
    runners.values().forEach(it -> before.put(it, it.interval()));
    config = config.with(interval, evidence, config.externalUrl());
    before.forEach(GroupRunner::intervalMayHaveChanged);
  }

  /// Begins where the process before this one was.
  ///
  /// @param unreadable whether a file may have rules that are not known, because it can't be read:
  ///   what they raised stands. See [dev.longshore.alerting.rule.RuleSet#mayMissRulesOf]
  /// @param alerts those that are known; the ones that rules or evaluation raised, and that nobody
  ///   could end any more, are ended
  public void start(
      List<RuleGroup> groups, Predicate<String> unreadable, Collection<Alert> alerts) {
    Instant now = context.clock().now();
    List<Alert> standing =
        alerts.stream().filter(it -> it.endsAt() == null && !it.isResolvedAt(now)).toList();
    standing.stream()
        .filter(it -> it.origin() == Alert.Origin.SELF && isOurs(it))
        .forEach(internalAlerts::adopt);
    for (MetricSource source : sources.all()) {
      asked.put(source, ask(new Source.OfMetrics(source)));
    }
    if (logSource != null) {
      logs = ask(new Source.OfLogs(logSource));
    }
    saved.putAll(context.store().load());
    started = true;
    reload(groups, unreadable);
    endOrphans(standing, now);
  }

  private static boolean isOurs(Alert alert) {
    return alert.name().equals(InternalAlerts.SOURCE_DOWN)
        || alert.name().equals(InternalAlerts.RULE_FAILING);
  }

  private MonitoredSource ask(Source source) {
    QueryLimiter queryLimiter = new QueryLimiter(context.loop(), executor, source.concurrency());
    SourceHealth health =
        new SourceHealth(
            source,
            context.config(),
            context.clock(),
            context.loop(),
            executor,
            internalAlerts,
            context.metrics(),
            () -> rulesOf(source));
    return new MonitoredSource(source, queryLimiter, health);
  }

  private int rulesOf(Source source) {
    int rules = 0;
    for (GroupRunner runner : runners.values()) {
      for (RuleState state : runner.rules()) {
        MonitoredSource of = runner.sourceOf(state);
        rules += of != null && of.source() == source ? 1 : 0;
      }
    }
    return rules;
  }

  /// Takes other rules. A rule that stays, or was moved, keeps its alerts; those of a rule that is
  /// gone end.
  ///
  /// @param unreadable as for [#start]
  public void reload(List<RuleGroup> groups, Predicate<String> unreadable) {
    if (!started) {
      throw new IllegalStateException("not started");
    }
    Map<RuleIdentity, RuleState> before = new HashMap<>();
    IdentityHashMap<RuleState, @Nullable MonitoredSource> sourceBefore = new IdentityHashMap<>();
    for (GroupRunner runner : runners.values()) {
      for (RuleState state : runner.rules()) {
        before.put(state.identity, state);
        sourceBefore.put(state, runner.sourceOf(state));
      }
    }
    Map<RuleIdentity, RuleState> gone = new LinkedHashMap<>(before);
    List<Defined> defined = new ArrayList<>();
    Map<GroupKey, GroupRunner> left = new LinkedHashMap<>(runners);
    for (RuleGroup group : groups) {
      GroupRunner runner = left.remove(new GroupKey(group.file(), group.name()));
      defined.add(new Defined(group, runner, states(group, gone)));
    }
    moved(defined, gone);
    left.forEach(
        (key, runner) -> {
          runner.close();
          runners.remove(key);
        });
    defined.forEach(this::define);
    end(gone.values(), sourceBefore);
    forget(gone.keySet(), unreadable);
    internalAlerts.endUnless(selfLabels(unreadable)::contains);
  }

  /// A group as it will be.
  ///
  /// @param states by their rules' order; to be replaced where a rule was moved here
  private record Defined(RuleGroup group, @Nullable GroupRunner runner, List<RuleState> states) {}

  /// The rules of a group with what is known of each; what was taken is not gone.
  private List<RuleState> states(RuleGroup group, Map<RuleIdentity, RuleState> gone) {
    List<RuleState> states = new ArrayList<>();
    Map<String, Integer> names = new HashMap<>();
    RuleIdentity.of(group)
        .forEach(
            (identity, rule) -> {
              int which = names.merge(rule.name(), 1, Integer::sum);
              String shown = which == 1 ? rule.name() : rule.name() + " (" + which + ")";
              RuleState known = gone.remove(identity);
              EvalStore.Saved onDisk = saved.remove(identity);
              RuleState state;
              if (known != null) {
                state = RuleState.successor(identity, shown, rule, known);
                state.unsaved = known.unsaved;
              } else {
                state = new RuleState(identity, shown, rule, new ActiveAlerts());
                state.neverEvaluated = onDisk == null;
                if (onDisk != null) {
                  restore(state, onDisk);
                }
              }
              states.add(state);
            });
    return states;
  }

  private static void restore(RuleState state, EvalStore.Saved onDisk) {
    onDisk.alerts().forEach(state.active::restore);
    state.knownAt = onDisk.knownAt();
    state.restored = true;
  }

  /// Rules without a past that have one elsewhere: in another group or file.
  private void moved(List<Defined> defined, Map<RuleIdentity, RuleState> gone) {
    Map<RuleIdentity, RuleState> goneAnywhere = new HashMap<>();
    gone.values().forEach(it -> goneAnywhere.put(it.identity.anywhere(), it));
    Map<RuleIdentity, RuleIdentity> savedAnywhere = new HashMap<>();
    saved.keySet().forEach(it -> savedAnywhere.put(it.anywhere(), it));
    for (Defined group : defined) {
      group.states.replaceAll(
          state -> {
            if (!state.neverEvaluated) {
              return state;
            }
            RuleState before = goneAnywhere.remove(state.identity.anywhere());
            if (before != null) {
              return RuleState.successor(state.identity, state.shownName, state.rule, before);
            }
            RuleIdentity onDisk = savedAnywhere.remove(state.identity.anywhere());
            if (onDisk != null) {
              restore(state, saved.getOrDefault(onDisk, EvalStore.Saved.NOTHING));
              state.neverEvaluated = false;
              state.unsaved = true;
            }
            return state;
          });
    }
    // A rule that was moved is gone from where it was, and its alerts are not.
    Set<ActiveAlerts> kept = new HashSet<>();
    defined.forEach(group -> group.states.forEach(state -> kept.add(state.active)));
    gone.replaceAll(
        (_, state) ->
            kept.contains(state.active)
                ? new RuleState(state.identity, state.shownName, state.rule, new ActiveAlerts())
                : state);
  }

  private void define(Defined defined) {
    RuleGroup group = defined.group;
    MetricSource source = sources.of(group.name());
    MonitoredSource of = source == null ? null : asked.get(source);
    GroupRunner runner = defined.runner;
    if (runner == null) {
      runner = new GroupRunner(context, group);
      runners.put(new GroupKey(group.file(), group.name()), runner);
      runner.define(group, defined.states, of, logs);
      runner.start();
    } else if (GroupDiff.in(runner.group(), group)) {
      runner.redescribe(group, defined.states);
    } else {
      runner.define(group, defined.states, of, logs);
    }
  }

  /// Ends the alerts of rules that are gone.
  private void end(
      Collection<RuleState> gone,
      IdentityHashMap<RuleState, @Nullable MonitoredSource> sourceBefore) {
    Instant now = context.clock().now();
    List<Alert> ended = new ArrayList<>();
    for (RuleState state : gone) {
      MonitoredSource of = sourceBefore.get(state);
      Source source = of == null ? null : of.source();
      if (of != null) {
        of.health().forget(state.identity);
      }
      for (ActiveAlert alert : state.active.all()) {
        if (alert.isFiring()) {
          ended.add(AlertMaker.ended(state, alert, source, now, now, REMOVED));
          context
              .decisions()
              .note(AlertMaker.fingerprint(alert, source), now, "eval", "resolved: " + REMOVED);
        }
      }
    }
    Set<Fingerprint> firing = firing();
    ended.removeIf(it -> firing.contains(it.fingerprint()));
    if (!ended.isEmpty()) {
      context.sink().put(ended);
    }
  }

  /// Forgets on disk what is gone, and what was there of rules that are in no readable file.
  private void forget(Collection<RuleIdentity> gone, Predicate<String> unreadable) {
    List<RuleIdentity> forgotten = new ArrayList<>(gone);
    saved.keySet().stream().filter(it -> !unreadable.test(it.file())).forEach(forgotten::add);
    forgotten.forEach(saved::remove);
    List<RuleState> unsaved = new ArrayList<>();
    for (GroupRunner runner : runners.values()) {
      runner.rules().stream().filter(it -> it.unsaved).forEach(unsaved::add);
    }
    context.store().save(unsaved, List.of(), forgotten);
    unsaved.forEach(it -> it.unsaved = false);
  }

  private Set<Labels> selfLabels(Predicate<String> unreadable) {
    Set<Labels> labels = new HashSet<>();
    for (MetricSource source : sources.all()) {
      labels.add(SourceHealth.labels(source.name(), context.config()));
    }
    if (logSource != null) {
      labels.add(SourceHealth.labels(logSource.name(), context.config()));
    }
    for (GroupRunner runner : runners.values()) {
      runner.rules().forEach(state -> labels.add(context.failures().labels(state)));
    }
    internalAlerts.standing().stream()
        .filter(it -> unreadable.test(it.get("file")))
        .forEach(labels::add);
    return labels;
  }

  /// Ends what rules raised in an earlier life, and no rule knows.
  private void endOrphans(List<Alert> standing, Instant now) {
    Set<Fingerprint> known = firing();
    saved.forEach(
        (identity, rule) -> {
          MetricSource source = sources.of(identity.group());
          for (ActiveAlert alert : rule.alerts()) {
            // Whether it is one of metrics or of logs is not known.
            known.add(AlertMaker.fingerprint(alert, null));
            if (source != null) {
              known.add(AlertMaker.fingerprint(alert, new Source.OfMetrics(source)));
            }
          }
        });
    List<Alert> orphans =
        standing.stream()
            .filter(it -> it.origin() == Alert.Origin.RULE && !known.contains(it.fingerprint()))
            .map(it -> AlertMaker.ended(it, now, REMOVED))
            .toList();
    if (!orphans.isEmpty()) {
      context.sink().put(orphans);
      orphans.forEach(
          it -> context.decisions().note(it.fingerprint(), now, "eval", "resolved: " + REMOVED));
    }
  }

  private Set<Fingerprint> firing() {
    Set<Fingerprint> firing = new HashSet<>();
    for (GroupRunner runner : runners.values()) {
      for (RuleState state : runner.rules()) {
        MonitoredSource of = runner.sourceOf(state);
        for (ActiveAlert alert : state.active.all()) {
          if (alert.isFiring()) {
            firing.add(AlertMaker.fingerprint(alert, of == null ? null : of.source()));
          }
        }
      }
    }
    return firing;
  }

  /// Only rules of the same name can raise the same alert: the name is one of its labels.
  private @Nullable Alert firingElsewhere(RuleState ended, Fingerprint fingerprint) {
    for (GroupRunner runner : runners.values()) {
      for (RuleState state : runner.rules()) {
        if (state.active == ended.active || !state.rule.name().equals(ended.rule.name())) {
          continue;
        }
        MonitoredSource of = runner.sourceOf(state);
        Source source = of == null ? null : of.source();
        for (ActiveAlert alert : state.active.all()) {
          if (alert.isFiring() && AlertMaker.fingerprint(alert, source).equals(fingerprint)) {
            return AlertMaker.firing(state, alert, source, context.clock().now(), null);
          }
        }
      }
    }
    return null;
  }

  /// Has all times follow a wall clock that has jumped.
  ///
  /// @param jump forward, or back
  public void clockJumped(Duration jump) {
    runners.values().forEach(it -> it.clockJumped(jump));
  }

  /// All groups as they are now, in the order they were loaded.
  public List<RuleGroupView> groups() {
    return runners.values().stream().map(Views::of).toList();
  }

  /// All sources as they are now, those of metrics first, in the order of configuration.
  public List<SourceView> sources() {
    List<SourceView> views = new ArrayList<>();
    for (MetricSource source : sources.all()) {
      MonitoredSource monitored = asked.get(source);
      if (monitored != null) {
        views.add(monitored.health().view());
      }
    }
    MonitoredSource ofLogs = logs;
    if (ofLogs != null) {
      views.add(ofLogs.health().view());
    }
    return views;
  }

  /// The names of groups that should have been evaluated and were not.
  public List<String> overdueGroups() {
    return runners.values().stream()
        .filter(GroupRunner::isOverdue)
        .map(it -> it.group().name())
        .toList();
  }

  /// Ends evaluation; what was found is written. Answers that come later are not used.
  public void close() {
    runners.values().forEach(GroupRunner::close);
    asked.values().forEach(it -> it.health().close());
    if (logs != null) {
      logs.health().close();
    }
  }
}
