package dev.longshore.alerting.state;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// How writing state fares.
final class StateMetrics {
  private final Counter failures;
  private final AtomicInteger failing = new AtomicInteger();

  StateMetrics(MeterRegistry registry) {
    failures =
        Counter.builder("longshore.state.write.failures")
            .description("Writes of state that failed; they are tried again")
            .register(registry);
    Gauge.builder("longshore.state.failing", failing, AtomicInteger::get)
        .description("1 while state can't be written and alerting goes on from memory, else 0")
        .register(registry);
  }

  void failed() {
    failures.increment();
  }

  void failing(boolean now) {
    failing.set(now ? 1 : 0);
  }
}
