package dev.longshore.agent.ship;

import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.shared.clock.Clock;
import java.util.ArrayDeque;
import java.util.Queue;

/// What all destinations share: the loader, the books, the way out, and spare batches. Owned by the
/// shipping thread, but for `replies`, into which the client's threads put.
///
/// @param replies at most one for each request in flight, which bounds it
record Dock(
    ShipConfig config,
    Loader loader,
    BlockBooks books,
    BulkTransport transport,
    DoubtResolver doubts,
    DeadLetterOffice office,
    Queue<Reply> replies,
    Runnable replyArrived,
    Clock clock,
    Backoff backoff,
    ShipMetrics metrics,
    ArrayDeque<Batch> spare) {

  /// An empty batch.
  Batch batch(Form form, long nowNanos) {
    Batch batch = spare.pollFirst();
    if (batch == null) {
      batch = new Batch();
    }
    batch.reset(form, nowNanos);
    return batch;
  }

  /// The block of a parcel's first record is gone: the parcel goes on without its records.
  void gone(Parcel parcel, BlockGoneException block) {
    long reference = parcel.reference(0);
    books.gone(reference, block);
    while (parcel.items() > 0 && parcel.reference(0) == reference) {
      parcel.take(1);
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
