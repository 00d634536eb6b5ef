package dev.longshore.agent.pipeline;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/// Why reading is paused, and up to when the node's logs are searchable.
public final class PipelineMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final MeterRegistry registry;

  public PipelineMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void watch(Pipeline pipeline) {
    for (PauseReason reason : PauseReason.values()) {
      Gauge.builder("longshore.agent.reading.paused", pipeline, it -> it.pausedFiles(reason))
          .tag("reason", reason.label())
          .description(
              "Files that have something to read and are not read, by the reason for which they wait")
          .register(registry);
    }
    SearchableWatermark searchable = pipeline.searchableWatermark();
    Gauge.builder("longshore.agent.searchable.timestamp", searchable, PipelineMetrics::searchable)
        .baseUnit("seconds")
        .description(
            "Unix time up to which all lines of this node that were read are searchable; NaN before"
                + " the first complete scan")
        .register(registry);
    Gauge.builder("longshore.agent.behind", searchable, PipelineMetrics::behind)
        .baseUnit("containers")
        .description(
            "Containers with a line that is not searchable more than five minutes after it was"
                + " written, or with a file that can't be read")
        .register(registry);
  }

  private static double searchable(SearchableWatermark searchable) {
    return searchable
        .watermark()
        .map(it -> it.oldestKnownEpochNanos() / NANOS_PER_SECOND)
        .orElse(Double.NaN);
  }

  private static double behind(SearchableWatermark searchable) {
    return searchable.watermark().map(it -> (double) it.behind().size()).orElse(0.0);
  }
}
