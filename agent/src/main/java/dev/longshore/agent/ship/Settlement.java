package dev.longshore.agent.ship;

import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.shared.elastic.BulkReply;
import dev.longshore.shared.elastic.BulkReply.Answered;
import dev.longshore.shared.elastic.BulkReply.Refused;
import dev.longshore.shared.elastic.BulkReply.Unreadable;
import dev.longshore.shared.elastic.ItemFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Draws the consequences of replies for one destination: each record of a batch is resolved in the
/// books, or put into a parcel to be sent again, or handed to the dead letters; exactly one of
/// them. Owned by the shipping thread.
///
/// - Answered: each item by its [Outcome]. When nothing got through, the destination is held back.
/// - Refused as a whole: [Outcome.OfRequest]. No record is given up for it, but one that was
///   refused alone while others get through.
/// - Unreadable: all again, in doubt when it was sent.
/// - Too early to look up what is in doubt: all again then, while others go on.
final class Settlement {
  private static final long DISK_RETRY_NANOS = Duration.ofSeconds(30).toNanos();

  /// Requests in a row that were refused as malformed before halving slows down: it is then likely
  /// that not a document is the cause.
  private static final int MOST_MALFORMED = 2;

  /// A record that was refused so often, and this long after it was sent first, is at fault even if
  /// nothing else was sent that could show it. Long enough for a mistake in a deployment to be seen
  /// and undone.
  private static final int MOST_ATTEMPTS = 20;

  private static final long LONGEST_PATIENCE_NANOS = Duration.ofMinutes(15).toNanos();

  private final String dataStream;
  private final Dock dock;
  private final Waiting waiting;
  private final Hold hold;
  private final BodyLimit limit;
  private int malformed;

