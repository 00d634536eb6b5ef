package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The meters of the alerts that are known.
public final class AlertsMetrics {
  private final Map<Alert.Origin, Counter> received = new EnumMap<>(Alert.Origin.class);
  private final Counter tooMany;
  private final Counter tooLarge;
  private final AtomicInteger known = new AtomicInteger();
  private final AtomicLong heapBytes = new AtomicLong();

  public AlertsMetrics(MeterRegistry registry) {
    for (Alert.Origin origin : Alert.Origin.values()) {
      received.put(
          origin,
          Counter.builder("longshore.alerts.put")
              .description("Alerts that were put, by who put them; an alert is put many times")
              .tag("origin", origin.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    tooMany = refused(registry, "too_many");
    tooLarge = refused(registry, "too_large");
    Gauge.builder("longshore.alerts.known", known, AtomicInteger::get)
        .description("Alerts that are known: firing, or ended and still kept")
        .register(registry);
    Gauge.builder("longshore.alerts.heap.bytes", heapBytes, AtomicLong::get)
        .description("About what the alerts that are known take on the heap")
        .register(registry);
  }

  private static Counter refused(MeterRegistry registry, String reason) {
    return Counter.builder("longshore.alerts.refused")
        .description(
            "Alerts that were not taken: no room for more (`too_many`), or too many bytes of labels"
                + " (`too_large`)")
        .tag("reason", reason)
        .register(registry);
  }

  void received(Alert alert) {
    Counter counter = received.get(alert.origin());
    if (counter != null) {
      counter.increment();
    }
  }

  void tooMany() {
    tooMany.increment();
  }

  void tooLarge() {
    tooLarge.increment();
  }

  void known(AlertCapacity capacity) {
    known.set(capacity.count());
    heapBytes.set(capacity.heap().bytes());
  }
}
