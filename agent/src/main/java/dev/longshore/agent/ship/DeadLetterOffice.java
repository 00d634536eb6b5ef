package dev.longshore.agent.ship;

import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.shared.log.Limited;
import java.io.IOException;

/// Where records go that their data stream has refused for good: first to the dead-letter data
/// stream, and to disk where that refuses them too. Owned by the shipping thread.
final class DeadLetterOffice {
  private final Way way;
  private final DeadLetters disk;
  private final ShipMetrics metrics;
  private final Limited warnings;

  /// The way to the dead-letter destinations.
  interface Way {
    /// The records that wait for going to the dead-letter data stream of `dataStream`.
    Waiting lettersOf(String dataStream);

    /// How many wait there.
    int lettersWaiting(String dataStream);
  }

  DeadLetterOffice(Way way, DeadLetters disk, ShipMetrics metrics, Limited warnings) {
    this.way = way;
    this.disk = disk;
    this.metrics = metrics;
    this.warnings = warnings;
    metrics.deadLettersOnDisk(disk);
  }

  /// Whether it can take more from `dataStream` without remembering too much.
  boolean hasRoom(String dataStream) {
    return way.lettersWaiting(dataStream) < Waiting.MAX_RECORDS;
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
    way.lettersOf(dataStream)
        .parcel(Form.DEAD_LETTER, 0, nowNanos, Parcel.ANY_NUMBER, false, new FirstSent(0, nowNanos))
        .add(reference, ordinal, refusal);
  }

  /// Writes records to disk, durably, and resolves them in the books.
  ///
  /// @return how many of the parcel's first records; the rest is unresolved as before
  /// @throws BlockGoneException when the block of the parcel's first record is gone
  int toDisk(Parcel parcel, Loader loader, BlockBooks books) {
    int written = 0;
    try (DeadLetters.Batch batch = disk.begin()) {
      while (written < parcel.items() && appendNext(batch, parcel, written, loader)) {
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
                    .addKeyValue("folder", disk.folder())
                    .setCause(e);
          });
      return 0;
    }
    for (int i = 0; i < written; i++) {
      metrics.deadLetter(refusal(parcel, i).type());
      books.resolve(parcel.reference(i), 0, 0, 1);
    }
    return written;
  }

  /// @throws BlockGoneException when the block of the parcel's first record is gone; that of a
  ///   later one ends the round
  private boolean appendNext(DeadLetters.Batch batch, Parcel parcel, int i, Loader loader)
      throws IOException {
    try {
      return append(batch, parcel, i, loader);
    } catch (BlockGoneException e) {
      if (i > 0) {
        return false;
      }
      throw e;
    }
  }

  private boolean append(DeadLetters.Batch batch, Parcel parcel, int i, Loader loader)
      throws IOException {
    DeadLetter letter = loader.letter(parcel.reference(i), parcel.ordinal(i), refusal(parcel, i));
    if (batch.append(letter)) {
      return true;
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

  private static Refusal refusal(Parcel parcel, int i) {
    Refusal refusal = parcel.refusal(i);
    if (refusal == null) {
      throw new IllegalArgumentException("a dead letter has a reason");
    }
    return refusal;
  }
}
