package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkTransport;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.log.RateLimitedLogger;
import java.util.Queue;

/// What all destinations share: the batch builder, the acknowledgement tracker, the transport, and
/// the memory. Owned by the shipping thread, but for `replies`, into which the client's threads
/// put.
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
    BatchMemory memory,
    RateLimitedLogger warnings) {

  /// The block of a retry batch's first record is gone: the retry batch goes on without its
  /// records.
  void gone(RetryBatch retryBatch, BlockGoneException block) {
    long reference = retryBatch.reference(0);
    int dropped = 0;
    while (retryBatch.items() > 0 && retryBatch.reference(0) == reference) {
      retryBatch.take(1);
      dropped++;
    }
    acks.gone(reference, block, dropped);
  }
}
