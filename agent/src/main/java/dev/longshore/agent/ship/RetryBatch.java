package dev.longshore.agent.ship;

import dev.longshore.agent.bulk.BulkBody;
import dev.longshore.agent.bulk.InDoubtResolver;
import dev.longshore.agent.bulk.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records that wait to be sent again, by reference: 12 bytes each. Their bytes are in the queue.
/// Owned by the shipping thread.
final class RetryBatch {
  static final int ANY_NUMBER = Integer.MAX_VALUE;

  /// No answer about its records was lost while this process ran.
  static final long NEVER_LOST = InDoubtResolver.NEVER_LOST;

  private static final int REFERENCE_BYTES = 12;
  private static final int INITIAL_RECORDS = 16;
  private static final long EMPTY_BYTES = 128 + INITIAL_RECORDS * REFERENCE_BYTES;
  private static final int REFUSAL_BYTES = 64;

  private final DocumentForm form;
  private final int attempt;
  private final int maxItems;
  private final boolean inDoubt;
  private long dueNanos;
  private FirstSent firstSent;
  private long lostNanos = NEVER_LOST;

  private long[] references = new long[INITIAL_RECORDS];
  private int[] ordinals = new int[INITIAL_RECORDS];
  private final @Nullable List<Refusal> refusals;
  private int end;
  private int taken;
  private long heldBytes = EMPTY_BYTES;

  /// An empty one.
  ///
  /// @param attempt how often its records were sent before
  /// @param dueNanos before this they are not sent
  /// @param maxItems how many of them may go in one request, while a bad one is looked for
  /// @param inDoubt whether an earlier request may have indexed them without our knowing
  /// @param firstSent when the last of them was sent first
  RetryBatch(
      DocumentForm form,
      int attempt,
      long dueNanos,
      int maxItems,
      boolean inDoubt,
      FirstSent firstSent) {
    this.form = form;
    this.attempt = attempt;
    this.dueNanos = dueNanos;
    this.maxItems = maxItems;
    this.inDoubt = inDoubt;
    this.firstSent = firstSent;
    refusals = form == DocumentForm.DEAD_LETTER ? new ArrayList<>() : null;
  }

  /// Whether records of `other` kind can join.
  boolean takes(DocumentForm otherForm, int otherAttempt, int otherMaxItems, boolean otherInDoubt) {
    return form == otherForm
        && attempt == otherAttempt
        && maxItems == otherMaxItems
        && inDoubt == otherInDoubt;
  }

  /// Others join: all are due at the earlier of the two times, so that nobody is put off by those
  /// who come later.
  void join(long otherDueNanos, FirstSent otherFirstSent) {
    dueNanos = otherDueNanos - dueNanos < 0 ? otherDueNanos : dueNanos;
    firstSent = firstSent.later(otherFirstSent);
  }

  void add(long reference, int ordinal, @Nullable Refusal refusal) {
    if (end == references.length) {
      references = Arrays.copyOf(references, end * 2);
      ordinals = Arrays.copyOf(ordinals, end * 2);
      heldBytes += (long) end * REFERENCE_BYTES;
    }
    references[end] = reference;
    ordinals[end] = ordinal;
    end++;
    if (refusals != null) {
      if (refusal == null) {
        throw new IllegalArgumentException("a dead letter has a reason");
      }
      refusals.add(refusal);
      heldBytes += REFUSAL_BYTES + 2L * refusal.reason().length();
    }
  }

  /// Adds all records of a batch.
  void addAll(Batch batch) {
    BulkBody body = batch.body();
    for (int item = 0; item < body.items(); item++) {
      add(body.reference(item), body.ordinal(item), batch.refusal(item));
    }
  }

  /// Leaves out the next `count` records: they are in a request now.
  void take(int count) {
    taken += count;
  }

  /// Records join of which an answer was lost then.
  ///
  /// @param nanos when, or [#NEVER_LOST]
  RetryBatch with(long nanos) {
    lostNanos = laterLost(lostNanos, nanos);
    return this;
  }

  static long laterLost(long aNanos, long bNanos) {
    if (aNanos == NEVER_LOST || bNanos == NEVER_LOST) {
      return aNanos == NEVER_LOST ? bNanos : aNanos;
    }
    return aNanos - bNanos > 0 ? aNanos : bNanos;
  }

  /// When an answer about some of its records was lost last, or [#NEVER_LOST].
  long lostNanos() {
    return lostNanos;
  }

  void putOffUntil(long nanos) {
    dueNanos = nanos;
  }

  int items() {
    return end - taken;
  }

  /// What it takes of the heap, in bytes.
  long heldBytes() {
    return heldBytes;
  }

  /// The block of the `i`-th record that is left.
  long reference(int i) {
    return references[taken + i];
  }

  int ordinal(int i) {
    return ordinals[taken + i];
  }

  @Nullable Refusal refusal(int i) {
    return refusals == null ? null : refusals.get(taken + i);
  }

  DocumentForm form() {
    return form;
  }

  int attempt() {
    return attempt;
  }

  int maxItems() {
    return maxItems;
  }

  boolean inDoubt() {
    return inDoubt;
  }

  long dueNanos() {
    return dueNanos;
  }

  FirstSent firstSent() {
    return firstSent;
  }
}
