package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.bulk.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One bulk request: the body and what must be known when its reply comes. Reusable; owned by the
/// shipping thread, but for the body's bytes, which belong to the client while it is in flight.
final class Batch {

  /// What the smallest batch takes of the heap: enough for a hundred usual documents, and little
  /// enough that hundreds of destinations have one each.
  static final long MIN_BYTES = 64 << 10;

  private static final int MIN_ITEMS = 128;
  private static final int MIN_BODY = (int) (MIN_BYTES - BulkBody.heldBytes(0, MIN_ITEMS));
  private static final FirstSent NOT_SENT = new FirstSent(0, 0);

  private final BulkBody body = new BulkBody(MIN_BODY, MIN_ITEMS);
  private final List<Refusal> refusals = new ArrayList<>();
  private DocumentForm form = DocumentForm.NORMAL;
  private int attempt;
  private boolean inDoubt;
  private long lostNanos = RetryBatch.NEVER_LOST;
  private boolean sentBefore;
  private boolean full;
  private FirstSent firstSent = NOT_SENT;
  private long earliestLoggedNanos;
  private long request;
  private long sentNanos;
  private long openedNanos;

  private long reservedBytes;

  /// @param reservedBytes what is reserved for it in the memory budget
  Batch(long reservedBytes) {
    this.reservedBytes = reservedBytes;
  }

  /// Empties it for fresh records.
  ///
  /// @param nowInDoubt whether an earlier request may have indexed some of them
  void reset(DocumentForm newForm, boolean nowInDoubt, long nowNanos) {
    body.clear();
    refusals.clear();
    form = newForm;
    attempt = 0;
    inDoubt = nowInDoubt;
    lostNanos = RetryBatch.NEVER_LOST;
    firstSent = NOT_SENT;
    earliestLoggedNanos = Long.MAX_VALUE;
    sentBefore = false;
    full = false;
    openedNanos = nowNanos;
  }

  /// Takes over what is known of the records of a retry batch.
  void carries(RetryBatch retryBatch) {
    attempt = Math.max(attempt, retryBatch.attempt());
    lostNanos = RetryBatch.laterLost(lostNanos, retryBatch.lostNanos());
    firstSent = firstSent.later(retryBatch.firstSent());
    sentBefore |=
        retryBatch.firstSent().request() > 0 || retryBatch.form() == DocumentForm.DEAD_LETTER;
  }

  /// How large it must be for another record of `bytes` bytes, twice as large as now if that is not
  /// more than a body of `maxBytes` needs.
  BatchMemory.BulkFootprint footprintFor(long bytes, long maxBytes) {
    long needed = body.length() + bytes;
    long bodyBytes = body.bodyCapacity();
    if (bodyBytes < needed) {
      bodyBytes = Math.max(needed, Math.min(2 * bodyBytes, maxBytes + bytes));
    }
    int items = body.itemCapacity();
    if (body.items() == items) {
      items = maxBytes > 0 ? 2 * items : items + MIN_ITEMS;
    }
    int capacity = Math.toIntExact(bodyBytes);
    return new BatchMemory.BulkFootprint(
        capacity, items, copies() * BulkBody.heldBytes(capacity, items));
  }

  /// What is reserved for it in the memory budget.
  long reservedBytes() {
    return reservedBytes;
  }

  /// It grows to what was reserved for it.
  void grow(BatchMemory.BulkFootprint footprint) {
    reservedBytes = Math.max(reservedBytes, footprint.reservedBytes());
    body.capacity(footprint.bodyBytes(), footprint.items());
  }

  /// A record took more than the room that was made for it, which is reserved now.
  void overflowed(long moreBytes) {
    reservedBytes += moreBytes;
  }

  /// What it takes of the heap until its reply is there.
  long heldBytes() {
    return copies() * body.heldBytes();
  }

  private int copies() {
    return inDoubt ? 2 : 1;
  }

  /// A record found no room in it.
  void full() {
    full = true;
  }

  boolean isFull() {
    return full;
  }

  /// It goes out as the destination's `newRequest`-th request.
  void sent(long newRequest, long nowNanos) {
    request = newRequest;
    sentNanos = nowNanos;
    if (!sentBefore) {
      firstSent = new FirstSent(newRequest, nowNanos);
    }
  }

  void refusal(Refusal refusal) {
    refusals.add(refusal);
  }

  /// Takes back what was said of items beyond the first `items`.
  void truncateRefusals(int items) {
    while (refusals.size() > items) {
      refusals.removeLast();
    }
  }

  /// Why the record of an item became a dead letter; null for documents.
  @Nullable Refusal refusal(int item) {
    return form == DocumentForm.DEAD_LETTER ? refusals.get(item) : null;
  }

  BulkBody body() {
    return body;
  }

  DocumentForm form() {
    return form;
  }

  /// How often the records were sent before this request.
  int attempt() {
    return attempt;
  }

  /// Whether an earlier request may have indexed some of it.
  boolean inDoubt() {
    return inDoubt;
  }

  /// When an answer about some of its records was lost last, or [RetryBatch#NEVER_LOST]: then it
  /// was in an earlier run.
  long lostNanos() {
    return lostNanos;
  }

  /// Which of the destination's requests it is.
  long request() {
    return request;
  }

  /// When the last of its records was sent first.
  FirstSent firstSent() {
    return firstSent;
  }

  /// It holds records that were logged then, nanoseconds since the epoch.
  void loggedAt(long epochNanos) {
    earliestLoggedNanos = Math.min(earliestLoggedNanos, epochNanos);
  }

  /// When the first of its records was logged, nanoseconds since the epoch; long ago where that is
  /// not known.
  long earliestLoggedNanos() {
    return earliestLoggedNanos;
  }

  long sentNanos() {
    return sentNanos;
  }

  long openedNanos() {
    return openedNanos;
  }
}
