package dev.longshore.agent.ship;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.log.Limited;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/// One data stream's way out: a batch that is being filled, a window of requests in flight, records
/// that wait for being sent again, and blocks that wait for room. Nothing of it is shared with
/// another destination, so none waits for another. Owned by the shipping thread.
///
/// A batch goes when it is full, or when its first record is [#LINGER] old and the window has room:
/// so batches grow while the server is slow, and a lone line does not wait.
final class Destination {

  /// How long a record waits for others to share its request.
  static final Duration LINGER = Duration.ofMillis(200);

  /// A destination without room for this long is stalled: the queue is then read past it.
  static final Duration STALLED = Duration.ofSeconds(1);

  private final String dataStream;
  private final Dock dock;
  private final Waiting waiting = new Waiting();
  private final Backlog backlog = new Backlog();
  private final Hold hold;
  private final BodyLimit limit;
  private final Settlement settlement;
  private final Logger logger;
  private final Limited warnings;

  private @Nullable Batch open;
  private int inFlight;
  private long requests;
  private boolean blocked;
  private long blockedNanos;
  private boolean freshProbe;

  Destination(String dataStream, Dock dock, Logger logger, Limited warnings) {
    this.dataStream = dataStream;
    this.dock = dock;
    this.logger = logger;
    this.warnings = warnings;
    hold = new Hold(dataStream, dock.backoff(), dock.clock(), dock.metrics(), logger, warnings);
    limit = new BodyLimit(dock.config().maxBatch().bytes());
    settlement = new Settlement(dataStream, dock, waiting, hold, limit);
  }

  /// Takes a block: into the open batch if there is room, else only its reference.
  ///
  /// @param recovered whether an earlier run may have sent it
  void accept(long reference, Block block, boolean recovered, long nowNanos) {
    if (!backlog.isEmpty() || !hasRoom(nowNanos)) {
      backlog.addLast(reference, 0, recovered);
      return;
    }
    int next = fill(reference, block, 0, recovered, nowNanos);
    if (next < block.records()) {
      backlog.addFirst(reference, next, recovered);
    }
  }

  /// @return the first record that found no room
  private int fill(long reference, Block block, int from, boolean recovered, long nowNanos) {
    if (from == 0) {
      dock.books().open(reference, block);
    }
    int next = from;
    while (next < block.records() && hasRoom(nowNanos)) {
      Batch batch = open;
      if (batch == null) {
        batch = dock.batch(Form.NORMAL, nowNanos);
        open = batch;
      }
      if (recovered) {
        batch.doubt();
      }
      next = dock.loader().load(batch, block, reference, next, limit.bytes(nowNanos));
      lettersOfUnencodable(nowNanos);
      if (next < block.records()) {
        // A batch that just found no room for a record is full even if it is shorter than the
        // limit.
        batch.full();
        sendOpen(nowNanos, false);
      }
    }
    return next;
  }

  private void lettersOfUnencodable(long nowNanos) {
    for (Loader.Unencodable record : dock.loader().takeUnencodable()) {
      dock.office()
          .send(dataStream, record.reference(), record.ordinal(), record.refusal(), nowNanos);
    }
  }

  private boolean hasRoom(long nowNanos) {
    int capacity = hold.capacity(dock.config().requestsInFlight(), nowNanos);
    Batch batch = open;
    return capacity > 0
        && (batch == null || !isFull(batch, nowNanos) || inFlight < capacity)
        && waiting.records() < Waiting.MAX_RECORDS
        && dock.office().hasRoom(dataStream);
  }

  private boolean isFull(Batch batch, long nowNanos) {
    return batch.isFull() || batch.body().length() >= limit.bytes(nowNanos);
  }

  /// Sends what can go.
  ///
  /// @param flush whether to send an open batch however small and young it is
  /// @return how much was done; 0 when there is nothing to do now
  int pump(long nowNanos, boolean flush) {
    waiting.sweep();
    int work = 0;
    // While a hold is probed, fresh records and those that were refused take turns: if only the
    // latter fail, it is they who are at fault.
    boolean probing = hold.reason() != null && inFlight == 0;
    if (probing && freshProbe) {
      work += fillFromBacklog(nowNanos) + sendOpen(nowNanos, true);
    }
    work += sendParcels(nowNanos);
    work += fillFromBacklog(nowNanos);
    work += sendOpen(nowNanos, flush);
    if (probing && inFlight > 0) {
      freshProbe = !freshProbe;
    }
    return work;
  }

  private int sendParcels(long nowNanos) {
    int sent = 0;
    while (inFlight < hold.capacity(dock.config().requestsInFlight(), nowNanos)) {
      Parcel parcel = waiting.due(nowNanos);
      if (parcel == null) {
        break;
      }
      Batch batch = dock.batch(parcel.form(), nowNanos);
      boolean more = load(batch, parcel, nowNanos) && parcel.maxItems() == Parcel.ANY_NUMBER;
      while (more) {
        Parcel next = waiting.alsoDue(batch, nowNanos);
        more = next != null && load(batch, next, nowNanos);
      }
      waiting.sweep();
      if (batch.body().items() > 0) {
        send(batch, nowNanos);
        sent++;
      } else {
        dock.giveBack(batch);
      }
    }
    return sent;
  }

