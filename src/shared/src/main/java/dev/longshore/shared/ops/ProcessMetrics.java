package dev.longshore.shared.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import org.jspecify.annotations.Nullable;

/// The process's own metrics: memory, garbage collection, CPU, threads, open files and uptime.
public final class ProcessMetrics implements AutoCloseable {
  private final MeterRegistry registry;
  private @Nullable JvmGcMetrics gc;

  public ProcessMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /// Registers them, but for those that [Meters] leaves out.
  public void start() {
    gc = new JvmGcMetrics();
    gc.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /// Leaves the garbage collector's notifications.
  @Override
  public void close() {
    if (gc != null) {
      gc.close();
      gc = null;
    }
  }
}
