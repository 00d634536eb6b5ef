package dev.longshore.agent.ops;

import dev.longshore.shared.memory.MemoryBudget;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// The memory budget, and what of it each share holds.
public final class MemoryMetrics {
  private MemoryMetrics() {}

  /// Registers them, once all shares are made.
  public static void register(MeterRegistry registry, MemoryBudget budget) {
    Gauge.builder("longshore.agent.memory.budget", budget, MemoryBudget::maxBytes)
        .baseUnit("bytes")
        .description("What open records, batches, windows and replies may hold in memory together")
        .register(registry);
    for (MemoryBudget.Share share : budget.shares()) {
      Gauge.builder("longshore.agent.memory.used", share, MemoryBudget.Share::usedBytes)
          .baseUnit("bytes")
          .description("What a share of the memory budget holds")
          .tag("share", share.name())
          .register(registry);
      FunctionCounter.builder(
              "longshore.agent.memory.refusals", share, MemoryBudget.Share::refusals)
          .description("How often a share found no room in the memory budget, and waited")
          .tag("share", share.name())
          .register(registry);
    }
  }
}
