package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.ship.ShipStatus.DestinationStatus;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.log.RateLimitedLogger;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One data stream: a batch that is being filled, a window of requests in flight, records that wait
/// for being sent again, and blocks that wait for room. Destinations share nothing but the memory
/// budget, so none waits for another's server. Owned by the shipping thread.
///
/// A batch goes when it is full, or when [Pacing] has it due and the window has room: so batches
/// grow while the server is slow, and a lone line does not wait.
final class Destination {

  /// A destination without room for this long is stalled: the queue is then read past it.
  static final Duration STALLED = Duration.ofSeconds(1);

  /// A destination that had nothing to do for this long is forgotten.
  static final Duration FORGOTTEN = Duration.ofMinutes(10);

  /// When a block that could not be read from the queue is tried again.
  static final Duration READ_AGAIN = Duration.ofSeconds(30);

  /// A reply on its way from the client's thread to the shipping thread.
  record Reply(Destination destination, Batch batch, BulkReply reply) {}

  private final String dataStream;
  private final DispatchContext context;
  private final BatchMemory memory;
  private final RetryQueue retries = new RetryQueue();
  private final DeferredBlocks deferred = new DeferredBlocks();
  private final DeferredBlocks unreadable = new DeferredBlocks();
  private final CircuitBreaker breaker;
  private final BodyLimit limit;
  private final BulkResponseHandler responses;
  private final RateLimitedLogger warnings;
  private final Pacing pacing;

  private @Nullable Batch open;
  private int inFlight;
  private long requests;
  private boolean blocked;
  private long blockedNanos;
  private boolean freshProbe;
  private long unreadableDueNanos;
  private long referenceBytes;
  private long lastWorkNanos;

  Destination(String dataStream, DispatchContext context, long nowNanos) {
    this.dataStream = dataStream;
    this.context = context;
    this.memory = context.memory();
    this.warnings = context.warnings();
    this.lastWorkNanos = nowNanos;
    this.pacing = new Pacing(nowNanos);
    breaker =
        new CircuitBreaker(
            dataStream, context.backoff(), context.clock(), context.metrics(), warnings);
    limit = new BodyLimit(context.config().maxBatch().bytes());
    responses = new BulkResponseHandler(dataStream, context, retries, breaker, limit);
  }

  /// Takes a block: into the open batch if there is room, else only its reference.
  ///
  /// @param recovered whether an earlier run may have sent it
  void accept(long reference, Block block, boolean recovered, long nowNanos) {
    lastWorkNanos = nowNanos;
    if (!deferred.isEmpty() || !hasRoom(nowNanos)) {
      deferred.addLast(reference, 0, recovered);
      return;
    }
    int next = fill(reference, block, 0, recovered, nowNanos);
    if (next < block.records()) {
      deferred.addFirst(reference, next, recovered);
    }
    dropEmptyOpen();
  }

  /// @return the first record that found no room; the block's count when none is left to be loaded
  private int fill(long reference, Block block, int from, boolean recovered, long nowNanos) {
    int next = from;
    try {
      if (from == 0) {
        context.acks().open(reference, block);
      }
      while (next < block.records() && hasRoom(nowNanos)) {
        Batch batch = openFor(recovered, nowNanos);
        if (batch == null) {
          break;
        }
        int loaded = context.builder().load(batch, block, reference, next, limitBytes(nowNanos));
        context.builder().resolveFiltered(reference, context.acks());
        routeUnencodable(nowNanos);
        if (loaded == next && batch.body().items() == 0) {
          open = null;
          memory.waitForMore(this, batch);
          break;
        }
        next = loaded;
        if (next < block.records()) {
          // A batch that just found no room for a record is full even if it is shorter than the
          // limit.
          batch.full();
          sendOpen(nowNanos, false);
        }
      }
      return next;
    } catch (RuntimeException e) {
      setAside(reference, next, recovered, nowNanos, e);
      return block.records();
    }
  }

