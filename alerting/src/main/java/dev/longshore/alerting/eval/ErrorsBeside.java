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
final class ErrorsBeside {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /// What came before an alert may explain it.
  private static final Duration BEFORE = Duration.ofMinutes(5);

  /// What went on for long is told by its latest part.
  private static final Duration LONGEST = Duration.ofHours(1);

  private final LogSource logs;
  private final Lookups lookups;
  private final Instant at;

  ErrorsBeside(LogSource logs, Lookups lookups, Instant at) {
    this.logs = logs;
    this.lookups = lookups;
    this.at = at;
  }

  Outcome add(Outcome outcome) {
    if (!(outcome instanceof Outcome.Found found)) {
      return outcome;
    }
    List<Candidate> wanted =
        found.candidates().stream()
            .filter(it -> lookups.wants(it.labels(), at))
            .limit(Lookups.MOST)
            .toList();
    if (wanted.isEmpty()) {
      return outcome;
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
    List<Candidate> candidates = new ArrayList<>();
    for (Candidate candidate : found.candidates()) {
      candidates.add(candidate.with(errors.getOrDefault(candidate.labels(), Evidence.NONE)));
    }
    return new Outcome.Found(candidates, found.warnings());
  }

  private void ask(List<Candidate> wanted, Map<Labels, Evidence> errors) {
    for (Candidate candidate : wanted) {
      Instant since = lookups.since(candidate.labels(), at).minus(BEFORE);
      Instant from = since.isBefore(at.minus(LONGEST)) ? at.minus(LONGEST) : since;
      errors.put(candidate.labels(), logs.errors(candidate.labels(), from, at));
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }
}
