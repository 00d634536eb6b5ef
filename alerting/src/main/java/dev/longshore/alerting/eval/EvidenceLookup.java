package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogSource;
import dev.longshore.shared.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Adds to the alerts of a metric rule what may explain them: how the metric went, what their
/// workloads logged at the time, the newest rollout. No alert waits for it longer than a moment:
/// what is not there then comes with a later evaluation. It blocks; it runs on the executor.
final class EvidenceLookup {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /// What came before an alert may explain it.
  private static final Duration BEFORE = Duration.ofMinutes(5);

  /// What went on for long is told by its latest part.
  private static final Duration LONGEST = Duration.ofHours(1);

  private final EvidenceConfig config;
  private final MetricChart chart;
  private final @Nullable LogSource logs;
  private final EvidencePolicy evidencePolicy;
  private final Instant at;
  private final Clock clock;

  /// @param logs null when there are none, or they don't answer
  EvidenceLookup(
      EvidenceConfig config,
      MetricChart chart,
      @Nullable LogSource logs,
      EvidencePolicy evidencePolicy,
      Instant at,
      Clock clock) {
    this.config = config;
    this.chart = chart;
    this.logs = logs;
    this.evidencePolicy = evidencePolicy;
    this.at = at;
    this.clock = clock;
  }

  EvaluationResult add(EvaluationResult evaluationResult) {
    if (!(evaluationResult instanceof EvaluationResult.Matched found)) {
      return evaluationResult;
    }
    List<Labels> wanted =
        found.candidates().stream()
            .map(MatchedSeries::labels)
            .filter(it -> evidencePolicy.wants(it, at))
            .limit(EvidencePolicy.MOST)
            .toList();
    List<Thread> asking = new ArrayList<>();
    Map<Labels, Evidence> charts = new ConcurrentHashMap<>();
    Map<Labels, Evidence> logged = new ConcurrentHashMap<>();
    if (!wanted.isEmpty() && config.chart()) {
      asking.add(start("chart", () -> charts.putAll(chart.of(wanted))));
    }
    Set<Labels> lookedUp = ConcurrentHashMap.newKeySet();
    LogSource source = logs;
    if (!wanted.isEmpty() && source != null && (config.errors() || config.rollout())) {
      asking.add(start("logs-beside", () -> ask(source, wanted, logged, lookedUp)));
    } else {
      lookedUp.addAll(wanted);
    }
    if (asking.isEmpty()) {
      return evaluationResult;
    }
    await(asking);
    List<MatchedSeries> candidates = new ArrayList<>();
    for (MatchedSeries series : found.candidates()) {
      candidates.add(
          series.with(
              charts
                  .getOrDefault(series.labels(), Evidence.NONE)
                  .and(logged.getOrDefault(series.labels(), Evidence.NONE))));
    }
    return new EvaluationResult.Matched(candidates, found.warnings(), lookedUp);
  }

  private static Thread start(String name, Runnable task) {
    return Thread.ofVirtual().name(name).start(task);
  }

  private void await(List<Thread> asking) {
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    try {
      for (Thread thread : asking) {
        if (!thread.join(Duration.ofNanos(Math.max(0, deadline - clock.nanoTime())))) {
          thread.interrupt();
        }
      }
    } catch (InterruptedException e) {
      asking.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
  }

  private void ask(
      LogSource source, List<Labels> wanted, Map<Labels, Evidence> logged, Set<Labels> lookedUp) {
    for (Labels labels : wanted) {
      Instant since = evidencePolicy.since(labels, at).minus(BEFORE);
      Instant from = since.isBefore(at.minus(LONGEST)) ? at.minus(LONGEST) : since;
      Evidence seen = Evidence.NONE;
      if (config.rollout()) {
        seen = seen.and(source.rollout(labels, at));
        logged.put(labels, seen);
      }
      if (config.errors()) {
        logged.put(labels, seen.and(source.errors(labels, from, at)));
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      lookedUp.add(labels);
    }
  }
}
