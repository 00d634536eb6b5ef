package dev.longshore.alerting.eval;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.metrics.Answer;
import dev.longshore.alerting.metrics.MetricSource;
import java.time.Instant;

/// Stands where no metrics are to be had: `query` in a template shows why.
record NoMetrics(String why) implements MetricSource {

  @Override
  public String name() {
    return "";
  }

  @Override
  public Answer query(String expression, Instant at) {
    return new Answer.Unavailable(why);
  }

  @Override
  public Labels externalLabels() {
    return Labels.EMPTY;
  }

  @Override
  public String link(String expression) {
    return "";
  }

  @Override
  public int concurrency() {
    return 1;
  }
}
