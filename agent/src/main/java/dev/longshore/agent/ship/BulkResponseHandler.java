package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.bulk.InDoubtResolver.LookupTooEarlyException;
import dev.longshore.agent.bulk.ItemOutcome;
import dev.longshore.agent.bulk.Refusal;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Answered;
import dev.longshore.shared.elastic.BulkReply.Refused;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.elastic.ItemFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Draws the consequences of replies for one destination: each record of a batch is resolved, or
/// put into a retry batch, or handed to the dead letters; exactly one of them. Owned by the
/// shipping thread.
///
/// - Answered: each item by its [ItemOutcome]. When nothing got through, the destination is held
///   back.
/// - Refused as a whole: [ItemOutcome.OfRequest]. No record is given up for it, but one that was
///   refused alone while others get through.
/// - Unreadable: all again, in doubt when it was sent, and in smaller bodies when it goes on so.
/// - Too early to look up what is in doubt: all again then, while others go on.
final class BulkResponseHandler {
  private static final long DISK_RETRY_NANOS = Duration.ofSeconds(30).toNanos();

  /// Requests in a row that were refused as malformed before halving slows down: it is then likely
  /// that not a document is the cause.
  private static final int MOST_MALFORMED = 2;

  /// A record that was refused so often, and this long after it was sent first, is at fault even if
  /// nothing else was sent that could show it. Long enough for a mistake in a deployment to be seen
  /// and undone.
  private static final int MOST_ATTEMPTS = 20;

  /// So long after a document got through, others get through.
  private static final Duration LATELY = Duration.ofMinutes(1);

  private static final long LONGEST_PATIENCE_NANOS = Duration.ofMinutes(15).toNanos();

  /// How the ledger names what ingest pipelines drop, beside the names of the operator's rules.
  private static final String BY_PIPELINE = "(ingest pipeline)";

  private static final Refusal LETTER_DROPPED =
      new Refusal(200, "", "an ingest pipeline drops dead letters");

  private final String dataStream;
  private final DispatchContext context;
  private final RetryQueue retries;
  private final CircuitBreaker breaker;
  private final BodyLimit limit;
  private int malformed;

  BulkResponseHandler(
      String dataStream,
      DispatchContext context,
      RetryQueue retries,
      CircuitBreaker breaker,
      BodyLimit limit) {
    this.dataStream = dataStream;
    this.context = context;
    this.retries = retries;
    this.breaker = breaker;
    this.limit = limit;
  }

  void settle(Batch batch, BulkReply reply, long nowNanos) {
    switch (reply) {
      case Answered answered -> {
        int items = batch.body().items();
        if (answered.statuses().length == items) {
          answered(batch, answered, nowNanos);
        } else {
          String reason =
              "the reply speaks of " + answered.statuses().length + " items, sent were " + items;
          unreadable(batch, new Unreadable(reason, true, null), nowNanos);
        }
      }
      case Refused refused -> requestRefused(batch, refused, nowNanos);
      case Unreadable unreadable -> {
        if (unreadable.cause() instanceof LookupTooEarlyException early) {
          putOff(batch, early.untilNanos());
        } else {
          unreadable(batch, unreadable, nowNanos);
        }
      }
    }
  }

  private void answered(Batch batch, Answered answered, long nowNanos) {
    malformed = 0;
    boolean gotThrough = false;
    for (short status : answered.statuses()) {
      if (status == 200 || status == 201 || status == 409) {
        gotThrough = true;
        break;
      }
    }
    if (gotThrough) {
      breaker.succeeded(batch.request());
      limit.succeeded(batch.body().length());
    }
    boolean othersGetThrough = gotThrough || breaker.succeededAfter(batch.firstSent().request());
    Refusal held = items(batch, answered, othersGetThrough, nowNanos);
    if (gotThrough || held == null) {
      breaker.lift();
    } else if (!othersGetThrough) {
      breaker.back(held.text(), nowNanos, null, kind(held));
    }
  }

