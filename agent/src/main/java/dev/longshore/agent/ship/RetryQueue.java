package dev.longshore.agent.ship;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The retry batches of one destination. Owned by the shipping thread.
final class RetryQueue {

  /// A destination with this many records waiting takes no new ones; 12 bytes each.
  static final int MAX_RECORDS = 200_000;

  private static final long JOIN_NANOS = Duration.ofSeconds(1).toNanos();

  private final List<RetryBatch> batches = new ArrayList<>();

  /// A retry batch of that kind to add records to: one that is there and due at about the same
  /// time, or a new one.
  RetryBatch retryBatch(
      DocumentForm form,
      int attempt,
      long dueNanos,
      int maxItems,
      boolean inDoubt,
      FirstSent firstSent) {
    for (RetryBatch retryBatch : batches) {
      if (retryBatch.takes(form, attempt, maxItems, inDoubt)
          && Math.abs(retryBatch.dueNanos() - dueNanos) < JOIN_NANOS) {
        retryBatch.join(dueNanos, firstSent);
        return retryBatch;
      }
    }
    RetryBatch retryBatch = new RetryBatch(form, attempt, dueNanos, maxItems, inDoubt, firstSent);
    batches.add(retryBatch);
    return retryBatch;
  }

  /// Adds a retry batch as it is.
  void add(RetryBatch retryBatch) {
    batches.add(retryBatch);
  }

  /// The retry batch that has been due the longest.
  @Nullable RetryBatch due(long nowNanos) {
    RetryBatch found = null;
    for (RetryBatch retryBatch : batches) {
      if (nowNanos - retryBatch.dueNanos() >= 0
          && retryBatch.items() > 0
          && (found == null || retryBatch.dueNanos() - found.dueNanos() < 0)) {
        found = retryBatch;
      }
    }
    return found;
  }

  /// Another due retry batch whose records may share a request with those of `batch`.
  @Nullable RetryBatch alsoDue(Batch batch, long nowNanos) {
    for (RetryBatch retryBatch : batches) {
      if (nowNanos - retryBatch.dueNanos() >= 0
          && retryBatch.items() > 0
          && retryBatch.maxItems() == RetryBatch.ANY_NUMBER
          && retryBatch.form() == batch.form()
          && retryBatch.inDoubt() == batch.inDoubt()) {
        return retryBatch;
      }
    }
    return null;
  }

  /// Forgets the retry batches that are empty.
  void sweep() {
    for (Iterator<RetryBatch> all = batches.iterator(); all.hasNext(); ) {
      if (all.next().items() == 0) {
        all.remove();
      }
    }
  }

  /// Nanoseconds until the next retry batch is due; `Long.MAX_VALUE` without one.
  long nanosUntilDue(long nowNanos) {
    long least = Long.MAX_VALUE;
    for (RetryBatch retryBatch : batches) {
      least = Math.min(least, Math.max(0, retryBatch.dueNanos() - nowNanos));
    }
    return least;
  }

  /// What all of them take of the heap, in bytes.
  long heldBytes() {
    long bytes = 0;
    for (RetryBatch retryBatch : batches) {
      bytes += retryBatch.heldBytes();
    }
    return bytes;
  }

  int records() {
    int records = 0;
    for (RetryBatch retryBatch : batches) {
      records += retryBatch.items();
    }
    return records;
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }
}
