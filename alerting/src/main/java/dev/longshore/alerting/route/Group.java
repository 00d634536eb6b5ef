package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.shared.clock.Loop;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The alerts of one route with the same grouping labels, and when they are told next. A group
/// belongs to its route, not to the route's matchers: siblings with equal matchers have groups of
/// their own. Owned by the alerting loop.
final class Group {
  final Route route;
  final Labels labels;

  /// Unique among all groups.
  final String id;

  final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();

  /// What suppressed an alert when that was noted last.
  final Map<Fingerprint, Suppression> noted = new HashMap<>();

  /// The next look at it.
  Loop.@Nullable Timer timer;

  /// Whether it was told once.
  boolean flushed;

  /// Whether something changed since the listener heard of it.
  boolean pendingEdit;

  /// @param id as [#id] makes it
  Group(String id, Route route, Labels labels) {
    this.id = id;
    this.route = route;
    this.labels = labels;
  }

  /// @param routeId the route's, as [Route#ids] gives it
  static String id(String routeId, Labels labels) {
    return routeId + ":" + labels;
  }

  /// As Alertmanager writes it.
  String key() {
    return route.key() + ":" + labels.inKey();
  }

  /// Forgets what has ended, once that was told.
  void removeEnded(Instant now) {
    alerts.values().removeIf(alert -> alert.isResolvedAt(now));
    noted.keySet().retainAll(alerts.keySet());
  }
}