  /// The batch that takes fresh records; null when there is no memory for one now. Records that may
  /// be there already are not mixed with others, which need no lookup.
  private @Nullable Batch openFor(boolean recovered, long nowNanos) {
    Batch batch = open;
    if (batch != null && recovered && !batch.inDoubt()) {
      batch.full();
      sendOpen(nowNanos, false);
      dropEmptyOpen();
      if (open != null) {
        return null;
      }
      batch = null;
    }
    if (batch == null) {
      batch = memory.take(this, DocumentForm.NORMAL, recovered, nowNanos);
      open = batch;
    }
    return batch;
  }

  private void dropEmptyOpen() {
    Batch batch = open;
    if (batch != null && batch.body().items() == 0) {
      open = null;
      memory.giveBack(batch);
    }
  }

  private void routeUnencodable(long nowNanos) {
    for (BatchBuilder.Unencodable record : context.builder().takeUnencodable()) {
      context
          .deadLetterRouter()
          .send(dataStream, record.reference(), record.ordinal(), record.refusal(), nowNanos);
    }
  }

  private boolean hasRoom(long nowNanos) {
    int capacity = capacity(nowNanos);
    Batch batch = open;
    return capacity > 0
        && (batch == null || !isFull(batch, nowNanos) || inFlight < capacity)
        && retries.records() < RetryQueue.MAX_RECORDS
        && memory.mayTakeFresh(referenceBytes)
        && context.deadLetterRouter().hasRoom(dataStream);
  }

  private int capacity(long nowNanos) {
    return breaker.capacity(context.config().requestsInFlight(), nowNanos);
  }

  private boolean isFull(Batch batch, long nowNanos) {
    return batch.isFull() || batch.body().length() >= limitBytes(nowNanos);
  }

  /// How long a body may be: a probe is small, whoever answers it.
  private long limitBytes(long nowNanos) {
    long bytes = limit.bytes(nowNanos);
    return breaker.reason() == null ? bytes : Math.min(bytes, Batch.MIN_BYTES);
  }

  /// Sends what can go.
  ///
  /// @param flush whether to send an open batch however small and young it is
  /// @return how much was done; 0 when there is nothing to do now
  int pump(long nowNanos, boolean flush) {
    retries.sweep();
    readAgainWhatIsDue(nowNanos);
    if (open != null && memory.hasWaiters() && capacity(nowNanos) == 0) {
      giveUpOpen(nowNanos);
    }
    int work = 0;
    // While half-open, fresh records and those that were refused take turns: if only the
    // latter fail, it is they who are at fault.
    boolean probing = breaker.reason() != null && inFlight == 0;
    if (probing && freshProbe) {
      work += fillFromDeferred(nowNanos) + sendOpen(nowNanos, true);
    }
    work += sendRetries(nowNanos);
    work += fillFromDeferred(nowNanos);
    work += sendOpen(nowNanos, flush);
    if (probing && inFlight > 0) {
      freshProbe = !freshProbe;
    }
    dropEmptyOpen();
    countReferences();
    if (work > 0) {
      lastWorkNanos = nowNanos;
    }
    return work;
  }

  private int sendRetries(long nowNanos) {
    int sent = 0;
    while (inFlight < capacity(nowNanos)) {
      RetryBatch due = retries.due(nowNanos);
      Batch batch = due == null ? null : memory.take(this, due.form(), due.inDoubt(), nowNanos);
      if (due == null || batch == null) {
        break;
      }
      boolean more = load(batch, due, nowNanos) && due.maxItems() == RetryBatch.ANY_NUMBER;
      while (more) {
        RetryBatch next = retries.alsoDue(batch, nowNanos);
        more = next != null && load(batch, next, nowNanos);
      }
      retries.sweep();
      if (batch.body().items() > 0) {
        send(batch, nowNanos);
        sent++;
      } else if (due.items() > 0 && nowNanos - due.dueNanos() >= 0) {
        memory.waitForMore(this, batch);
        break;
      } else {
        memory.giveBack(batch);
      }
    }
    return sent;
  }

