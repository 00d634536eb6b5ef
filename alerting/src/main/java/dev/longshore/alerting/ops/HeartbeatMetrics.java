package dev.longshore.alerting.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// How heartbeats were taken.
final class HeartbeatMetrics {
  private final Counter taken;
  private final Counter failed;

  HeartbeatMetrics(MeterRegistry registry) {
    taken =
        Counter.builder("longshore.heartbeats")
            .description("Heartbeats that the watchdog's URL took")
            .register(registry);
    failed =
        Counter.builder("longshore.heartbeats.failed")
            .description("Heartbeats that it did not take, or that could not be sent")
            .register(registry);
  }

  void taken() {
    taken.increment();
  }

  void failed() {
    failed.increment();
  }
}
