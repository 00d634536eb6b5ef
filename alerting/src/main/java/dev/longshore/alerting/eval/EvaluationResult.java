package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogAnswer;
import dev.longshore.alerting.logs.LogProgress;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What an evaluation of a rule found.
sealed interface EvaluationResult {

  /// For what the rule is true; for nothing else is it.
  ///
  /// @param lookedUp of which candidates evidence was looked up now, also where there is none
  record Matched(List<MatchedSeries> candidates, List<String> warnings, Set<Labels> lookedUp)
      implements EvaluationResult {
    public Matched {
      lookedUp = Set.copyOf(lookedUp);
      candidates = List.copyOf(candidates);
      warnings = List.copyOf(warnings);
    }
  }

  /// For what a log rule is true, window by window.
  ///
  /// @param progress how far it has been evaluated
  /// @param behind what is not complete, for people; empty when nothing is behind
  record Windows(List<Window> windows, LogProgress progress, String behind)
      implements EvaluationResult {
    public Windows {
      windows = List.copyOf(windows);
    }
  }

  /// A window of a log rule.
  ///
  /// @param end the window's, which is its time
  record Window(Instant end, LogAnswer.Certainty certainty, List<MatchedSeries> candidates) {
    public Window {
      candidates = List.copyOf(candidates);
    }
  }

  /// Nothing is known, and the rule is at fault.
  record Refused(String cause) implements EvaluationResult {}

  /// Nothing is known, and the source is at fault.
  record Unavailable(String cause) implements EvaluationResult {}
}
