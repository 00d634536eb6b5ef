package dev.longshore.agent.enrich;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.function.Supplier;

/// What the metadata tells about itself.
public final class EnrichMetrics {
  private final MeterRegistry registry;
  private final Counter events;
  private final Counter lists;
  private final Counter apiErrors;
  private final Counter corruptEntries;
  private final Counter writeErrors;
  private final Counter podsAsked;
  private final Counter forgotten;
  private final EnumMap<Refusal.Reason, Counter> refusals = new EnumMap<>(Refusal.Reason.class);
  private final Counter lossEventsPosted;
  private final Counter lossEventsDropped;

  public EnrichMetrics(MeterRegistry registry) {
    this.registry = registry;
    events =
        counter("longshore.agent.metadata.events", "Changes of pods and namespaces that were told");
    lists =
        counter(
            "longshore.agent.metadata.lists",
            "Complete lists that were read; more than two per start means that watches are lost");
    apiErrors =
        counter("longshore.agent.metadata.api.errors", "Requests to the API server that failed");
    corruptEntries =
        counter(
            "longshore.agent.metadata.corrupt.entries",
            "Entries of the metadata folder that were skipped because they are damaged");
    writeErrors =
        counter(
            "longshore.agent.metadata.write.errors",
            "Entries of the metadata folder that could not be written");
    podsAsked =
        counter(
            "longshore.agent.metadata.pod.requests",
            "Requests for single pods that have logs and that the watch has not told of");
    forgotten =
        counter(
            "longshore.agent.metadata.forgotten.pods",
            "Deleted pods that were forgotten before their files were shipped");
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      refusals.put(reason, refusals(reason));
    }
    lossEventsPosted = lossEvents("posted");
    lossEventsDropped = lossEvents("dropped");
  }

  private Counter refusals(Refusal.Reason reason) {
    return Counter.builder("longshore.agent.policy.refusals")
        .description(
            "Annotations that the operator's policy did not permit, each time the rules of a file"
                + " are made")
        .tag("reason", reason.word())
        .register(registry);
  }

  private Counter lossEvents(String outcome) {
    return Counter.builder("longshore.agent.loss.events")
        .description("Events about lost logs: taken by the API server, or given up")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /// Shows how many pods are known, as gauges.
  void pods(Supplier<Number> known, Supplier<Number> deleted, Supplier<Number> connected) {
    Gauge.builder("longshore.agent.metadata.pods", known)
        .description("Pods that are known, deleted ones with unshipped files among them")
        .register(registry);
    Gauge.builder("longshore.agent.metadata.deleted.pods", deleted)
        .description("Known pods that the API server no longer has")
        .register(registry);
    Gauge.builder("longshore.agent.metadata.connected", connected)
        .description("1 while both watches stand, else 0; NaN where kubernetes.enabled is false")
        .register(registry);
  }

  /// Shows which pods are waited for, as gauges.
  void waiting(Supplier<Number> pods, Supplier<Number> seconds) {
    Gauge.builder("longshore.agent.metadata.waiting.pods", pods)
        .description("Pods that have logs and of which nothing is known yet")
        .register(registry);
    Gauge.builder("longshore.agent.metadata.waiting.seconds", seconds)
        .description("How long the longest of them has waited; 0 when none waits")
        .register(registry);
  }

  /// Shows how many data streams pods have chosen, as a gauge.
  void dataStreams(Supplier<Number> datasets) {
    Gauge.builder("longshore.agent.policy.data.streams", datasets)
        .description(
            "Datasets of pods' own choice that are in use; policy.maxDataStreams limits it")
        .register(registry);
  }

  void refused(Refusal.Reason reason) {
    Counter counter = refusals.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  void podAsked() {
    podsAsked.increment();
  }

  void event() {
    events.increment();
  }

  void listed() {
    lists.increment();
  }

  void apiError() {
    apiErrors.increment();
  }

  void corruptEntry() {
    corruptEntries.increment();
  }

  void writeError() {
    writeErrors.increment();
  }

  void lossEventPosted() {
    lossEventsPosted.increment();
  }

  void lossEventDropped() {
    lossEventsDropped.increment();
  }

  void forgotten() {
    forgotten.increment();
  }
}
