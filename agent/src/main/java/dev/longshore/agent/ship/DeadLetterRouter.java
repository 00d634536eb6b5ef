package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.Refusal;
import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.agent.deadletter.DiskStore;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.shared.log.RateLimitedLogger;
import java.io.IOException;

/// Where records go that their data stream has refused for good: first to the dead-letter data
/// stream, and to disk where that refuses them too. Owned by the shipping thread.
final class DeadLetterRouter {
  private final Destinations destinations;
  private final DiskStore disk;
  private final ShipMetrics metrics;
  private final RateLimitedLogger warnings;

  DeadLetterRouter(
      Destinations destinations, DiskStore disk, ShipMetrics metrics, RateLimitedLogger warnings) {
    this.destinations = destinations;
    this.disk = disk;
    this.metrics = metrics;
    this.warnings = warnings;
    metrics.deadLettersOnDisk(disk);
  }

  /// Whether it can take more from `dataStream` without remembering too much.
  boolean hasRoom(String dataStream) {
    Destination letters = destinations.find(DeadLetter.dataStream(dataStream));
    return letters == null || letters.retries().records() < RetryQueue.MAX_RECORDS;
  }

  /// Takes a record over; it stays unresolved until Elasticsearch or the disk has it.
  void send(String dataStream, long reference, int ordinal, Refusal refusal, long nowNanos) {
    warnings.warn(
        "refused " + dataStream + " " + refusal.type(),
        event -> {
          var _ =
              event
                  .setMessage("Elasticsearch refused a document; it goes to the dead letters")
                  .addKeyValue("dataStream", dataStream)
                  .addKeyValue("status", refusal.status())
                  .addKeyValue("type", refusal.type());
        });
    destinations
        .of(DeadLetter.dataStream(dataStream), nowNanos)
        .retries()
        .retryBatch(
            DocumentForm.DEAD_LETTER,
            0,
            nowNanos,
            RetryBatch.ANY_NUMBER,
            false,
            new FirstSent(0, nowNanos))
        .add(reference, ordinal, refusal);
  }

  /// Writes records to disk, durably, and resolves them.
  ///
  /// @return how many of the retry batch's first records; the rest is unresolved as before
  /// @throws BlockGoneException when the block of the retry batch's first record is gone
  int toDisk(RetryBatch retryBatch, BatchBuilder builder, AckTracker acks) {
    int written = 0;
    try (DiskStore.Batch batch = disk.begin()) {
      while (written < retryBatch.items() && appendNext(batch, retryBatch, written, builder)) {
        written++;
      }
      batch.sync();
    } catch (BlockGoneException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      warnings.warn(
          "dead letters disk",
          event -> {
            var _ =
                event
                    .setMessage("dead letters can't be written; the records stay in the queue")
                    .addKeyValue("dir", disk.folder())
                    .setCause(e);
          });
      return 0;
    }
    for (int i = 0; i < written; i++) {
      metrics.deadLetter(refusal(retryBatch, i).type());
      acks.resolve(retryBatch.reference(i), 0, 0, 1);
    }
    return written;
  }

  /// @throws BlockGoneException when the block of the retry batch's first record is gone; that of a
  ///   later one ends the round
  private boolean appendNext(
      DiskStore.Batch batch, RetryBatch retryBatch, int i, BatchBuilder builder)
      throws IOException {
    try {
      return append(batch, retryBatch, i, builder);
    } catch (BlockGoneException e) {
      if (i > 0) {
        return false;
      }
      throw e;
    }
  }

  private boolean append(DiskStore.Batch batch, RetryBatch retryBatch, int i, BatchBuilder builder)
      throws IOException {
    DeadLetter letter =
        builder.letter(retryBatch.reference(i), retryBatch.ordinal(i), refusal(retryBatch, i));
    switch (batch.append(letter)) {
      case WHOLE -> {
        return true;
      }
      case CUT -> {
        metrics.deadLetterCut();
        warnings.warn(
            "dead letter cut",
            event -> {
              var _ =
                  event
                      .setMessage("dead letter too long for its share of the disk; stored cut")
                      .addKeyValue("recordBytes", letter.original().length)
                      .addKeyValue("maxBytes", disk.maxBytes());
            });
        return true;
      }
      case NO_ROOM -> {}
    }
    metrics.deadLettersFull();
    warnings.warn(
        "dead letters full",
        event -> {
          var _ =
              event
                  .setMessage("no room for dead letters on disk; the records stay in the queue")
                  .addKeyValue("bytes", disk.bytes())
                  .addKeyValue("maxBytes", disk.maxBytes());
        });
    return false;
  }

  private static Refusal refusal(RetryBatch retryBatch, int i) {
    Refusal refusal = retryBatch.refusal(i);
    if (refusal == null) {
      throw new IllegalArgumentException("a dead letter has a reason");
    }
    return refusal;
  }
}
