package dev.longshore.alerting.ops;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.Readiness;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the loop that owns everything turns, and what failed on it.
public final class EngineMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(EngineMetrics.class);

  /// The version of Alertmanager whose API is spoken.
  private static final String ALERTMANAGER_VERSION = "0.34.0";

  /// A turn that takes longer is a fault, in nanoseconds.
  private static final long SLOW_NANOS = Duration.ofSeconds(30).toNanos();

  private final Counter failures;

  public EngineMetrics(MeterRegistry registry) {
    failures =
        Counter.builder("longshore.loop.failures")
            .description("Tasks of the alerting loop that threw; each is a fault of Longshore")
            .register(registry);
    Gauge.builder("alertmanager.build.info", () -> 1)
        .description("The version of Alertmanager's API; clients such as karma ask for it")
        .tag("version", ALERTMANAGER_VERSION)
        .register(registry);
  }

  /// A task threw.
  public void failed(Throwable failure) {
    failures.increment();
    LOG.atError().setCause(failure).log("a task of the alerting loop failed");
  }

  /// A check that hands a task to the loop, and is not ready while an earlier one has waited for
  /// too long.
  public Supplier<Readiness> turning(Loop loop, Clock clock) {
    AtomicLong asked = new AtomicLong();
    AtomicLong answered = new AtomicLong();
    AtomicLong since = new AtomicLong();
    return () -> {
      long waiting = asked.get() - answered.get();
      if (waiting > 0) {
        long waited = clock.nanoTime() - since.get();
        return waited < SLOW_NANOS
            ? Readiness.READY
            : Readiness.notReady("the loop has been busy for " + waited / 1_000_000_000 + " s");
      }
      since.set(clock.nanoTime());
      asked.incrementAndGet();
      loop.execute(answered::incrementAndGet);
      return Readiness.READY;
    };
  }
}