  /// @return whether all of the retry batch found room
  private boolean load(Batch batch, RetryBatch retryBatch, long nowNanos) {
    batch.carries(retryBatch);
    try {
      boolean all = context.builder().load(batch, retryBatch, limitBytes(nowNanos));
      routeUnencodable(nowNanos);
      return all;
    } catch (BlockGoneException e) {
      context.gone(retryBatch, e);
      return retryBatch.items() == 0;
    } catch (RuntimeException e) {
      retryBatch.putOffUntil(nowNanos + READ_AGAIN.toNanos());
      warnReadAgain(e);
      return false;
    }
  }

  private int fillFromDeferred(long nowNanos) {
    int blocks = 0;
    while (!deferred.isEmpty()
        && hasRoom(nowNanos)
        && openFor(deferred.firstRecovered(), nowNanos) != null) {
      long reference = deferred.firstReference();
      int from = deferred.firstOrdinal();
      boolean recovered = deferred.firstRecovered();
      deferred.removeFirst();
      blocks++;
      Block block;
      try {
        block = context.builder().read(reference);
      } catch (BlockGoneException e) {
        context.acks().gone(reference, e, e.records() - from);
        continue;
      } catch (RuntimeException e) {
        setAside(reference, from, recovered, nowNanos, e);
        continue;
      }
      int next = fill(reference, block, from, recovered, nowNanos);
      if (next < block.records()) {
        deferred.addFirst(reference, next, recovered);
        break;
      }
    }
    return blocks;
  }

  /// Keeps a block that could not be read or loaded, and lets the others pass.
  private void setAside(
      long reference, int ordinal, boolean recovered, long nowNanos, RuntimeException cause) {
    if (unreadable.isEmpty()) {
      unreadableDueNanos = nowNanos + READ_AGAIN.toNanos();
    }
    unreadable.addLast(reference, ordinal, recovered);
    warnReadAgain(cause);
  }

  private void warnReadAgain(RuntimeException cause) {
    warnings.warn(
        "read again " + dataStream,
        event -> {
          var _ =
              event
                  .setMessage("queued block could not be re-read; retrying")
                  .addKeyValue("dataStream", dataStream)
                  .setCause(cause);
        });
  }

  private void readAgainWhatIsDue(long nowNanos) {
    if (!unreadable.isEmpty() && nowNanos - unreadableDueNanos >= 0) {
      while (!unreadable.isEmpty()) {
        deferred.addLast(
            unreadable.firstReference(), unreadable.firstOrdinal(), unreadable.firstRecovered());
        unreadable.removeFirst();
      }
    }
  }

  private int sendOpen(long nowNanos, boolean flush) {
    Batch batch = open;
    if (batch == null || batch.body().items() == 0 || inFlight >= capacity(nowNanos)) {
      return 0;
    }
    boolean worthIt = inFlight == 0 && batch.body().length() >= limit.bytes(nowNanos) / 4;
    boolean now = flush || worthIt || isFull(batch, nowNanos);
    if (now || nowNanos - pacing.dueNanos(batch) >= 0) {
      if (!now) {
        pacing.went(nowNanos);
      }
      open = null;
      send(batch, nowNanos);
      return 1;
    }
    return 0;
  }

  /// What the open batch holds, in bytes.
  long openBytes() {
    Batch batch = open;
    return batch == null ? 0 : batch.reservedBytes();
  }

  /// Memory is wanted elsewhere: the open batch goes now, or back to references where it can't.
  void giveUpOpen(long nowNanos) {
    Batch batch = open;
    if (batch == null || sendOpen(nowNanos, true) > 0) {
      return;
    }
    RetryBatch unsent =
        retries
            .retryBatch(
                DocumentForm.NORMAL,
                0,
                nowNanos,
                RetryBatch.ANY_NUMBER,
                batch.inDoubt(),
                new FirstSent(0, nowNanos))
            .with(batch.lostNanos());
    unsent.addAll(batch);
    open = null;
    memory.giveBack(batch);
    countReferences();
  }