  /// @return why something is to be sent again, or null
  private @Nullable Refusal items(
      Batch batch, Answered answered, boolean othersGetThrough, long nowNanos) {
    BulkBody body = batch.body();
    @Nullable ItemFailure @Nullable [] failures = byItem(answered, body.items());
    long retryNanos =
        nowNanos + context.backoff().nanos(batch.attempt() + 1, null, Backoff.LONGEST);
    Refusal held = null;
    RetryBatch onDisk = null;
    int from = 0;
    int indexed = 0;
    int duplicate = 0;
    int deadLettered = 0;
    int dropped = 0;
    int items = body.items();
    for (int item = 0; item < items; item++) {
      if (body.reference(item) != body.reference(from)) {
        context.acks().resolve(body.reference(from), indexed, duplicate, deadLettered);
        dropped(body.reference(from), dropped);
        from = item;
        indexed = duplicate = deadLettered = dropped = 0;
      }
      ItemOutcome outcome =
          ItemOutcome.ofItem(
              answered.statuses()[item],
              failures == null ? null : failures[item],
              batch.attempt(),
              othersGetThrough);
      Refusal letter = batch.refusal(item);
      if (letter != null) {
        switch (outcome) {
          case ItemOutcome.Indexed _ -> deadLettered += delivered(letter);
          case ItemOutcome.Duplicate _ -> deadLettered += delivered(letter);
          case ItemOutcome.InFailureStore _ -> deadLettered += delivered(letter);
          case ItemOutcome.Retry(Refusal refusal) -> {
            held = refusal;
            again(batch, item, refusal, retryNanos);
          }
          case ItemOutcome.Dropped _ -> onDisk = onDisk(onDisk, batch, item, LETTER_DROPPED);
          case ItemOutcome.Refused(Refusal refusal) ->
              onDisk = onDisk(onDisk, batch, item, refusal);
          case ItemOutcome.Pause(Refusal refusal) -> onDisk = onDisk(onDisk, batch, item, refusal);
        }
        continue;
      }
      switch (outcome) {
        case ItemOutcome.Indexed _ -> indexed++;
        case ItemOutcome.Duplicate _ -> duplicate++;
        case ItemOutcome.Dropped _ -> dropped++;
        case ItemOutcome.InFailureStore(Refusal refusal) -> {
          deadLettered += delivered(refusal);
          breaker.error(refusal.status(), refusal.text());
        }
        case ItemOutcome.Retry(Refusal refusal) -> {
          held = refusal;
          again(batch, item, refusal, retryNanos);
        }
        case ItemOutcome.Pause(Refusal refusal) -> {
          if ((batch.form() == DocumentForm.SAFE || triedEnough(batch, nowNanos))
              && !ItemOutcome.ofTarget(refusal)) {
            documentRefused(batch, item, refusal, nowNanos);
          } else {
            held = refusal;
            again(batch, item, refusal, retryNanos);
          }
        }
        case ItemOutcome.Refused(Refusal refusal) ->
            documentRefused(batch, item, refusal, nowNanos);
      }
    }
    context.acks().resolve(body.reference(from), indexed, duplicate, deadLettered);
    dropped(body.reference(from), dropped);
    if (held != null) {
      breaker.error(held.status(), held.text());
    }
    if (onDisk != null) {
      toDisk(onDisk, nowNanos);
    }
    return held;
  }

  private static CircuitBreaker.Kind kind(Refusal held) {
    boolean busy = held.status() == 429 || held.status() >= 500;
    return busy && !ItemOutcome.ofTarget(held)
        ? CircuitBreaker.Kind.BUSY
        : CircuitBreaker.Kind.REFUSED;
  }

  private static @Nullable ItemFailure @Nullable [] byItem(Answered answered, int items) {
    if (answered.failures().isEmpty()) {
      return null;
    }
    @Nullable ItemFailure[] byItem = new ItemFailure[items];
    for (ItemFailure failure : answered.failures()) {
      if (failure.item() >= 0 && failure.item() < items) {
        byItem[failure.item()] = failure;
      }
    }
    return byItem;
  }

  /// Records of a block are left out by what somebody has configured in Elasticsearch.
  private void dropped(long reference, int records) {
    if (records == 0) {
      return;
    }
    context.acks().filtered(reference, BY_PIPELINE, records);
    context
        .warnings()
        .warn(
            "dropped " + dataStream,
            event -> {
              var _ =
                  event
                      .setMessage(
                          "an ingest pipeline of Elasticsearch drops documents; they are not indexed")
                      .addKeyValue("dataStream", dataStream)
                      .addKeyValue("records", records);
            });
  }

