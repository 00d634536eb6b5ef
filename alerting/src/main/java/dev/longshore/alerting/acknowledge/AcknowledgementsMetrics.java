package dev.longshore.alerting.acknowledge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// The meters of acknowledgements.
public final class AcknowledgementsMetrics {
  private final AtomicInteger active = new AtomicInteger();

  public AcknowledgementsMetrics(MeterRegistry registry) {
    Gauge.builder("longshore.acknowledgements.active", active, AtomicInteger::get)
        .description("Groups of alerts that somebody has acknowledged, and that are not repeated")
        .register(registry);
  }

  void active(int acknowledgements) {
    active.set(acknowledgements);
  }
}
