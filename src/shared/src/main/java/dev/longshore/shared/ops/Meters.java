package dev.longshore.shared.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import java.nio.charset.StandardCharsets;

/// The product's metrics: where they are registered, and how Prometheus reads them.
///
/// Micrometer calls its registry over Prometheus' simpleclient deprecated in favour of one over the
/// newer client; ours is the older by choice, so this class alone names it.
@SuppressWarnings("deprecation")
public final class Meters {

  /// Of what [#scrape] writes.
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /// An empty registry. It will leave out what Micrometer's binders tell of the machine, which the
  /// node exporter has, and of threads by state.
  public Meters() {
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("system."))
        .meterFilter(MeterFilter.denyNameStartsWith("jvm.threads.states"))
        .meterFilter(MeterFilter.denyNameStartsWith("jvm.memory.usage.after.gc"));
  }

  /// Where packages register theirs.
  public MeterRegistry registry() {
    return registry;
  }

  /// Adds metrics that are collected when they are scraped.
  public void register(Collector collector) {
    registry.getPrometheusRegistry().register(collector);
  }

  /// Everything in Prometheus' text format 0.0.4.
  public String scrape() {
    return registry.scrape();
  }

  /// What a route answers with it.
  public OpsReply reply() {
    return new OpsReply(200, CONTENT_TYPE, scrape().getBytes(StandardCharsets.UTF_8));
  }
}
