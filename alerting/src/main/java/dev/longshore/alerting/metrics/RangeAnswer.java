package dev.longshore.alerting.metrics;

import java.util.List;

/// What came of a query over a range of time.
public sealed interface RangeAnswer {

  /// The source answered.
  record Found(List<Series> series) implements RangeAnswer {
    public Found {
      series = List.copyOf(series);
    }
  }

  /// There is no answer.
  ///
  /// @param cause what went wrong, for people
  record Nothing(String cause) implements RangeAnswer {}
}
