package dev.longshore.alerting.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// What came in by the API.
public final class ApiMetrics {
  private final Counter firing;
  private final Counter resolved;
  private final Counter invalid;

  public ApiMetrics(MeterRegistry registry) {
    firing = received(registry, "firing");
    resolved = received(registry, "resolved");
    invalid =
        Counter.builder("longshore.alerts.invalid")
            .description("Posted alerts that were refused; the answer said why.")
            .register(registry);
  }

  private static Counter received(MeterRegistry registry, String status) {
    return Counter.builder("longshore.alerts.received")
        .description("Alerts that were posted, repetitions included.")
        .tag("status", status)
        .register(registry);
  }

  void received(boolean isResolved) {
    (isResolved ? resolved : firing).increment();
  }

  void refused(int alerts) {
    invalid.increment(alerts);
  }
}
