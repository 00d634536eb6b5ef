package dev.longshore.shared.ops;

import dev.longshore.shared.runtime.SupervisedThread;
import dev.longshore.shared.runtime.Supervisor;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.time.Duration;
import java.util.List;

/// What `/healthz` and `/readyz` say, as metrics that are asked when they are scraped.
final class OpsCollector extends Collector {
  private final Supervisor supervisor;
  private final List<ReadinessCheck> checks;

  OpsCollector(Supervisor supervisor, List<ReadinessCheck> checks) {
    this.supervisor = supervisor;
    this.checks = checks;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    GaugeMetricFamily ready =
        new GaugeMetricFamily(
            "longshore_ready", "1 while a check of /readyz is ready, else 0", List.of("check"));
    for (ReadinessCheck check : checks) {
      ready.addMetric(List.of(check.name()), check.readiness() instanceof Readiness.Ready ? 1 : 0);
    }
    GaugeMetricFamily age =
        new GaugeMetricFamily(
            "longshore_thread_turn_age_seconds",
            "Since the last turn of a long-lived thread; pauses of the whole process do not count",
            List.of("thread"));
    GaugeMetricFamily stuck =
        new GaugeMetricFamily(
            "longshore_thread_stuck",
            "1 while a thread's last turn is older than it may be and /healthz fails, else 0",
            List.of("thread"));
    for (SupervisedThread thread : supervisor.threads()) {
      Duration limit = thread.maxTurnAge();
      if (limit != null) {
        age.addMetric(List.of(thread.name()), thread.turnAge().toNanos() / 1e9);
        stuck.addMetric(List.of(thread.name()), thread.isOverdue() ? 1 : 0);
      }
    }
    return List.of(ready, age, stuck);
  }
}
