package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.shared.units.DataSize;
import org.jspecify.annotations.Nullable;

/// How many alerts are known and what they take on the heap, and whether one more fits. Longshore's
/// alerts about itself, which are few, always fit. Owned by the loop's thread.
final class AlertCapacity {
  private final AlertsConfig config;
  private int count;

  /// Those that are not about Longshore itself.
  private int limited;

  private long bytes;

  AlertCapacity(AlertsConfig config) {
    this.config = config;
  }

  /// Counts an alert in the place of another.
  ///
  /// @param before what was known of it; null for nothing
  /// @param after what is known now; null when it is forgotten
  void replace(@Nullable Alert before, @Nullable Alert after) {
    if (before != null) {
      count--;
      limited -= isLimited(before) ? 1 : 0;
      bytes -= before.heapBytes();
    }
    if (after != null) {
      count++;
      limited += isLimited(after) ? 1 : 0;
      bytes += after.heapBytes();
    }
  }

  /// Why there is no room for an alert beside those that are known; null when there is.
  @Nullable String refusal(Alert alert) {
    if (!isLimited(alert)) {
      return null;
    }
    if (limited >= config.maxAlerts()) {
      return limited + " alerts are known already, the most that are taken";
    }
    return fits(alert.heapBytes())
        ? null
        : count
            + " alerts are known already, and they take all of the "
            + config.maxHeap()
            + " that there are for alerts";
  }

  /// Whether an alert that is known may change into another.
  boolean fits(Alert before, Alert after) {
    long more = after.heapBytes() - before.heapBytes();
    return more <= 0 || fits(more) || !isLimited(after);
  }

  private static boolean isLimited(Alert alert) {
    return alert.origin() != Alert.Origin.SELF;
  }

  private boolean fits(long more) {
    return bytes + more <= config.maxHeap().bytes();
  }

  int count() {
    return count;
  }

  DataSize heap() {
    return DataSize.ofBytes(bytes);
  }
}
