package dev.longshore.alerting.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// How heartbeats were taken.
final class HeartbeatMetrics {
  private final Counter taken;
  private final Counter failed;
  private final Counter withheld;

  HeartbeatMetrics(MeterRegistry registry) {
    taken =
        Counter.builder("longshore.heartbeats")
            .description("Heartbeats that the watchdog's URL took")
            .register(registry);
    failed =
        Counter.builder("longshore.heartbeats.failed")
            .description("Heartbeats that it did not take, or that could not be sent")
            .register(registry);
    withheld =
        Counter.builder("longshore.heartbeats.withheld")
            .description(
                "Heartbeats that were not sent because groups are not evaluated, or messages not"
                    + " delivered")
            .register(registry);
  }

  void taken() {
    taken.increment();
  }

  void withheld() {
    withheld.increment();
  }

  void failed() {
    failed.increment();
  }
}
