package dev.longshore.alerting.eval;

import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.MetricCondition;
import dev.longshore.alerting.rule.RuleGroup;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.log.RateLimitedLogger;
import dev.longshore.shared.net.FailureText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A rule group on its clock: its rules one after the other, at times that are a whole number of
/// intervals apart. An evaluation that takes longer than the interval is never overtaken; the ones
/// left out are counted. What is thrown over a rule fails that rule alone: the evaluation goes on
/// with the next. Owned by the loop's thread.
final class GroupRunner {
  private static final Logger LOG = LoggerFactory.getLogger(GroupRunner.class);

  /// The first evaluation comes within this, however long the interval.
  private static final Duration FIRST_WITHIN = Duration.ofSeconds(10);

  /// What a rule found waits at most this long for the rest of its group.
  private static final Duration TELL_WITHIN = Duration.ofSeconds(1);

  /// A group is overdue when no evaluation has ended for so many intervals, or for so long where
  /// intervals are short.
  private static final int OVERDUE_INTERVALS = 3;

  private static final Duration OVERDUE = Duration.ofMinutes(2);

  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);

  private final EvaluationContext context;
  private final EvalMetrics.OfGroup metrics;
  private final PendingWrites pendingWrites;
  private final RateLimitedLogger warnings;

  private RuleGroup group;
  private List<RuleState> rules = List.of();
  private @Nullable MonitoredSource source;

  /// What its log rules ask; null when there is none.
  private @Nullable MonitoredSource logs;

  /// Counts definitions: an answer to a rule of an earlier one is not used.
  private int definition;

  private @Nullable Instant began;
  private Loop.@Nullable Timer next;
  private Loop.@Nullable Timer tell;
  private boolean running;

  /// When an evaluation ended last, or the first one was scheduled.
  private long finishedNanos;

  private @Nullable Instant lastEvaluation;
  private Duration evaluationTime = Duration.ZERO;

  GroupRunner(EvaluationContext context, RuleGroup group) {
    this.context = context;
    this.group = group;
    this.metrics = context.metrics().group(group.file(), group.name());
    this.pendingWrites = new PendingWrites(context);
    this.warnings = new RateLimitedLogger(LOG, context.clock(), BETWEEN_WARNINGS);
  }

  /// Begins; the first evaluation is soon.
  void start() {
    Instant now = context.clock().now();
    began = now;
    finishedNanos = context.clock().nanoTime();
    Duration within = min(interval(), FIRST_WITHIN);
    Instant first =
        context.config().spread() ? now.plusMillis(hash() % Math.max(1, within.toMillis())) : now;
    next = context.loop().at(first, () -> tick(first));
  }

  /// Takes another version of the group. What is being asked for the one before is forgotten.
  void define(
      RuleGroup newGroup,
      List<RuleState> newRules,
      @Nullable MonitoredSource newSource,
      @Nullable MonitoredSource newLogs) {
    Duration before = interval();
    group = newGroup;
    rules = List.copyOf(newRules);
    source = newSource;
    logs = newLogs;
    definition++;
    running = false;
    metrics.defined(interval(), rules.size());
    if (rules.stream().anyMatch(it -> sourceOf(it) == null)) {
      LOG.atWarn()
          .addKeyValue("group", group.name())
          .addKeyValue("file", group.file())
          .log("Rules of this group have no source, under `prometheus` or `elasticsearch`");
    }
    intervalMayHaveChanged(before);
  }

  /// Takes the times of the interval as it is now.
  ///
  /// @param before as it was
  void intervalMayHaveChanged(Duration before) {
    if (next != null && !before.equals(interval())) {
      next.cancel();
      metrics.defined(interval(), rules.size());
      schedule(context.clock().now());
    }
  }

  /// Takes a version that asks the same; only lines may be others.
  void redescribe(RuleGroup newGroup, List<RuleState> newRules) {
    group = newGroup;
    rules = List.copyOf(newRules);
  }

  RuleGroup group() {
    return group;
  }

  List<RuleState> rules() {
    return rules;
  }

  @Nullable MonitoredSource source() {
    return source;
  }

  /// What evaluates a rule; null when nothing does.
  @Nullable MonitoredSource sourceOf(RuleState state) {
    return switch (state.rule.condition()) {
      case MetricCondition _ -> source;
      case LogCondition _ -> logs;
    };
  }

  Duration interval() {
    Duration interval = group.interval();
    return interval == null || interval.isZero() ? context.config().interval() : interval;
  }

  @Nullable Instant lastEvaluation() {
    return lastEvaluation;
  }

  /// Whether no evaluation has ended for several intervals, whatever came of it: a source that does
  /// not answer ends one too.
  boolean isOverdue() {
    Duration age = Duration.ofNanos(context.clock().nanoTime() - finishedNanos);
    Duration limit = interval().multipliedBy(OVERDUE_INTERVALS);
    return began != null && age.compareTo(limit.compareTo(OVERDUE) > 0 ? limit : OVERDUE) > 0;
  }

  Duration evaluationTime() {
    return evaluationTime;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private long hash() {
    return ((group.file() + '\0' + group.name()).hashCode() * 0x9e3779b97f4a7c15L) >>> 1;
  }

  /// The group's times are those whose distance from its offset is a whole number of intervals.
  private void schedule(Instant after) {
    long interval = interval().toMillis();
    long offset =
        context.config().spread() || began == null
            ? hash() % interval
            : began.toEpochMilli() % interval;
    long slot = (Math.floorDiv(after.toEpochMilli() - offset, interval) + 1) * interval + offset;
    Instant at = Instant.ofEpochMilli(slot);
    next = context.loop().at(at, () -> tick(at));
  }

  /// Takes the next time of the wall clock as it goes now, and has the times of its rules follow.
  void clockJumped(Duration jump) {
    Instant now = context.clock().now();
    rules.forEach(it -> it.clockJumped(jump, now));
    if (next != null) {
      next.cancel();
      schedule(now);
    }
  }

  private void tick(Instant due) {
    Instant now = context.clock().now();
    long late = Duration.between(due, now).dividedBy(interval());
    Instant slot = late > 0 ? due.plus(interval().multipliedBy(late)) : due;
    if (late > 0) {
      metrics.missed(late);
    }
    schedule(now);
    if (running) {
      metrics.missed(1);
      return;
    }
    rules.stream().filter(it -> sourceOf(it) == null).forEach(this::withoutSource);
    if (source == null && logs == null) {
      finishedNanos = context.clock().nanoTime();
      return;
    }
    running = true;
    evaluate(new Iteration(slot, context.clock().nanoTime(), definition), 0);
  }

  private void withoutSource(RuleState state) {
    state.health = RuleState.Health.ERR;
    state.lastError =
        switch (state.rule.condition()) {
          case MetricCondition _ -> "no source under `prometheus` takes the group " + group.name();
          case LogCondition _ -> "there is no `elasticsearch` in the configuration";
        };
  }

  private record Iteration(Instant slot, long startNanos, int definition) {}

  private void evaluate(Iteration iteration, int index) {
    if (index == rules.size()) {
      finish(iteration);
      return;
    }
    RuleState state = rules.get(index);
    MonitoredSource asked = sourceOf(state);
    if (asked == null) {
      evaluate(iteration, index + 1);
      return;
    }
    Duration stated = group.queryOffset();
    Instant at = iteration.slot.minus(stated == null ? context.config().queryOffset() : stated);
    long startNanos = context.clock().nanoTime();
    asked
        .queryLimiter()
        .ask(
            question(state, asked.source(), at),
            GroupRunner::refused,
            evaluationResult -> {
              if (iteration.definition == definition) {
                try {
                  answered(iteration, asked, rules.get(index), evaluationResult, startNanos);
                } finally {
                  evaluate(iteration, index + 1);
                }
              }
            });
  }

  private static EvaluationResult refused(Throwable thrown) {
    return new EvaluationResult.Refused("evaluating it failed: " + FailureText.of(thrown));
  }

  /// What is run on the executor.
  private Supplier<EvaluationResult> question(RuleState state, Source of, Instant at) {
    try {
      return questionOf(state, of, at);
    } catch (RuntimeException | Error e) {
      return () -> refused(e);
    }
  }

  private Supplier<EvaluationResult> questionOf(RuleState state, Source of, Instant at) {
    String externalUrl = context.config().externalUrl();
    return switch (of) {
      case Source.OfMetrics(MetricSource metrics) -> {
        RuleQuery query = new RuleQuery(state.rule, metrics, at, externalUrl);
        EvidenceLookup lookup =
            new EvidenceLookup(
                context.config().evidence(),
                new MetricChart(state.rule, metrics, at),
                logsThatAnswer(),
                EvidencePolicy.of(state),
                at,
                context.clock());
        yield () -> lookup.add(query.run());
      }
      case Source.OfLogs(LogSource log) -> {
        MetricSource metrics =
            source != null && source.source() instanceof Source.OfMetrics(MetricSource its)
                ? its
                : new NoMetrics("no source under `prometheus` takes the group");
        yield LogRuleQuery.of(state, log, at, interval(), metrics, context.config())::run;
      }
    };
  }

  private @Nullable LogSource logsThatAnswer() {
    return logs != null
            && !logs.health().isDown()
            && logs.source() instanceof Source.OfLogs(LogSource log)
        ? log
        : null;
  }

  private void answered(
      Iteration iteration,
      MonitoredSource asked,
      RuleState state,
      EvaluationResult evaluationResult,
      long startNanos) {
    context.metrics().asked(asked.source().name(), evaluationResult);
    RuleEvaluation evaluation =
        new RuleEvaluation(
            context, pendingWrites, group.limit(), interval(), asked, state, iteration.slot);
    boolean good = false;
    try {
      good = evaluation.take(evaluationResult);
    } catch (RuntimeException | Error e) {
      warn(state, e);
      evaluation.broke(e);
      throw e; // the loop counts it, and has its stack trace
    } finally {
      state.lastEvaluation = iteration.slot;
      state.evaluationTime = Duration.ofNanos(context.clock().nanoTime() - startNanos);
      context.metrics().evaluated(state.evaluationTime);
      metrics.evaluated(!good);
      if (pendingWrites.hasAlerts() && tell == null) {
        tell = context.loop().in(TELL_WITHIN, this::tell);
      }
    }
  }

  private void warn(RuleState state, Throwable thrown) {
    warnings.warn(
        state.rule.location().toString(),
        event ->
            event
                .setMessage("The answer to a rule could not be handled; it counts as failed")
                .addKeyValue("rule", state.rule.location())
                .addKeyValue("group", group.name())
                .addKeyValue("reason", thrown));
  }

  private void tell() {
    if (tell != null) {
      tell.cancel();
      tell = null;
    }
    pendingWrites.tell(rules);
  }

  private void finish(Iteration iteration) {
    running = false;
    finishedNanos = context.clock().nanoTime();
    lastEvaluation = iteration.slot;
    evaluationTime = Duration.ofNanos(context.clock().nanoTime() - iteration.startNanos);
    try {
      tell();
    } finally {
      metrics.iterated(iteration.slot, context.clock().now(), evaluationTime);
    }
  }

  /// Ends it; what it found and has not told yet is told.
  void close() {
    definition++;
    if (next != null) {
      next.cancel();
    }
    tell();
    metrics.close();
  }
}
