package dev.longshore.alerting.silence;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// The meters of silences.
public final class SilencesMetrics {
  private final AtomicInteger known = new AtomicInteger();
  private final AtomicInteger unusable = new AtomicInteger();
  private final Counter refused;

  public SilencesMetrics(MeterRegistry registry) {
    Gauge.builder("longshore.silences.known", known, AtomicInteger::get)
        .description("Silences that are known: pending, active, or ended and still kept")
        .register(registry);
    Gauge.builder("longshore.silences.unusable", unusable, AtomicInteger::get)
        .description(
            "Known silences that match nothing, since this version can't use one of their matchers")
        .register(registry);
    refused =
        Counter.builder("longshore.silences.refused")
            .description("Silences that were not taken, since there is no room for more")
            .register(registry);
  }

  void known(int silences) {
    known.set(silences);
  }

  void unusable(int silences) {
    unusable.set(silences);
  }

  void refused() {
    refused.increment();
  }
}
