package dev.longshore.agent.filter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// What filters count: records that each rule has left out.
public final class FilterMetrics {
  private final Counter[] dropped;

  public FilterMetrics(MeterRegistry registry, Filters filters) {
    dropped = new Counter[filters.rules().size()];
    for (int i = 0; i < dropped.length; i++) {
      dropped[i] =
          Counter.builder("longshore.agent.filter.dropped.records")
              .description("Records left out of the index, by the rule of filters that says so.")
              .tag("rule", filters.rules().get(i).name())
              .register(registry);
    }
  }

  /// A rule has left a record out.
  public void dropped(int rule) {
    dropped[rule].increment();
  }
}
