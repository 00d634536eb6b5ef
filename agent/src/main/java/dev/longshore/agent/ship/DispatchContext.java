package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.shared.clock.Clock;
import java.util.ArrayDeque;
import java.util.Queue;

/// What all destinations share: the batch builder, the acknowledgement tracker, the transport, and spare batches. Owned by the
/// shipping thread, but for `replies`, into which the client's threads put.
///
/// @param replies at most one for each request in flight, which bounds it
record DispatchContext(
    ShipConfig config,
    BatchBuilder builder,
    AckTracker acks,
    BulkTransport transport,
    InDoubtResolver inDoubt,
    DeadLetterRouter deadLetterRouter,
    Queue<Destination.Reply> replies,
    Runnable replyArrived,
    Clock clock,
    Backoff backoff,
    ShipMetrics metrics,
    ArrayDeque<Batch> spare) {

  /// An empty batch.
  Batch batch(DocumentForm form, long nowNanos) {
    Batch batch = spare.pollFirst();
    if (batch == null) {
      batch = new Batch();
    }
    batch.reset(form, nowNanos);
    return batch;
  }

  /// The block of a retry batch's first record is gone: the retry batch goes on without its records.
  void gone(RetryBatch retryBatch, BlockGoneException block) {
    long reference = retryBatch.reference(0);
    acks.gone(reference, block);
    while (retryBatch.items() > 0 && retryBatch.reference(0) == reference) {
      retryBatch.take(1);
    }
  }

  /// Takes a batch back; one that a giant record has blown up is left to the collector.
  void giveBack(Batch batch) {
    boolean ordinary = batch.body().bytes().length <= 2 * config.maxBatch().bytes();
    if (ordinary && spare.size() <= config.requestsInFlight()) {
      spare.addFirst(batch);
    }
  }
}