  /// @return whether all of the parcel found room
  private boolean load(Batch batch, Parcel parcel, long nowNanos) {
    batch.carries(parcel);
    try {
      boolean all = dock.loader().load(batch, parcel, limit.bytes(nowNanos));
      lettersOfUnencodable(nowNanos);
      return all;
    } catch (BlockGoneException e) {
      dock.gone(parcel, e);
      return parcel.items() == 0;
    } catch (RuntimeException e) {
      parcel.putOffUntil(nowNanos + Backoff.LONGEST.toNanos());
      warnings.warn(
          "read again " + dataStream,
          event -> {
            var _ =
                event
                    .setMessage("a block can't be read again; its records wait")
                    .addKeyValue("dataStream", dataStream)
                    .setCause(e);
          });
      return false;
    }
  }

  private int fillFromBacklog(long nowNanos) {
    int blocks = 0;
    while (!backlog.isEmpty() && hasRoom(nowNanos)) {
      long reference = backlog.firstReference();
      int from = backlog.firstOrdinal();
      boolean recovered = backlog.firstRecovered();
      Block block;
      try {
        block = dock.loader().read(reference);
      } catch (BlockGoneException e) {
        backlog.removeFirst();
        dock.books().gone(reference, e);
        continue;
      } catch (RuntimeException e) {
        backlog.removeFirst();
        logger
            .atError()
            .setMessage("a block can't be read again; it stays in the queue until the next start")
            .addKeyValue("dataStream", dataStream)
            .addKeyValue("block", reference)
            .setCause(e)
            .log();
        continue;
      }
      int next = fill(reference, block, from, recovered, nowNanos);
      backlog.removeFirst();
      blocks++;
      if (next < block.records()) {
        backlog.addFirst(reference, next, recovered);
        break;
      }
    }
    return blocks;
  }

  private int sendOpen(long nowNanos, boolean flush) {
    Batch batch = open;
    if (batch == null
        || batch.body().items() == 0
        || inFlight >= hold.capacity(dock.config().requestsInFlight(), nowNanos)) {
      return 0;
    }
    boolean worthIt = inFlight == 0 && batch.body().length() >= limit.bytes(nowNanos) / 4;
    boolean old = nowNanos - batch.openedNanos() >= LINGER.toNanos();
    if (flush || worthIt || old || isFull(batch, nowNanos)) {
      open = null;
      send(batch, nowNanos);
      return 1;
    }
    return 0;
  }

  private void send(Batch batch, long nowNanos) {
    batch.sent(++requests, nowNanos);
    inFlight++;
    BulkBody body = batch.body();
    dock.metrics().sent(body.length());
    CompletableFuture<BulkReply> answer;
    try {
      answer =
          batch.inDoubt()
              ? dock.doubts().bulk(dataStream, body, batch.earliestLoggedNanos(), batch.lostNanos())
              : dock.transport().bulk(dataStream, body.bytes(), body.length(), body.items(), false);
    } catch (RuntimeException e) {
      answer = CompletableFuture.completedFuture(new Unreadable(e.toString(), false, e));
    }
    var _ = answer.whenComplete((reply, failure) -> arrived(batch, reply, failure));
  }

  /// On any thread.
  private void arrived(Batch batch, @Nullable BulkReply reply, @Nullable Throwable failure) {
    BulkReply known = reply != null ? reply : new Unreadable("no reply: " + failure, true, failure);
    dock.replies().add(new Reply(this, batch, known));
    dock.replyArrived().run();
  }

  /// Draws the consequences of a reply.
  void settle(Batch batch, BulkReply reply, long nowNanos) {
    inFlight--;
    dock.metrics().replied(reply, batch.body().length(), nowNanos - batch.sentNanos());
    settlement.settle(batch, reply, nowNanos);
    dock.giveBack(batch);
  }

  /// Whether it had no room for so long that the queue is to be read past its blocks.
  boolean stalled(long nowNanos) {
    if (hasRoom(nowNanos)) {
      blocked = false;
      return false;
    }
    if (!blocked) {
      blocked = true;
      blockedNanos = nowNanos;
    }
    return nowNanos - blockedNanos > STALLED.toNanos();
  }

  /// Nanoseconds until there is something to do, if no reply comes before.
  long nanosUntilDue(long nowNanos) {
    int capacity = hold.capacity(dock.config().requestsInFlight(), nowNanos);
    if (capacity == 0) {
      return hold.untilNanos() - nowNanos;
    }
    if (inFlight >= capacity) {
      return Long.MAX_VALUE;
    }
    Batch batch = open;
    long lingerNanos =
        batch == null || batch.body().items() == 0
            ? Long.MAX_VALUE
            : Math.max(0, batch.openedNanos() + LINGER.toNanos() - nowNanos);
    return Math.min(lingerNanos, waiting.nanosUntilDue(nowNanos));
  }

  Waiting waiting() {
    return waiting;
  }

  /// Blocks that wait for room.
  int blocksWaiting() {
    return backlog.blocks();
  }

  int inFlight() {
    return inFlight;
  }

  /// Whether all that it took over is settled.
  boolean isIdle() {
    Batch batch = open;
    return inFlight == 0
        && backlog.isEmpty()
        && waiting.records() == 0
        && (batch == null || batch.body().items() == 0);
  }

  DestinationStatus status(long nowNanos) {
    return new DestinationStatus(
        dataStream,
        inFlight,
        waiting.records(),
        backlog.blocks(),
        hold.reason(),
        hold.needsAttention(nowNanos),
        hold.lastError(),
        hold.lastSuccessEpochMillis());
  }
}
