package dev.longshore.alerting.leadership;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;

/// Which replica leads, and how the lease fares.
final class LeadershipMetrics {
  private final Counter failures;

  LeadershipMetrics(MeterRegistry registry, BooleanSupplier leads) {
    failures =
        Counter.builder("longshore.alerting.lease.failures")
            .description("Times that the leader's lease could not be read or renewed")
            .register(registry);
    Gauge.builder("longshore.alerting.leader", leads, it -> it.getAsBoolean() ? 1 : 0)
        .description("1 on the replica that evaluates rules and sends, else 0")
        .strongReference(true)
        .register(registry);
  }

  void failed() {
    failures.increment();
  }
}