  private int delivered(Refusal letter) {
    context.metrics().deadLetter(letter.type());
    return 1;
  }

  /// The document of an item is refused: once more without what may be the cause, then it is a dead
  /// letter.
  private void documentRefused(Batch batch, int item, Refusal refusal, long nowNanos) {
    breaker.error(refusal.status(), refusal.text());
    BulkBody body = batch.body();
    long reference = body.reference(item);
    int ordinal = body.ordinal(item);
    switch (batch.form()) {
      case NORMAL ->
          retries
              .retryBatch(
                  DocumentForm.SAFE,
                  0,
                  nowNanos,
                  RetryBatch.ANY_NUMBER,
                  batch.inDoubt(),
                  batch.firstSent())
              .with(batch.lostNanos())
              .add(reference, ordinal, null);
      case SAFE ->
          context.deadLetterRouter().send(dataStream, reference, ordinal, refusal, nowNanos);
      case DEAD_LETTER -> toDisk(onDisk(null, batch, item, refusal), nowNanos);
    }
  }

  private void again(Batch batch, int item, Refusal refusal, long dueNanos) {
    context.metrics().retried(1);
    // A shard that failed may have written the document before.
    boolean lost = refusal.status() >= 500;
    retries
        .retryBatch(
            batch.form(),
            batch.attempt() + 1,
            dueNanos,
            RetryBatch.ANY_NUMBER,
            batch.inDoubt() || lost,
            batch.firstSent())
        .with(lost ? context.clock().nanoTime() : batch.lostNanos())
        .add(batch.body().reference(item), batch.body().ordinal(item), batch.refusal(item));
  }

  /// Adds a letter that the dead-letter data stream refused; why it did is not kept, the reason
  /// that counts is the document's.
  private RetryBatch onDisk(
      @Nullable RetryBatch retryBatch, Batch batch, int item, Refusal refusal) {
    breaker.error(refusal.status(), refusal.text());
    RetryBatch target =
        retryBatch != null
            ? retryBatch
            : new RetryBatch(
                DocumentForm.DEAD_LETTER,
                batch.attempt() + 1,
                0,
                RetryBatch.ANY_NUMBER,
                false,
                batch.firstSent());
    target.add(batch.body().reference(item), batch.body().ordinal(item), batch.refusal(item));
    return target;
  }

  private void toDisk(RetryBatch letters, long nowNanos) {
    boolean again = true;
    while (again && letters.items() > 0) {
      try {
        letters.take(context.deadLetterRouter().toDisk(letters, context.builder(), context.acks()));
        again = false;
      } catch (BlockGoneException e) {
        context.gone(letters, e);
      }
    }
    if (letters.items() > 0) {
      letters.putOffUntil(nowNanos + DISK_RETRY_NANOS);
      retries.add(letters);
    }
  }

  private void requestRefused(Batch batch, Refused refused, long nowNanos) {
    Refusal refusal = new Refusal(refused.status(), refused.type(), refused.reason());
    breaker.error(refusal.status(), refusal.text());
    int items = batch.body().items();
    switch (ItemOutcome.OfRequest.of(refused.status())) {
      case BUSY -> {
        // A gateway may answer so after the request went through.
        requeue(batch, RetryBatch.ANY_NUMBER, refused.status() != 429, nowNanos);
        breaker.back(refusal.text(), nowNanos, refused.retryAfter(), CircuitBreaker.Kind.BUSY);
      }
      case NOT_ALLOWED -> {
        if (ItemOutcome.mayBeOfFirewall(refusal) && isAlone(batch, nowNanos)) {
          suspected(batch, refusal, nowNanos);
        } else {
          requeue(batch, RetryBatch.ANY_NUMBER, false, nowNanos);
          breaker.back(refusal.text(), nowNanos, refused.retryAfter(), CircuitBreaker.Kind.REFUSED);
        }
      }
      case TOO_LARGE -> {
        if (items > 1) {
          limit.lower(batch.body().length(), nowNanos);
          requeue(batch, RetryBatch.ANY_NUMBER, false, nowNanos);
          breaker.lift();
        } else {
          limit.refused(batch.body().length());
          alone(batch, refusal, nowNanos);
        }
      }
      case MALFORMED -> {
        malformed++;
        if (items > 1) {
          requeue(batch, (items + 1) / 2, false, nowNanos);
          if (malformed > MOST_MALFORMED && !breaker.succeededAfter(batch.firstSent().request())) {
            breaker.back(refusal.text(), nowNanos, null, CircuitBreaker.Kind.REFUSED);
          }
        } else {
          alone(batch, refusal, nowNanos);
        }
      }
    }
  }

