package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogProgress;
import dev.longshore.alerting.logs.LogQuestion;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.alerting.metrics.MetricSource;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.rule.AlertingRule;
import dev.longshore.alerting.rule.LogCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One evaluation of a log rule: the windows that are due, the templates of what was found, and the
/// lines to be shown of what fires. It blocks and owns no state: it runs on the executor.
final class LogRuleQuery {

  private final LogCondition condition;
  private final LogSource source;
  private final LogQuestion question;
  private final RuleQuery words;
  private final EvidencePolicy evidencePolicy;
  private final boolean withRollout;

  /// An evaluation of a rule as it is now. On the loop's thread.
  ///
  /// @param metrics what `query` in a template asks
  static LogRuleQuery of(
      RuleState state,
      LogSource source,
      Instant now,
      Duration interval,
      MetricSource metrics,
      EvalConfig config) {
    if (!(state.rule.condition() instanceof LogCondition condition)) {
      throw new IllegalArgumentException(state.rule.location() + " is no log rule");
    }
    LogProgress progress =
        state.progress == null ? LogProgress.from(state.knownAt) : state.progress;
    return new LogRuleQuery(
        state.rule,
        condition,
        source,
        new LogQuestion(condition, now, interval, state.rule.holdFor(), progress),
        metrics,
        EvidencePolicy.of(state),
        config);
  }

  private LogRuleQuery(
      AlertingRule rule,
      LogCondition condition,
      LogSource source,
      LogQuestion question,
      MetricSource metrics,
      EvidencePolicy evidencePolicy,
      EvalConfig config) {
    this.condition = condition;
    this.source = source;
    this.question = question;
    this.words = new RuleQuery(rule, metrics, question.now(), config.externalUrl());
    this.evidencePolicy = evidencePolicy;
    this.withRollout = config.evidence().rollout();
  }

  EvaluationResult run() {
    return switch (source.ask(question)) {
      case LogAnswer.Refused refused -> new EvaluationResult.Refused(refused.cause());
      case LogAnswer.Unavailable unavailable ->
          new EvaluationResult.Unavailable(unavailable.cause());
      case LogAnswer.Seen seen -> windows(seen);
    };
  }

  /// The last window that an alert is true in, for its lines.
  private record Last(Labels key, Instant end) {}

  private EvaluationResult windows(LogAnswer.Seen seen) {
    Map<LogAnswer.LogSample, MatchedSeries> worded = new HashMap<>();
    Map<Labels, Last> last = new HashMap<>();
    for (LogAnswer.Step step : seen.steps()) {
      Set<Labels> labels = new HashSet<>();
      for (LogAnswer.LogSample sample : step.samples()) {
        MatchedSeries matchedSeries =
            worded.computeIfAbsent(
                sample, it -> words.rehearse(new Sample(it.labels(), it.value(), step.end())));
        if (!labels.add(matchedSeries.labels())) {
          return new EvaluationResult.Refused(
              "lines of different keys become the same alert after applying the rule's labels: "
                  + matchedSeries.labels());
        }
        last.merge(
            matchedSeries.labels(),
            new Last(sample.labels(), step.end()),
            (before, now) -> now.end.isBefore(before.end) ? before : now);
      }
    }
    Map<Labels, Evidence> evidence = evidence(last);
    List<EvaluationResult.Window> windows = new ArrayList<>();
    for (LogAnswer.Step step : seen.steps()) {
      List<MatchedSeries> candidates = new ArrayList<>();
      for (LogAnswer.LogSample sample : step.samples()) {
        MatchedSeries matchedSeries = worded.get(sample);
        if (matchedSeries != null) {
          candidates.add(
              matchedSeries.with(evidence.getOrDefault(matchedSeries.labels(), Evidence.NONE)));
        }
      }
      windows.add(new EvaluationResult.Window(step.end(), step.certainty(), candidates));
    }
    return new EvaluationResult.Windows(windows, seen.progress(), seen.behind());
  }

  private Map<Labels, Evidence> evidence(Map<Labels, Last> last) {
    Map<Labels, Evidence> evidence = new HashMap<>();
    last.forEach(
        (labels, it) -> {
          if (evidence.size() < EvidencePolicy.MOST && evidencePolicy.wants(labels, it.end)) {
            Evidence lines = source.evidence(condition, it.key, it.end);
            evidence.put(labels, withRollout ? lines.and(source.rollout(it.key, it.end)) : lines);
          }
        });
    return evidence;
  }
}
