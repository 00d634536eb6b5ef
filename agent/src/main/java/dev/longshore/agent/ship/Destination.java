package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkBody;
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

  /// A reply on its way from the client's thread to the shipping thread.
  record Reply(Destination destination, Batch batch, BulkReply reply) {}

  private final String dataStream;
  private final DispatchContext context;
  private final RetryQueue retries = new RetryQueue();
  private final DeferredBlocks deferred = new DeferredBlocks();
  private final CircuitBreaker breaker;
  private final BodyLimit limit;
  private final BulkResponseHandler responses;
  private final Logger logger;
  private final Limited warnings;

  private @Nullable Batch open;
  private int inFlight;
  private long requests;
  private boolean blocked;
  private long blockedNanos;
  private boolean freshProbe;

  Destination(String dataStream, DispatchContext context, Logger logger, Limited warnings) {
    this.dataStream = dataStream;
    this.context = context;
    this.logger = logger;
    this.warnings = warnings;
    breaker =
        new CircuitBreaker(
            dataStream, context.backoff(), context.clock(), context.metrics(), logger, warnings);
    limit = new BodyLimit(context.config().maxBatch().bytes());
    responses = new BulkResponseHandler(dataStream, context, retries, breaker, limit);
  }

  /// Takes a block: into the open batch if there is room, else only its reference.
  ///
  /// @param recovered whether an earlier run may have sent it
  void accept(long reference, Block block, boolean recovered, long nowNanos) {
    if (!deferred.isEmpty() || !hasRoom(nowNanos)) {
      deferred.addLast(reference, 0, recovered);
      return;
    }
    int next = fill(reference, block, 0, recovered, nowNanos);
    if (next < block.records()) {
      deferred.addFirst(reference, next, recovered);
    }
  }

  /// @return the first record that found no room
  private int fill(long reference, Block block, int from, boolean recovered, long nowNanos) {
    if (from == 0) {
      context.acks().open(reference, block);
    }
    int next = from;
    while (next < block.records() && hasRoom(nowNanos)) {
      Batch batch = open;
      if (batch == null) {
        batch = context.batch(DocumentForm.NORMAL, nowNanos);
        open = batch;
      }
      if (recovered) {
        batch.doubt();
      }
      next = context.builder().load(batch, block, reference, next, limit.bytes(nowNanos));
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
    for (BatchBuilder.Unencodable record : context.builder().takeUnencodable()) {
      context
          .deadLetterRouter()
          .send(dataStream, record.reference(), record.ordinal(), record.refusal(), nowNanos);
    }
  }

  private boolean hasRoom(long nowNanos) {
    int capacity = breaker.capacity(context.config().requestsInFlight(), nowNanos);
    Batch batch = open;
    return capacity > 0
        && (batch == null || !isFull(batch, nowNanos) || inFlight < capacity)
        && retries.records() < RetryQueue.MAX_RECORDS
        && context.deadLetterRouter().hasRoom(dataStream);
  }

  private boolean isFull(Batch batch, long nowNanos) {
    return batch.isFull() || batch.body().length() >= limit.bytes(nowNanos);
  }

  /// Sends what can go.
  ///
  /// @param flush whether to send an open batch however small and young it is
  /// @return how much was done; 0 when there is nothing to do now
  int pump(long nowNanos, boolean flush) {
    retries.sweep();
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
    return work;
  }

  private int sendRetries(long nowNanos) {
    int sent = 0;
    while (inFlight < breaker.capacity(context.config().requestsInFlight(), nowNanos)) {
      RetryBatch retryBatch = retries.due(nowNanos);
      if (retryBatch == null) {
        break;
      }
      Batch batch = context.batch(retryBatch.form(), nowNanos);
      boolean more =
          load(batch, retryBatch, nowNanos) && retryBatch.maxItems() == RetryBatch.ANY_NUMBER;
      while (more) {
        RetryBatch next = retries.alsoDue(batch, nowNanos);
        more = next != null && load(batch, next, nowNanos);
      }
      retries.sweep();
      if (batch.body().items() > 0) {
        send(batch, nowNanos);
        sent++;
      } else {
        context.giveBack(batch);
      }
    }
    return sent;
  }

  /// @return whether all of the retry batch found room
  private boolean load(Batch batch, RetryBatch retryBatch, long nowNanos) {
    batch.carries(retryBatch);
    try {
      boolean all = context.builder().load(batch, retryBatch, limit.bytes(nowNanos));
      lettersOfUnencodable(nowNanos);
      return all;
    } catch (BlockGoneException e) {
      context.gone(retryBatch, e);
      return retryBatch.items() == 0;
    } catch (RuntimeException e) {
      retryBatch.putOffUntil(nowNanos + Backoff.LONGEST.toNanos());
      warnings.warn(
          "read again " + dataStream,
          event -> {
            var _ =
                event
                    .setMessage("queued block could not be re-read; retrying")
                    .addKeyValue("dataStream", dataStream)
                    .setCause(e);
          });
      return false;
    }
  }

  private int fillFromDeferred(long nowNanos) {
    int blocks = 0;
    while (!deferred.isEmpty() && hasRoom(nowNanos)) {
      long reference = deferred.firstReference();
      int from = deferred.firstOrdinal();
      boolean recovered = deferred.firstRecovered();
      Block block;
      try {
        block = context.builder().read(reference);
      } catch (BlockGoneException e) {
        deferred.removeFirst();
        context.acks().gone(reference, e);
        continue;
      } catch (RuntimeException e) {
        deferred.removeFirst();
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
      deferred.removeFirst();
      blocks++;
      if (next < block.records()) {
        deferred.addFirst(reference, next, recovered);
        break;
      }
    }
    return blocks;
  }

  private int sendOpen(long nowNanos, boolean flush) {
    Batch batch = open;
    if (batch == null
        || batch.body().items() == 0
        || inFlight >= breaker.capacity(context.config().requestsInFlight(), nowNanos)) {
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
    context.metrics().replied(reply, batch.body().length(), nowNanos - batch.sentNanos());
    responses.settle(batch, reply, nowNanos);
    context.giveBack(batch);
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
    int capacity = breaker.capacity(context.config().requestsInFlight(), nowNanos);
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
            : Math.max(0, batch.openedNanos() + LINGER.toNanos() - nowNanos);
    return Math.min(lingerNanos, retries.nanosUntilDue(nowNanos));
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
    Batch batch = open;
    return inFlight == 0
        && deferred.isEmpty()
        && retries.records() == 0
        && (batch == null || batch.body().items() == 0);
  }

  DestinationStatus status(long nowNanos) {
    return new DestinationStatus(
        dataStream,
        inFlight,
        retries.records(),
        deferred.blocks(),
        breaker.reason(),
        breaker.needsAttention(nowNanos),
        breaker.lastError(),
        breaker.lastSuccessEpochMillis());
  }
}
