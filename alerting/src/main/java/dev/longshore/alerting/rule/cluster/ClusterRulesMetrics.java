package dev.longshore.alerting.rule.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// What is measured of rules in objects of the cluster.
final class ClusterRulesMetrics {
  private final Counter failures;

  ClusterRulesMetrics(MeterRegistry registry, ClusterRules rules) {
    failures =
        Counter.builder("longshore.cluster.rules.failures")
            .description(
                "Attempts to list or watch PrometheusRule objects that failed; what is known stays"
                    + " in force")
            .register(registry);
    Gauge.builder("longshore.cluster.rules.objects", rules, ClusterRules::size)
        .description("PrometheusRule objects that are known")
        .register(registry);
    Gauge.builder("longshore.cluster.rules.watching", rules, it -> it.isWatching() ? 1 : 0)
        .description("1 while changes of PrometheusRule objects are seen as they happen, else 0")
        .register(registry);
  }

  void failed() {
    failures.increment();
  }
}
