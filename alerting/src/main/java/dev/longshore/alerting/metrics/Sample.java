package dev.longshore.alerting.metrics;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.gotemplate.Histogram;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A series' value at a time.
///
/// @param labels all of the series', `__name__` too; none for a scalar
/// @param value zero of a native histogram, as in Prometheus' alerts
/// @param at the sample's time as the source states it
/// @param histogram null for a number
public record Sample(Labels labels, double value, Instant at, @Nullable Histogram histogram) {

  /// A number.
  public Sample(Labels labels, double value, Instant at) {
    this(labels, value, at, null);
  }

  Sample with(Labels other) {
    return new Sample(other, value, at, histogram);
  }

  /// What templates have of it: the number, or the histogram.
  public Object templateValue() {
    return histogram == null ? (Object) value : histogram;
  }
}
