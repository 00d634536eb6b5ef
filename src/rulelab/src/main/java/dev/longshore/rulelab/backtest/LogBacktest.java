package dev.longshore.rulelab.backtest;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.eval.ActiveAlerts;
import dev.longshore.alerting.eval.MatchedSeries;
import dev.longshore.alerting.eval.Transition;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogHistory;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// What a log rule would have done in the past, as if it had been evaluated at each interval with
/// all lines there. History is asked once, with the loosest of the thresholds that are tried; other
/// thresholds and other values of `for` are tried on the same answers.
public final class LogBacktest {

  /// Each takes some 40 bytes; alerting has a small heap.
  private static final int MOST_SAMPLES = 2_000_000;

  private final AlertingRule rule;
  private final LogPredicate test;
  private final List<Thresholds.Other> others;
  private final List<LogAnswer.Step> steps;

  private LogBacktest(
      AlertingRule rule,
      LogPredicate test,
      List<Thresholds.Other> others,
      List<LogAnswer.Step> steps) {
    this.rule = rule;
    this.test = test;
    this.others = others;
    this.steps = steps;
  }

  /// What came of asking.
  public sealed interface Asked {
    /// History is there.
    record Answered(LogBacktest backtest) implements Asked {}

    /// It is not, for this reason.
    record Failed(String cause) implements Asked {}
  }

  /// What is asked.
  ///
  /// @param interval between evaluations
  /// @param thresholds that are tried beside the rule's own; null for some about it
  public record Question(
      Instant since, Instant until, Duration interval, @Nullable List<Double> thresholds) {}

  /// Asks history. Blocks, for a long time when the past is long.
  ///
  /// @param progress told how much is done, from 0 to 1
  public static Asked ask(
      LogHistory history, AlertingRule rule, Question question, DoubleConsumer progress) {
    if (!(rule.condition() instanceof LogCondition condition)) {
      return new Asked.Failed(rule.location() + " is a metric rule; its history is Prometheus'");
    }
    LogPredicate test = condition.test();
    List<Double> named = question.thresholds;
    List<Thresholds.Other> others =
        named == null ? Thresholds.around(test) : Thresholds.named(test, named);
    LogCondition loosest = condition.with(Thresholds.loosest(test, others));
    Instant since = question.since;
    Instant until = question.until;
    Kept kept = new Kept();
    Instant from = since;
    while (from.isBefore(until)) {
      Instant to = from.plus(question.interval.multipliedBy(LogHistory.MOST_WINDOWS));
      to = to.isAfter(until) ? until : to;
      switch (history.replay(loosest, from, to, question.interval)) {
        case LogAnswer.Seen seen -> kept.add(seen.steps());
        case LogAnswer.Refused refused -> {
          return new Asked.Failed(refused.cause());
        }
        case LogAnswer.Unavailable unavailable -> {
          return new Asked.Failed(unavailable.cause());
        }
      }
      if (kept.samples > MOST_SAMPLES) {
        return new Asked.Failed(
            "up to %s it was true more than %,d times, which is more than can be kept; ask for less time, or by a longer interval"
                .formatted(to, MOST_SAMPLES));
      }
      from = to;
      progress.accept(
          (double) Duration.between(since, from).toMillis()
              / Duration.between(since, until).toMillis());
    }
    return new Asked.Answered(new LogBacktest(rule, test, others, kept.steps));
  }

  /// What was answered, each set of labels once.
  private static final class Kept {
    private final List<LogAnswer.Step> steps = new ArrayList<>();
    private final Map<Labels, Labels> known = new HashMap<>();
    private long samples;

    void add(List<LogAnswer.Step> answered) {
      for (LogAnswer.Step step : answered) {
        List<LogAnswer.LogSample> slim = new ArrayList<>(step.samples().size());
        for (LogAnswer.LogSample it : step.samples()) {
          Labels labels = known.computeIfAbsent(it.labels(), same -> same);
          slim.add(new LogAnswer.LogSample(labels, it.value(), it.measured()));
        }
        samples += slim.size();
        steps.add(new LogAnswer.Step(step.end(), step.certainty(), slim));
      }
    }
  }

  /// What the rule would have done.
  ///
  /// @param zone whose night it is
  public BacktestResult asItIs(ZoneId zone) {
    return outlook(test, rule.holdFor(), zone);
  }

  /// The same with another `for`.
  public BacktestResult with(Duration hold, ZoneId zone) {
    return outlook(test, hold, zone);
  }

  /// The same with other thresholds, by what a rule file would say: `num_events: 25`. None when the
  /// test has none.
  public List<Tried> withOtherThresholds(ZoneId zone) {
    return others.stream()
        .map(it -> new Tried(it.words(), outlook(it.test(), rule.holdFor(), zone)))
        .toList();
  }

  /// What another threshold would have changed.
  public record Tried(String threshold, BacktestResult backtestResult) {}

  /// Labels are those of the rule's fields, before its own.
  private BacktestResult outlook(LogPredicate as, Duration hold, ZoneId zone) {
    ActiveAlerts alerts = new ActiveAlerts();
    Map<Labels, Instant> since = new HashMap<>();
    List<BacktestResult.Episode> episodes = new ArrayList<>();
    Instant last = Instant.EPOCH;
    for (LogAnswer.Step step : steps) {
      List<MatchedSeries> candidates =
          step.samples().stream()
              .filter(it -> Thresholds.holds(as, it.measured()))
              .map(it -> new MatchedSeries(it.labels(), Labels.EMPTY, it.value()))
              .toList();
      for (Transition made : alerts.apply(step.end(), candidates, hold, rule.keepFiringFor())) {
        Labels labels = made.alert().labels();
        if (made.kind() == Transition.Kind.FIRED) {
          since.put(labels, step.end());
        } else if (made.kind() == Transition.Kind.ENDED) {
          Instant began = since.remove(labels);
          if (began != null) {
            episodes.add(new BacktestResult.Episode(labels, began, step.end(), true));
          }
        }
      }
      last = step.end();
    }
    Instant end = last;
    since.forEach(
        (labels, began) -> episodes.add(new BacktestResult.Episode(labels, began, end, false)));
    return BacktestResult.of(hold, episodes, zone);
  }
}
