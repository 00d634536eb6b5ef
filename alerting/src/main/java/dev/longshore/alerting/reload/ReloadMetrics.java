package dev.longshore.alerting.reload;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// How reloads went, with Alertmanager's names behind `longshore_`.
public final class ReloadMetrics {
  private final AtomicLong successful = new AtomicLong(1);
  private final AtomicLong successMillis;

  /// @param startedAt what was read at the start was sound, or there would have been none
  public ReloadMetrics(MeterRegistry registry, Instant startedAt) {
    successMillis = new AtomicLong(startedAt.toEpochMilli());
    Gauge.builder("longshore.config.last.reload.successful", successful, AtomicLong::doubleValue)
        .description("1 while every file of the configuration is sound, 0 while one is broken")
        .register(registry);
    Gauge.builder(
            "longshore.config.last.reload.success.timestamp.seconds",
            successMillis,
            it -> it.doubleValue() / 1_000)
        .description("When all files were last read and found sound, in Unix time")
        .register(registry);
  }

  void reloaded(boolean sound, Instant now) {
    successful.set(sound ? 1 : 0);
    if (sound) {
      successMillis.set(now.toEpochMilli());
    }
  }
}
