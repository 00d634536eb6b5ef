package dev.longshore.alerting.logs;

import dev.longshore.alerting.alert.Labels;
import java.time.Instant;
import java.util.List;

/// What came of an evaluation of a log rule.
public sealed interface LogAnswer {

  /// What was seen.
  ///
  /// @param steps windows by their ends, those to be looked at again first, then in order of time
  /// @param progress to be handed to the next evaluation
  /// @param behind what is not complete, for people: `complete to 12:03:10 UTC; node-7 is 4 min
  ///   behind`; empty when nothing is behind
  record Seen(List<Step> steps, LogProgress progress, String behind) implements LogAnswer {
    public Seen {
      steps = List.copyOf(steps);
    }
  }

  /// The rule is at fault.
  record Refused(String cause) implements LogAnswer {}

  /// Nothing is known, and the source is at fault.
  record Unavailable(String cause) implements LogAnswer {}

  /// One window.
  ///
  /// @param end of the window, which it excludes
  /// @param samples for what the rule is true
  record Step(Instant end, Certainty certainty, List<LogSample> samples) {
    public Step {
      samples = List.copyOf(samples);
    }
  }

  /// How much is known of a window.
  enum Certainty {
    /// It was looked at before and was complete but for lines that have come since.
    REPLAY,
    /// All its lines are there.
    COMPLETE,
    /// More lines may come: what is true is true, what is not may become so.
    PARTIAL
  }

  /// What a rule is true for.
  ///
  /// @param labels made of the values of its fields
  /// @param value the figure that made it true, as people are told
  /// @param measured the figure that the test's limits are held against: the value, but for what
  ///   came from nothing, which has grown without bound
  record LogSample(Labels labels, double value, double measured) {
    public LogSample(Labels labels, double value) {
      this(labels, value, value);
    }
  }
}
