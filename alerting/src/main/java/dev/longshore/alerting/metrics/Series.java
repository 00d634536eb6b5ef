package dev.longshore.alerting.metrics;

import dev.longshore.alerting.alert.Labels;
import java.util.List;

/// A series over a range of time.
///
/// @param labels all of the series', `__name__` too
/// @param samples its numbers, in the order of their times; each has no labels of its own
public record Series(Labels labels, List<Sample> samples) {
  public Series {
    samples = List.copyOf(samples);
  }
}
