package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Adds to the alerts of a metric rule what their workloads logged at the time. No alert waits for
/// logs longer than a moment: what is not there then comes with a later evaluation. It blocks; it
/// runs on the executor.
final class ErrorLogEnricher {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /// What came before an alert may explain it.
  private static final Duration BEFORE = Duration.ofMinutes(5);

  /// What went on for long is told by its latest part.
  private static final Duration LONGEST = Duration.ofHours(1);

  private final LogSource logs;
  private final EvidencePolicy evidencePolicy;
  private final Instant at;

  ErrorLogEnricher(LogSource logs, EvidencePolicy evidencePolicy, Instant at) {
    this.logs = logs;
    this.evidencePolicy = evidencePolicy;
    this.at = at;
  }

  EvaluationResult add(EvaluationResult evaluationResult) {
    if (!(evaluationResult instanceof EvaluationResult.Matched found)) {
      return evaluationResult;
    }
    List<MatchedSeries> wanted =
        found.candidates().stream()
            .filter(it -> evidencePolicy.wants(it.labels(), at))
            .limit(EvidencePolicy.MOST)
            .toList();
    if (wanted.isEmpty()) {
      return evaluationResult;
    }
    Map<Labels, Evidence> errors = new ConcurrentHashMap<>();
    Thread asking = Thread.ofVirtual().name("errors-beside").start(() -> ask(wanted, errors));
    try {
      if (!asking.join(PATIENCE)) {
        asking.interrupt();
      }
    } catch (InterruptedException e) {
      asking.interrupt();
      Thread.currentThread().interrupt();
    }
    List<MatchedSeries> candidates = new ArrayList<>();
    for (MatchedSeries matchedSeries : found.candidates()) {
      candidates.add(
          matchedSeries.with(errors.getOrDefault(matchedSeries.labels(), Evidence.NONE)));
    }
    return new EvaluationResult.Matched(candidates, found.warnings());
  }

  private void ask(List<MatchedSeries> wanted, Map<Labels, Evidence> errors) {
    for (MatchedSeries matchedSeries : wanted) {
      Instant since = evidencePolicy.since(matchedSeries.labels(), at).minus(BEFORE);
      Instant from = since.isBefore(at.minus(LONGEST)) ? at.minus(LONGEST) : since;
      errors.put(matchedSeries.labels(), logs.errors(matchedSeries.labels(), from, at));
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }
}
