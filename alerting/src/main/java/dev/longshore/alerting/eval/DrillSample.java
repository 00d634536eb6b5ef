package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.Sample;
import dev.longshore.alerting.rule.AlertingRule;
import java.time.Instant;

/// What a rule would raise for a sample that somebody makes up: for drills. Nothing is asked;
/// `query` in a template shows an error, as it does while its source is away.
///
/// @param labels of the alert, as the rule gives them
/// @param annotations with its templates expanded
public record DrillSample(Labels labels, Labels annotations) {

  /// @param sample the labels that a series would have
  /// @param externalUrl what templates know as `$externalURL`
  public static DrillSample of(
      AlertingRule rule, Labels sample, double value, Instant at, String externalUrl) {
    MatchedSeries matchedSeries =
        new RuleQuery(rule, new NoMetrics("a drill asks no source"), at, externalUrl)
            .rehearse(new Sample(sample, value, at));
    return new DrillSample(matchedSeries.labels(), matchedSeries.annotations());
  }
}