  private void send(Batch batch, long nowNanos) {
    batch.sent(++requests, nowNanos);
    inFlight++;
    BulkBody body = batch.body();
    context.metrics().sent(body.length());
    CompletableFuture<BulkReply> answer;
    try {
      answer =
          batch.inDoubt()
              ? context
                  .inDoubt()
                  .bulk(dataStream, body, batch.earliestLoggedNanos(), batch.lostNanos())
              : context
                  .transport()
                  .bulk(dataStream, body.bytes(), body.length(), body.items(), false);
    } catch (RuntimeException e) {
      answer = CompletableFuture.completedFuture(new Unreadable(e.toString(), false, e));
    }
    var _ = answer.whenComplete((reply, failure) -> arrived(batch, reply, failure));
  }

  /// On any thread.
  private void arrived(Batch batch, @Nullable BulkReply reply, @Nullable Throwable failure) {
    BulkReply known = reply != null ? reply : new Unreadable("no reply: " + failure, true, failure);
    context.replies().add(new Reply(this, batch, known));
    context.replyArrived().run();
  }

  /// Draws the consequences of a reply.
  void settle(Batch batch, BulkReply reply, long nowNanos) {
    inFlight--;
    lastWorkNanos = nowNanos;
    context.metrics().replied(reply, batch.body().length(), nowNanos - batch.sentNanos());
    responses.settle(batch, reply, nowNanos);
    memory.giveBack(batch);
    countReferences();
  }

  private void countReferences() {
    long bytes = retries.heldBytes();
    if (bytes != referenceBytes) {
      memory.references(bytes - referenceBytes);
      referenceBytes = bytes;
    }
  }

  /// Whether it could send something now if it had a batch.
  boolean wantsBatch(long nowNanos) {
    return inFlight < capacity(nowNanos)
        && (retries.due(nowNanos) != null || (!deferred.isEmpty() && hasRoom(nowNanos)));
  }

  /// Whether it had no room for so long that the queue is to be read past its blocks. One that
  /// waits for memory is stalled at once: the others wait for it too, or need less.
  boolean stalled(long nowNanos) {
    if (memory.isWaiting(this)) {
      return true;
    }
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
    int capacity = capacity(nowNanos);
    if (capacity == 0) {
      return breaker.untilNanos() - nowNanos;
    }
    if (inFlight >= capacity) {
      return Long.MAX_VALUE;
    }
    Batch batch = open;
    long lingerNanos =
        batch == null || batch.body().items() == 0
            ? Long.MAX_VALUE
            : Math.max(0, pacing.dueNanos(batch) - nowNanos);
    long retryNanos = memory.isWaiting(this) ? Long.MAX_VALUE : retries.nanosUntilDue(nowNanos);
    return Math.min(lingerNanos, retryNanos);
  }

  RetryQueue retries() {
    return retries;
  }

  /// Blocks that wait for room.
  int blocksWaiting() {
    return deferred.blocks();
  }

  int inFlight() {
    return inFlight;
  }

  /// Whether all that it took over is settled.
  boolean isIdle() {
    return inFlight == 0
        && open == null
        && deferred.isEmpty()
        && unreadable.isEmpty()
        && retries.records() == 0;
  }

  /// Whether nothing would be lost with it, and nothing came for it for long.
  boolean isForgettable(long nowNanos) {
    return isIdle()
        && retries.isEmpty()
        && !memory.isWaiting(this)
        && breaker.reason() == null
        && nowNanos - lastWorkNanos >= FORGOTTEN.toNanos();
  }

  DestinationStatus status(long nowNanos) {
    return new DestinationStatus(
        dataStream,
        inFlight,
        retries.records(),
        deferred.blocks() + unreadable.blocks(),
        breaker.reason(),
        breaker.needsAttention(nowNanos),
        breaker.lastError(),
        breaker.lastSuccessEpochMillis());
  }
}
