package dev.longshore.agent.ship;

import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.shared.elastic.BulkReply;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// The meters of shipping. Written by the shipping thread.
public final class ShipMetrics {

  /// Error types that have a series of their own; more are counted as `other`.
  static final int MAX_TYPES = 32;

  private final MeterRegistry registry;
  private final Counter answered;
  private final Counter refused;
  private final Counter unreadable;
  private final Counter indexed;
  private final Counter duplicate;
  private final Counter deadLettered;
  private final Counter retried;
  private final Counter pauses;
  private final Counter sentBytes;
  private final Counter deadLettersFull;
  private final Counter deadLettersCut;
  private final Timer duration;
  private final AtomicLong inFlightBytes = new AtomicLong();
  private final Map<String, Counter> lettersByType = new HashMap<>();

  public ShipMetrics(MeterRegistry registry) {
    this.registry = registry;
    answered = request("answered");
    refused = request("refused");
    unreadable = request("unreadable");
    indexed = item("indexed");
    duplicate = item("duplicate");
    deadLettered = item("dead_lettered");
    retried = item("retried");
    pauses =
        Counter.builder("longshore.agent.ship.pauses")
            .description("How often a destination was held back after a refusal or a failure")
            .register(registry);
    sentBytes =
        Counter.builder("longshore.agent.ship.sent")
            .baseUnit("bytes")
            .description("Bulk bodies handed to the client, before compression")
            .register(registry);
    deadLettersFull =
        Counter.builder("longshore.agent.dead.letters.full")
            .description("Dead letters that found no room on disk and wait in the queue")
            .register(registry);
    deadLettersCut =
        Counter.builder("longshore.agent.dead.letters.cut")
            .description("Dead letters too long for their share of the disk, stored in part")
            .register(registry);
    duration =
        Timer.builder("longshore.agent.bulk.duration")
            .description("From sending a bulk request to its reply")
            .publishPercentileHistogram(false)
            .register(registry);
    Gauge.builder("longshore.agent.ship.in.flight", inFlightBytes, AtomicLong::doubleValue)
        .baseUnit("bytes")
        .description("Bulk bodies that were sent and have no reply yet")
        .register(registry);
  }

  private Counter request(String outcome) {
    return Counter.builder("longshore.agent.bulk.requests")
        .description(
            "Bulk requests: answered item by item, refused as a whole, or without a readable reply")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Counter item(String outcome) {
    return Counter.builder("longshore.agent.ship.records")
        .description("Outcomes of records; one may be retried often, the others count it once")
        .tag("outcome", outcome)
        .register(registry);
  }

  void sent(int bytes) {
    sentBytes.increment(bytes);
    inFlightBytes.addAndGet(bytes);
  }

  void replied(BulkReply reply, long bytes, long tookNanos) {
    inFlightBytes.addAndGet(-bytes);
    duration.record(Duration.ofNanos(tookNanos));
    switch (reply) {
      case BulkReply.Answered _ -> answered.increment();
      case BulkReply.Refused _ -> refused.increment();
      case BulkReply.Unreadable _ -> unreadable.increment();
    }
  }

  void resolved(int asIndexed, int asDuplicate, int asDeadLettered) {
    indexed.increment(asIndexed);
    duplicate.increment(asDuplicate);
    deadLettered.increment(asDeadLettered);
  }

  void retried(int records) {
    retried.increment(records);
  }

  void paused() {
    pauses.increment();
  }

  void deadLetterCut() {
    deadLettersCut.increment();
  }

  void deadLettersFull() {
    deadLettersFull.increment();
  }

  /// Shows how much of the disk dead letters take.
  void deadLettersOnDisk(DiskStore disk) {
    Gauge.builder("longshore.agent.dead.letters.disk", disk, DiskStore::bytes)
        .baseUnit("bytes")
        .description("Dead letters on this node's disk, which the dead-letter data stream refused")
        .register(registry);
  }

  /// A record became a dead letter.
  ///
  /// @param type Elasticsearch's error type
  void deadLetter(String type) {
    Counter counter = lettersByType.get(type);
    if (counter == null) {
      String tag = lettersByType.size() < MAX_TYPES ? type : "other";
      counter =
          lettersByType.computeIfAbsent(
              tag,
              name ->
                  Counter.builder("longshore.agent.dead.letters")
                      .description("Records that Elasticsearch refused for good, by error type")
                      .tag("type", name.isEmpty() ? "unknown" : name)
                      .register(registry));
    }
    counter.increment();
  }
}
