package dev.longshore.shared.ops;

import dev.longshore.shared.runtime.BuildInfo;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

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

  /// A registry with the build's version alone. It will leave out what Micrometer's binders tell of
  /// the machine, which the node exporter has, and of threads by state.
  public Meters() {
    registry
        .config()
        .meterFilter(MeterFilter.denyNameStartsWith("system."))
        .meterFilter(MeterFilter.denyNameStartsWith("jvm.threads.states"))
        .meterFilter(MeterFilter.denyNameStartsWith("jvm.memory.usage.after.gc"));
    BuildInfo build = BuildInfo.current();
    Gauge.builder("longshore.build.info", () -> 1)
        .description("Always 1; the version and revision that run are its labels")
        .tag("version", build.version())
        .tag("revision", build.revision())
        .register(registry);
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

  /// What a route answers with it, written while it is sent.
  public OpsReply reply() {
    return new OpsReply(
        200,
        CONTENT_TYPE,
        Map.of(),
        out -> {
          Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          registry.scrape(text);
          text.flush();
        });
  }
}
