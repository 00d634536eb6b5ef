package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;

/// A sample for which a rule is true, with the labels and annotations that the rule gives it.
///
/// @param labels what identifies the alert within its rule
/// @param evidence what was looked up of it; nothing when that was not done now
public record MatchedSeries(Labels labels, Labels annotations, double value, Evidence evidence) {

  /// Without anything looked up.
  public MatchedSeries(Labels labels, Labels annotations, double value) {
    this(labels, annotations, value, Evidence.NONE);
  }

  MatchedSeries with(Evidence seen) {
    return new MatchedSeries(labels, annotations, value, seen);
  }
}
