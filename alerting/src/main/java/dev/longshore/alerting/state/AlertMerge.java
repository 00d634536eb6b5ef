package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is known of an alert after it was put again: Alertmanager's rules (`mem.Alerts.Put`,
/// `types.Alert.Merge`). An end that is not known yet is later than all others.
final class AlertMerge {
  private AlertMerge() {}

  static Alert of(@Nullable Alert before, Alert put, Instant now) {
    return before != null && overlap(before, put) ? merged(before, put, now) : put;
  }

  private static boolean overlap(Alert before, Alert put) {
    return (isAfter(put.endsAt(), before.startsAt()) && isBefore(put.endsAt(), before.endsAt()))
        || (put.startsAt().isAfter(before.startsAt()) && isAfter(before.endsAt(), put.startsAt()));
  }

  private static Alert merged(Alert a, Alert b, Instant now) {
    boolean inOrder = !b.updatedAt().isBefore(a.updatedAt());
    Alert older = inOrder ? a : b;
    Alert newer = inOrder ? b : a;
    Alert merged = newer;
    if (older.startsAt().isBefore(newer.startsAt())) {
      merged = merged.withStartsAt(older.startsAt());
    }
    boolean olderEndsLater = isBefore(newer.endsAt(), older.endsAt());
    boolean keepsEnd =
        newer.isResolvedAt(now)
            ? older.isResolvedAt(now)
            : older.origin() != Alert.Origin.POSTED_WITHOUT_END;
    return olderEndsLater && keepsEnd ? merged.withEndsAt(older.endsAt()) : merged;
  }

  private static boolean isAfter(@Nullable Instant end, Instant time) {
    return end == null || end.isAfter(time);
  }

  private static boolean isBefore(@Nullable Instant end, @Nullable Instant otherEnd) {
    return end != null && (otherEnd == null || end.isBefore(otherEnd));
  }
}
