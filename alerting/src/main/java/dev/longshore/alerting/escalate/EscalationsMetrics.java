package dev.longshore.alerting.escalate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// The meters of escalations.
public final class EscalationsMetrics {
  private final AtomicInteger running = new AtomicInteger();
  private final Counter steps;
  private final Counter absent;

  public EscalationsMetrics(MeterRegistry registry) {
    Gauge.builder("longshore.escalations.running", running, AtomicInteger::get)
        .description("Groups that nobody has acknowledged and whose next escalation step is due")
        .register(registry);
    steps =
        Counter.builder("longshore.escalation.steps")
            .description("Steps of escalations that were taken")
            .register(registry);
    absent =
        Counter.builder("longshore.escalation.steps.absent")
            .description(
                "Steps of escalations in which nobody could be told, since nobody was on call")
            .register(registry);
  }

  void running(int escalations) {
    running.set(escalations);
  }

  void step(boolean tellsSomebody) {
    steps.increment();
    if (!tellsSomebody) {
      absent.increment();
    }
  }
}
