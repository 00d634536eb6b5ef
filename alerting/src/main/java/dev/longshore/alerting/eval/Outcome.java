package dev.longshore.alerting.eval;

import java.util.List;

/// What an evaluation of a rule found.
sealed interface Outcome {

  /// For what the rule is true; for nothing else is it.
  record Found(List<Candidate> candidates, List<String> warnings) implements Outcome {
    public Found {
      candidates = List.copyOf(candidates);
      warnings = List.copyOf(warnings);
    }
  }

  /// Nothing is known, and the rule is at fault.
  record Refused(String cause) implements Outcome {}

  /// Nothing is known, and the source is at fault.
  record Unavailable(String cause) implements Outcome {}
}
