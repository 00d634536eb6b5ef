package dev.longshore.alerting.metrics;

import java.util.List;

/// What came of a query.
public sealed interface Answer {

  /// The source answered.
  ///
  /// @param samples of a range of time, the last of each series
  /// @param warnings what the source says about its answer
  record Samples(Kind kind, List<Sample> samples, List<String> warnings) implements Answer {
    public Samples {
      samples = List.copyOf(samples);
      warnings = List.copyOf(warnings);
    }
  }

  /// The source understood the question and refuses it: the expression is at fault.
  ///
  /// @param cause the source's own words
  record Refused(String cause) implements Answer {}

  /// There is no answer, and nothing is known of what was asked.
  ///
  /// @param cause what went wrong, for people
  record Unavailable(String cause) implements Answer {}

  /// What an expression evaluates to.
  enum Kind {
    VECTOR,
    SCALAR,
    MATRIX
  }
}
