package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Loop;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The alerts of one route with the same grouping labels, and when they are told next. Owned by the
/// alerting loop.
final class Group {
  final Route route;
  final Labels labels;
  final String key;
  final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();

  /// The next look at it.
  Loop.@Nullable Timer timer;

  /// Whether it was told once.
  boolean flushed;

  /// Whether something changed since the listener heard of it.
  boolean dirty;

  Group(Route route, Labels labels) {
    this.route = route;
    this.labels = labels;
    this.key = key(route, labels);
  }

  static String key(Route route, Labels labels) {
    return route.key() + ":" + labels;
  }

  /// Forgets what has ended, once that was told.
  void removeEnded(Instant now) {
    alerts.values().removeIf(alert -> alert.isResolvedAt(now));
  }
}
