package dev.longshore.alerting.receiver.slack.socket;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// The meters of Socket Mode.
public final class SocketMetrics {
  private final MeterRegistry registry;
  private final AtomicInteger connected = new AtomicInteger();
  private final Counter failures;

  public SocketMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("longshore.slack.sockets", connected, AtomicInteger::get)
        .description(
            "Connections by which Slack tells what people do; 0 where answers are not configured, or"
                + " do not arrive")
        .register(registry);
    failures =
        Counter.builder("longshore.slack.sockets.failed")
            .description("Connections to Slack that could not be opened, or that ended unasked")
            .register(registry);
  }

  void connected(int more) {
    connected.addAndGet(more);
  }

  void failed() {
    failures.increment();
  }

  /// @param outcome `handled`, `duplicate`, `late`, `refused`, `unreadable`, `too_large`
  void envelope(String outcome) {
    Counter.builder("longshore.slack.envelopes")
        .description(
            "What Slack told of people's answers, by outcome: handled; duplicate, which was"
                + " acknowledged and not done again; late, when the answer was not there in time;"
                + " refused, when too many came at once; unreadable; too_large")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }
}
