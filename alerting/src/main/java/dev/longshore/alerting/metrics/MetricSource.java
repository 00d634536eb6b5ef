package dev.longshore.alerting.metrics;

import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;

/// Where metric rules are evaluated.
public interface MetricSource {

  /// The name that configuration gives it.
  String name();

  /// Evaluates an expression at a time. Blocks until there is an answer, or it is clear that there
  /// will be none; safe for use by any thread.
  Answer query(String expression, Instant at);

  /// Evaluates an expression at each step between two times, both included. Blocks as [#query]
  /// does; a source without a past has no answer.
  default RangeAnswer range(String expression, Instant from, Instant to, Duration step) {
    return new RangeAnswer.Nothing(name() + " knows the present alone");
  }

  /// Labels of every alert that is evaluated here, where it has none of that name.
  Labels externalLabels();

  /// Where people look at an expression; empty when there is no such place.
  String link(String expression);

  /// How many queries it takes at a time.
  int concurrency();
}
