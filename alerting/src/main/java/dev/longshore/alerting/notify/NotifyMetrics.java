package dev.longshore.alerting.notify;

import dev.longshore.shared.clock.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What is measured of notifications, with Alertmanager's names behind `longshore_`.
final class NotifyMetrics {
  private final MeterRegistry registry;
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicReference<@Nullable Instant> oldest = new AtomicReference<>();
  private final AtomicLong failingLanes = new AtomicLong();

  /// @param clock the age of the oldest message grows also while nothing is done
  NotifyMetrics(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    Gauge.builder("longshore.outbox.entries", waiting, AtomicLong::doubleValue)
        .description("Messages that are to be made; rises while a receiver does not take them")
        .register(registry);
    Gauge.builder("longshore.outbox.oldest.seconds", oldest, it -> seconds(it.get(), clock))
        .description("How long the oldest of these messages has waited")
        .register(registry);
    Gauge.builder("longshore.notifications.failing.channels", failingLanes, AtomicLong::doubleValue)
        .description("Channels and webhooks that do not accept messages at present")
        .register(registry);
  }

  /// A message was made: a post, an edit, a reply, a call.
  void delivered(String integration, Duration took) {
    Counter.builder("longshore.notifications")
        .description("Messages that were taken: posts, edits, replies, calls of webhooks")
        .tag("integration", integration)
        .register(registry)
        .increment();
    request(integration, took);
  }

  /// A message was not taken.
  void failed(String integration, String reason, Duration took) {
    failed(integration, reason);
    Counter.builder("longshore.notification.requests.failed")
        .description("Requests to receivers that failed")
        .tag("integration", integration)
        .register(registry)
        .increment();
    request(integration, took);
  }

  private void failed(String integration, String reason) {
    Counter.builder("longshore.notifications.failed")
        .description(
            "Messages that were not taken, by reason; they are tried again, but for"
                + " receiverRemoved, where nobody is left to send them, and givenUp, after a day or"
                + " when too many wait")
        .tags("integration", integration, "reason", reason)
        .register(registry)
        .increment();
  }

  private void request(String integration, Duration took) {
    Counter.builder("longshore.notification.requests")
        .description("Requests to receivers, also those that failed")
        .tag("integration", integration)
        .register(registry)
        .increment();
    Timer.builder("longshore.notification.latency")
        .description("How long receivers took to answer")
        .tag("integration", integration)
        .register(registry)
        .record(took);
  }

  /// A message was given up, because its receiver is no longer configured.
  void dropped(String integration) {
    failed(integration, "receiverRemoved");
  }

  private static double seconds(@Nullable Instant since, Clock clock) {
    return since == null ? 0 : Math.max(0, Duration.between(since, clock.now()).toMillis() / 1e3);
  }

  /// A message was given up: it waited for too long, or too many did.
  void givenUp(String integration) {
    failed(integration, "givenUp");
  }

  void outbox(int entries, @Nullable Instant oldestSince, int failing) {
    waiting.set(entries);
    oldest.set(oldestSince);
    failingLanes.set(failing);
  }
}