  /// Whether it is these records that are refused: others have got through since they were sent
  /// first, and do so now. Letters need no such proof, since the disk takes them as well.
  private boolean isAlone(Batch batch, long nowNanos) {
    return batch.form() == DocumentForm.DEAD_LETTER
        || (breaker.succeededAfter(batch.firstSent().request())
            && breaker.succeededWithin(LATELY, nowNanos));
  }

  /// A request was refused that a firewall may have read: a log line that quotes an attack looks
  /// like one. Its record is looked for by halving; each part waits for itself meanwhile, and a
  /// record is given up when it was refused for long.
  private void suspected(Batch batch, Refusal refusal, long nowNanos) {
    int items = batch.body().items();
    if (items == 1 && (batch.form() == DocumentForm.DEAD_LETTER || triedEnough(batch, nowNanos))) {
      documentRefused(batch, 0, refusal, nowNanos);
      return;
    }
    long dueNanos = nowNanos + context.backoff().nanos(batch.attempt() + 1, null, Backoff.LONGEST);
    requeue(batch, (items + 1) / 2, false, nowNanos, dueNanos);
  }

  /// A request with one item was refused for its content.
  private void alone(Batch batch, Refusal refusal, long nowNanos) {
    boolean ownFault =
        batch.form() != DocumentForm.NORMAL
            || breaker.succeededAfter(batch.firstSent().request())
            || (triedEnough(batch, nowNanos) && ItemOutcome.ofContent(refusal));
    if (ownFault) {
      documentRefused(batch, 0, refusal, nowNanos);
      breaker.lift();
    } else {
      requeue(batch, 1, false, nowNanos);
      breaker.back(refusal.text(), nowNanos, null, CircuitBreaker.Kind.REFUSED);
    }
  }

  /// Whether its records were refused so often and for so long that it is no longer worth waiting
  /// for others to show who is at fault: a data stream may be silent for days.
  private static boolean triedEnough(Batch batch, long nowNanos) {
    return batch.attempt() >= MOST_ATTEMPTS
        && nowNanos - batch.firstSent().nanos() >= LONGEST_PATIENCE_NANOS;
  }

  private void unreadable(Batch batch, Unreadable reply, long nowNanos) {
    breaker.error(0, reply.reason());
    if (reply.sent()) {
      // A proxy's limit may show as a connection that breaks, and a slow server as silence.
      limit.failed(batch.body().length(), nowNanos);
    }
    requeue(batch, RetryBatch.ANY_NUMBER, reply.sent(), nowNanos);
    breaker.back(
        "request failed: " + reply.reason(),
        nowNanos,
        reply.retryAfter(),
        reply.away() ? CircuitBreaker.Kind.AWAY : CircuitBreaker.Kind.BUSY);
  }

  private void requeue(Batch batch, int maxItems, boolean nowInDoubt, long nowNanos) {
    requeue(batch, maxItems, nowInDoubt, nowNanos, nowNanos);
  }

  private void requeue(
      Batch batch, int maxItems, boolean nowInDoubt, long nowNanos, long dueNanos) {
    context.metrics().retried(batch.body().items());
    RetryBatch retryBatch =
        retries.retryBatch(
            batch.form(),
            batch.attempt() + 1,
            dueNanos,
            maxItems,
            batch.inDoubt() || nowInDoubt,
            batch.firstSent());
    retryBatch.with(nowInDoubt ? nowNanos : batch.lostNanos()).addAll(batch);
  }

  /// Nothing was sent, and nothing has failed: its records wait aside.
  private void putOff(Batch batch, long untilNanos) {
    retries
        .retryBatch(
            batch.form(),
            batch.attempt(),
            untilNanos,
            RetryBatch.ANY_NUMBER,
            true,
            batch.firstSent())
        .with(batch.lostNanos())
        .addAll(batch);
  }
}
