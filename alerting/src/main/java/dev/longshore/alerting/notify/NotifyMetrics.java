package dev.longshore.alerting.notify;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// What is measured of notifications, with Alertmanager's names behind `longshore_`.
final class NotifyMetrics {
  private final MeterRegistry registry;
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong oldestMillis = new AtomicLong();
  private final AtomicLong failingLanes = new AtomicLong();

  NotifyMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("longshore.outbox.entries", waiting, AtomicLong::doubleValue)
        .description("Messages that are to be made; rises while a receiver does not take them")
        .register(registry);
    Gauge.builder("longshore.outbox.oldest.seconds", oldestMillis, it -> it.doubleValue() / 1_000)
        .description("How long the oldest of these messages has waited")
        .register(registry);
    Gauge.builder("longshore.notifications.failing.channels", failingLanes, AtomicLong::doubleValue)
        .description("Channels and webhooks that take nothing at present")
        .register(registry);
  }

  /// A message was made: a post, an edit, a reply, a call.
  void delivered(String integration, Duration took) {
    registry.counter("longshore.notifications", "integration", integration).increment();
    request(integration, took);
  }

  /// A message was not taken.
  void failed(String integration, String reason, Duration took) {
    registry
        .counter("longshore.notifications.failed", "integration", integration, "reason", reason)
        .increment();
    registry
        .counter("longshore.notification.requests.failed", "integration", integration)
        .increment();
    request(integration, took);
  }

  private void request(String integration, Duration took) {
    registry.counter("longshore.notification.requests", "integration", integration).increment();
    Timer.builder("longshore.notification.latency")
        .description("How long receivers took to answer")
        .tag("integration", integration)
        .register(registry)
        .record(took);
  }

  /// A message was given up, because its receiver is no longer configured.
  void dropped(String integration) {
    registry
        .counter(
            "longshore.notifications.failed",
            "integration",
            integration,
            "reason",
            "receiverRemoved")
        .increment();
  }

  void outbox(int entries, Duration oldest, int failing) {
    waiting.set(entries);
    oldestMillis.set(oldest.toMillis());
    failingLanes.set(failing);
  }
}
