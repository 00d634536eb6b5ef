package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/// The alert `LongshoreAlertsRefused`: it stands from the first alert that there is no room for
/// until none was refused for a while. Owned by the loop's thread.
public final class RefusedAlerts {

  /// Longer than Prometheus waits before it sends an alert again that fires.
  static final Duration STANDS = Duration.ofMinutes(5);

  private static final Labels LABELS =
      Labels.of(Labels.ALERT_NAME, InternalAlerts.ALERTS_REFUSED, "severity", "critical");

  private final InternalAlerts alerts;
  private final Clock clock;
  private final Loop loop;
  private boolean stands;
  private long refusedNanos;

  public RefusedAlerts(InternalAlerts alerts, Clock clock, Loop loop) {
    this.alerts = alerts;
    this.clock = clock;
    this.loop = loop;
  }

  /// Takes over the one of the process before this one.
  public void start(Collection<Alert> known) {
    for (Alert alert : List.copyOf(known)) {
      if (alert.labels().equals(LABELS) && alert.endsAt() == null) {
        alerts.adopt(alert);
        stands();
      }
    }
  }

  /// An alert was refused.
  ///
  /// @param reason why there is no room
  public void refused(String reason) {
    stands();
    alerts.raise(
        LABELS,
        Labels.of(
            "summary",
            "Alerting refuses alerts",
            "description",
            "Nobody is told of what is refused: "
                + reason
                + ". Look at the alerts that there are for what makes so many of them; or give"
                + " alerting more memory, since alerts may take half of its heap, and the heap is a"
                + " share of the container's limit."),
        List.of(),
        "");
  }

  private void stands() {
    refusedNanos = clock.nanoTime();
    if (!stands) {
      stands = true;
      loop.in(STANDS, this::look);
    }
  }

  private void look() {
    Duration left = STANDS.minusNanos(clock.nanoTime() - refusedNanos);
    if (left.isPositive()) {
      loop.in(left, this::look);
    } else {
      stands = false;
      alerts.end(LABELS);
    }
  }
}
