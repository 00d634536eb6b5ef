package dev.longshore.agent.ship;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parcels of one destination. Owned by the shipping thread.
final class Waiting {

  /// A destination with this many records waiting takes no new ones; 12 bytes each.
  static final int MAX_RECORDS = 200_000;

  private static final long JOIN_NANOS = Duration.ofSeconds(1).toNanos();

  private final List<Parcel> parcels = new ArrayList<>();

  /// A parcel of that kind to add records to: one that is there and due at about the same time, or
  /// a new one.
  Parcel parcel(
      Form form, int attempt, long dueNanos, int maxItems, boolean inDoubt, FirstSent firstSent) {
    for (Parcel parcel : parcels) {
      if (parcel.takes(form, attempt, maxItems, inDoubt)
          && Math.abs(parcel.dueNanos() - dueNanos) < JOIN_NANOS) {
        parcel.join(dueNanos, firstSent);
        return parcel;
      }
    }
    Parcel parcel = new Parcel(form, attempt, dueNanos, maxItems, inDoubt, firstSent);
    parcels.add(parcel);
    return parcel;
  }

  /// Adds a parcel as it is.
  void add(Parcel parcel) {
    parcels.add(parcel);
  }

  /// The parcel that has been due the longest.
  @Nullable Parcel due(long nowNanos) {
    Parcel found = null;
    for (Parcel parcel : parcels) {
      if (nowNanos - parcel.dueNanos() >= 0
          && parcel.items() > 0
          && (found == null || parcel.dueNanos() - found.dueNanos() < 0)) {
        found = parcel;
      }
    }
    return found;
  }

  /// Another due parcel whose records may share a request with those of `batch`.
  @Nullable Parcel alsoDue(Batch batch, long nowNanos) {
    for (Parcel parcel : parcels) {
      if (nowNanos - parcel.dueNanos() >= 0
          && parcel.items() > 0
          && parcel.maxItems() == Parcel.ANY_NUMBER
          && parcel.form() == batch.form()
          && parcel.inDoubt() == batch.inDoubt()) {
        return parcel;
      }
    }
    return null;
  }

  /// Forgets the parcels that are empty.
  void sweep() {
    for (Iterator<Parcel> all = parcels.iterator(); all.hasNext(); ) {
      if (all.next().items() == 0) {
        all.remove();
      }
    }
  }

  /// Nanoseconds until the next parcel is due; `Long.MAX_VALUE` without one.
  long nanosUntilDue(long nowNanos) {
    long least = Long.MAX_VALUE;
    for (Parcel parcel : parcels) {
      least = Math.min(least, Math.max(0, parcel.dueNanos() - nowNanos));
    }
    return least;
  }

  int records() {
    int records = 0;
    for (Parcel parcel : parcels) {
      records += parcel.items();
    }
    return records;
  }

  boolean isEmpty() {
    return parcels.isEmpty();
  }
}