  Settlement(String dataStream, Dock dock, Waiting waiting, Hold hold, BodyLimit limit) {
    this.dataStream = dataStream;
    this.dock = dock;
    this.waiting = waiting;
    this.hold = hold;
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
          unreadable(batch, reason, true, Hold.Kind.BUSY, nowNanos);
        }
      }
      case Refused refused -> requestRefused(batch, refused, nowNanos);
      case Unreadable unreadable -> {
        if (unreadable.cause() instanceof TooEarly early) {
          putOff(batch, early.untilNanos());
        } else {
          Hold.Kind kind = unreadable.away() ? Hold.Kind.AWAY : Hold.Kind.BUSY;
          unreadable(batch, unreadable.reason(), unreadable.sent(), kind, nowNanos);
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
      hold.succeeded(batch.request());
    }
    boolean othersGetThrough = gotThrough || hold.succeededAfter(batch.firstSent().request());
    Refusal held = items(batch, answered, othersGetThrough, nowNanos);
    if (gotThrough || held == null) {
      hold.lift();
    } else if (!othersGetThrough) {
      hold.back(held.text(), nowNanos, null, kind(held));
    }
  }

  /// @return why something is to be sent again, or null
  private @Nullable Refusal items(
      Batch batch, Answered answered, boolean othersGetThrough, long nowNanos) {
    BulkBody body = batch.body();
    @Nullable ItemFailure @Nullable [] failures = byItem(answered, body.items());
    long retryNanos = nowNanos + dock.backoff().nanos(batch.attempt() + 1, null, Backoff.LONGEST);
    Refusal held = null;
    Parcel onDisk = null;
    int from = 0;
    int indexed = 0;
    int duplicate = 0;
    int deadLettered = 0;
    int items = body.items();
    for (int item = 0; item < items; item++) {
      if (body.reference(item) != body.reference(from)) {
        dock.books().resolve(body.reference(from), indexed, duplicate, deadLettered);
        from = item;
        indexed = duplicate = deadLettered = 0;
      }
      Outcome outcome =
          Outcome.ofItem(
              answered.statuses()[item],
              failures == null ? null : failures[item],
              batch.attempt(),
              othersGetThrough);
      Refusal letter = batch.refusal(item);
      if (letter != null) {
        switch (outcome) {
          case Outcome.Indexed _ -> deadLettered += delivered(letter);
          case Outcome.Duplicate _ -> deadLettered += delivered(letter);
          case Outcome.InFailureStore _ -> deadLettered += delivered(letter);
          case Outcome.Retry(Refusal refusal) -> {
            held = refusal;
            again(batch, item, refusal, retryNanos);
          }
          case Outcome.Refused(Refusal refusal) -> onDisk = onDisk(onDisk, batch, item, refusal);
          case Outcome.Pause(Refusal refusal) -> onDisk = onDisk(onDisk, batch, item, refusal);
        }
        continue;
      }
      switch (outcome) {
        case Outcome.Indexed _ -> indexed++;
        case Outcome.Duplicate _ -> duplicate++;
        case Outcome.InFailureStore(Refusal refusal) -> {
          deadLettered += delivered(refusal);
          hold.error(refusal.status(), refusal.text());
        }
        case Outcome.Retry(Refusal refusal) -> {
          held = refusal;
          again(batch, item, refusal, retryNanos);
        }
        case Outcome.Pause(Refusal refusal) -> {
          if ((batch.form() == Form.SAFE || triedEnough(batch, nowNanos))
              && !Outcome.ofTarget(refusal)) {
            documentRefused(batch, item, refusal, nowNanos);
          } else {
            held = refusal;
            again(batch, item, refusal, retryNanos);
          }
        }
        case Outcome.Refused(Refusal refusal) -> documentRefused(batch, item, refusal, nowNanos);
      }
    }
    dock.books().resolve(body.reference(from), indexed, duplicate, deadLettered);
    if (held != null) {
      hold.error(held.status(), held.text());
    }
    if (onDisk != null) {
      toDisk(onDisk, nowNanos);
    }
    return held;
  }

  private static Hold.Kind kind(Refusal held) {
    boolean busy = held.status() == 429 || held.status() >= 500;
    return busy && !Outcome.ofTarget(held) ? Hold.Kind.BUSY : Hold.Kind.REFUSED;
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

  private int delivered(Refusal letter) {
    dock.metrics().deadLetter(letter.type());
    return 1;
  }

  /// The document of an item is refused: once more without what may be the cause, then it is a dead
  /// letter.
  private void documentRefused(Batch batch, int item, Refusal refusal, long nowNanos) {
    hold.error(refusal.status(), refusal.text());
    BulkBody body = batch.body();
    long reference = body.reference(item);
    int ordinal = body.ordinal(item);
    switch (batch.form()) {
      case NORMAL ->
          waiting
              .parcel(Form.SAFE, 0, nowNanos, Parcel.ANY_NUMBER, batch.inDoubt(), batch.firstSent())
              .with(batch.lostNanos())
              .add(reference, ordinal, null);
      case SAFE -> dock.office().send(dataStream, reference, ordinal, refusal, nowNanos);
      case DEAD_LETTER -> toDisk(onDisk(null, batch, item, refusal), nowNanos);
    }
  }

  private void again(Batch batch, int item, Refusal refusal, long dueNanos) {
    dock.metrics().retried(1);
    // A shard that failed may have written the document before.
    boolean lost = refusal.status() >= 500;
    waiting
        .parcel(
            batch.form(),
            batch.attempt() + 1,
            dueNanos,
            Parcel.ANY_NUMBER,
            batch.inDoubt() || lost,
            batch.firstSent())
        .with(lost ? dock.clock().nanoTime() : batch.lostNanos())
        .add(batch.body().reference(item), batch.body().ordinal(item), batch.refusal(item));
  }

  /// Adds a letter that the dead-letter data stream refused; why it did is not kept, the reason
  /// that counts is the document's.
  private Parcel onDisk(@Nullable Parcel parcel, Batch batch, int item, Refusal refusal) {
    hold.error(refusal.status(), refusal.text());
    Parcel target =
        parcel != null
            ? parcel
            : new Parcel(
                Form.DEAD_LETTER,
                batch.attempt() + 1,
                0,
                Parcel.ANY_NUMBER,
                false,
                batch.firstSent());
    target.add(batch.body().reference(item), batch.body().ordinal(item), batch.refusal(item));
    return target;
  }

  private void toDisk(Parcel letters, long nowNanos) {
    boolean again = true;
    while (again && letters.items() > 0) {
      try {
        letters.take(dock.office().toDisk(letters, dock.loader(), dock.books()));
        again = false;
      } catch (BlockGoneException e) {
        dock.gone(letters, e);
      }
    }
    if (letters.items() > 0) {
      letters.putOffUntil(nowNanos + DISK_RETRY_NANOS);
      waiting.add(letters);
    }
  }

  private void requestRefused(Batch batch, Refused refused, long nowNanos) {
    Refusal refusal = new Refusal(refused.status(), refused.type(), refused.reason());
    hold.error(refusal.status(), refusal.text());
    int items = batch.body().items();
    switch (Outcome.OfRequest.of(refused.status())) {
      case BUSY -> {
        // A gateway may answer so after the request went through.
        requeue(batch, Parcel.ANY_NUMBER, refused.status() != 429, nowNanos);
        hold.back(refusal.text(), nowNanos, refused.retryAfter(), Hold.Kind.BUSY);
      }
      case NOT_ALLOWED -> {
        requeue(batch, Parcel.ANY_NUMBER, false, nowNanos);
        hold.back(refusal.text(), nowNanos, refused.retryAfter(), Hold.Kind.REFUSED);
      }
      case TOO_LARGE -> {
        if (items > 1) {
          limit.lower(batch.body().length() / 2, nowNanos);
          requeue(batch, Parcel.ANY_NUMBER, false, nowNanos);
          hold.lift();
        } else {
          alone(batch, refusal, nowNanos);
        }
      }
      case MALFORMED -> {
        malformed++;
        if (items > 1) {
          requeue(batch, (items + 1) / 2, false, nowNanos);
          if (malformed > MOST_MALFORMED && !hold.succeededAfter(batch.firstSent().request())) {
            hold.back(refusal.text(), nowNanos, null, Hold.Kind.REFUSED);
          }
        } else {
          alone(batch, refusal, nowNanos);
        }
      }
    }
  }

  /// A request with one item was refused for its content.
  private void alone(Batch batch, Refusal refusal, long nowNanos) {
    boolean ownFault =
        batch.form() != Form.NORMAL
            || hold.succeededAfter(batch.firstSent().request())
            || (triedEnough(batch, nowNanos) && Outcome.ofContent(refusal));
    if (ownFault) {
      documentRefused(batch, 0, refusal, nowNanos);
      hold.lift();
    } else {
      requeue(batch, 1, false, nowNanos);
      hold.back(refusal.text(), nowNanos, null, Hold.Kind.REFUSED);
    }
  }

  /// Whether its records were refused so often and for so long that it is no longer worth waiting
  /// for others to show who is at fault: a data stream may be silent for days.
  private static boolean triedEnough(Batch batch, long nowNanos) {
    return batch.attempt() >= MOST_ATTEMPTS
        && nowNanos - batch.firstSent().nanos() >= LONGEST_PATIENCE_NANOS;
  }

  private void unreadable(Batch batch, String reason, boolean sent, Hold.Kind kind, long nowNanos) {
    hold.error(0, reason);
    requeue(batch, Parcel.ANY_NUMBER, sent, nowNanos);
    hold.back("no readable reply: " + reason, nowNanos, null, kind);
  }

  private void requeue(Batch batch, int maxItems, boolean nowInDoubt, long nowNanos) {
    dock.metrics().retried(batch.body().items());
    Parcel parcel =
        waiting.parcel(
            batch.form(),
            batch.attempt() + 1,
            nowNanos,
            maxItems,
            batch.inDoubt() || nowInDoubt,
            batch.firstSent());
    addAll(batch, parcel.with(nowInDoubt ? nowNanos : batch.lostNanos()));
  }

  private static void addAll(Batch batch, Parcel parcel) {
    BulkBody body = batch.body();
    for (int item = 0; item < body.items(); item++) {
      parcel.add(body.reference(item), body.ordinal(item), batch.refusal(item));
    }
  }

  /// Nothing was sent, and nothing has failed: its records wait aside.
  private void putOff(Batch batch, long untilNanos) {
    addAll(
        batch,
        waiting
            .parcel(
                batch.form(),
                batch.attempt(),
                untilNanos,
                Parcel.ANY_NUMBER,
                true,
                batch.firstSent())
            .with(batch.lostNanos()));
  }
}
