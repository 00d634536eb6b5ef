package dev.longshore.agent.ship;

import dev.longshore.shared.memory.MemoryBudget;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/// The memory of all destinations together: bulk bodies that are open, in flight or spare, and the
/// references of records that wait for being sent again. It is taken from the share `batches` of
/// the process's [MemoryBudget]. Owned by the shipping thread.
///
/// When there is no more:
///
/// - spare bodies are given up;
/// - a batch that wants to grow is full, and goes as it is;
/// - a destination without a batch waits for its turn, and its blocks stay in the queue. Turns are
///   taken in the order of asking, [Batch#MIN_BYTES] each, and while somebody waits no batch grows:
///   so none starves, however many there are;
/// - when no body is held at all, the next batch is made in spite of the refusal: one small batch
///   at a time always goes on.
final class BatchMemory {

  /// What shipping can always hold: a batch of the default size in flight and another one open.
  static final long RESERVE_BYTES = 4L << 20;

  /// References that wait, over all destinations, beyond which only destinations with few of them
  /// take fresh records.
  static final long MAX_REFERENCE_BYTES = RESERVE_BYTES / 2;

  /// References that a destination may have whatever the others have: about a thousand records.
  static final long FEW_REFERENCE_BYTES = 16 << 10;

  private final MemoryBudget.Share share;
  private final int maxSpare;
  private final ArrayDeque<Batch> spare = new ArrayDeque<>();
  private final LinkedHashSet<Destination> waiting = new LinkedHashSet<>();
  private int held;
  private long referenceBytes;

  /// @param maxSpare how many bodies are kept for the next batches
  BatchMemory(MemoryBudget.Share share, int maxSpare) {
    this.share = share;
    this.maxSpare = maxSpare;
  }

  /// An empty batch, or null when the destination is to wait for its turn; it asks again then.
  ///
  /// @param inDoubt whether the batch's records may be there already: looking them up holds a
  ///   second copy of the body
  @Nullable Batch take(Destination destination, DocumentForm form, boolean inDoubt, long nowNanos) {
    if (!waiting.isEmpty() && !waiting.getFirst().equals(destination)) {
      waiting.add(destination);
      return null;
    }
    Batch batch = inDoubt ? null : spare.pollFirst();
    if (batch == null) {
      long bytes = inDoubt ? 2 * Batch.MIN_BYTES : Batch.MIN_BYTES;
      if (!reserve(bytes)) {
        if (held > 0) {
          waiting.add(destination);
          return null;
        }
        share.reserve(bytes);
      }
      batch = new Batch(bytes);
    }
    waiting.remove(destination);
    held++;
    batch.reset(form, inDoubt, nowNanos);
    return batch;
  }

  /// Makes room in a batch for a record of about `bytes` bytes.
  ///
  /// @param maxBytes how long the body is to become at most, unless one record is longer
  /// @return false when there is none: the batch is full
  boolean makeRoom(Batch batch, long bytes, long maxBytes) {
    BulkFootprint wanted = batch.footprintFor(bytes, maxBytes);
    if (wanted.reservedBytes() <= batch.reservedBytes()) {
      batch.grow(wanted);
      return true;
    }
    if (waiting.isEmpty() && reserve(wanted.reservedBytes() - batch.reservedBytes())) {
      batch.grow(wanted);
      return true;
    }
    if (batch.body().items() > 0) {
      return false;
    }
    BulkFootprint least = batch.footprintFor(bytes, 0);
    long more = Math.max(0, least.reservedBytes() - batch.reservedBytes());
    if (!reserve(more)) {
      if (held > 1) {
        return false;
      }
      share.reserve(more);
    }
    batch.grow(least);
    return true;
  }

  /// Counts what a record took beyond the room that was made for it.
  void countOverflow(Batch batch) {
    long over = batch.heldBytes() - batch.reservedBytes();
    if (over > 0) {
      share.reserve(over);
      batch.overflowed(over);
    }
  }

  /// A destination got a batch and can't use it: its first record needs more than there is.
  void waitForMore(Destination destination, Batch batch) {
    giveBack(batch);
    waiting.add(destination);
  }

  /// Takes a batch back.
  void giveBack(Batch batch) {
    held--;
    if (waiting.isEmpty() && !batch.inDoubt() && spare.size() < maxSpare) {
      spare.addFirst(batch);
    } else {
      release(batch);
    }
  }

  /// Records wait for being sent again, or do no longer.
  ///
  /// @param bytes of their references; negative when they have gone
  void references(long bytes) {
    referenceBytes += bytes;
    if (bytes >= 0) {
      if (!reserve(bytes)) {
        share.reserve(bytes);
      }
    } else {
      share.release(-bytes);
    }
  }

  /// Whether a destination that has so many bytes of references may take fresh records.
  boolean mayTakeFresh(long ownReferenceBytes) {
    return referenceBytes < MAX_REFERENCE_BYTES || ownReferenceBytes < FEW_REFERENCE_BYTES;
  }

  /// Whether a destination waits for its turn.
  boolean hasWaiters() {
    return !waiting.isEmpty();
  }

  boolean isWaiting(Destination destination) {
    return waiting.contains(destination);
  }

  /// Takes those out of the order that could send nothing if it were their turn.
  void dropIdleWaiters(long nowNanos) {
    if (!waiting.isEmpty()) {
      waiting.removeIf(destination -> !destination.wantsBatch(nowNanos));
    }
  }

  /// Whether somebody in the process was refused memory and shipping holds the most: it then has
  /// given up its spare bodies, and its largest open batch is to go early.
  boolean takePressure() {
    boolean pressed = share.takePressure();
    if (pressed) {
      dropSpare();
    }
    return pressed;
  }

  /// Gives up what is held for the next batches alone.
  void dropSpare() {
    for (Batch batch = spare.pollFirst(); batch != null; batch = spare.pollFirst()) {
      release(batch);
    }
  }

  /// Whether no batch is open or in flight.
  boolean isIdle() {
    return held == 0;
  }

  private boolean reserve(long bytes) {
    if (share.tryReserve(bytes)) {
      return true;
    }
    if (spare.isEmpty()) {
      return false;
    }
    dropSpare();
    return share.tryReserve(bytes);
  }

  private void release(Batch batch) {
    share.release(batch.reservedBytes());
  }

  /// How large a batch is to be.
  ///
  /// @param bodyBytes length of the body's array
  /// @param items how many items it has places for
  /// @param reservedBytes all of it, the copy for looking up included
  record BulkFootprint(int bodyBytes, int items, long reservedBytes) {}
}
