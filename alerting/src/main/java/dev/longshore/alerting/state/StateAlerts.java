package dev.longshore.alerting.state;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.shared.clock.Loop;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The alerts about state itself: `LongshoreStateNotWritable` while it can't be written, and
/// `LongshoreStateLost` for a day after a start that could not read it. Owned by the loop's thread.
public final class StateAlerts {
  public static final Duration LOST_STANDS = Duration.ofDays(1);

  private static final Labels NOT_WRITABLE =
      Labels.of(Labels.ALERT_NAME, InternalAlerts.STATE_NOT_WRITABLE, "severity", "critical");
  private static final Labels LOST =
      Labels.of(Labels.ALERT_NAME, InternalAlerts.STATE_LOST, "severity", "critical");

  private final InternalAlerts alerts;
  private final Loop loop;

  public StateAlerts(InternalAlerts alerts, StateWriter state, Loop loop) {
    this.alerts = alerts;
    this.loop = loop;
    state.onHealth(this::health);
  }

  /// Ends those of the process before this one: state could be read, so it was written.
  public void start(Collection<Alert> known) {
    for (Alert alert : List.copyOf(known)) {
      boolean ours = alert.labels().equals(NOT_WRITABLE) || alert.labels().equals(LOST);
      if (ours && alert.endsAt() == null) {
        alerts.adopt(alert);
        alerts.end(alert.labels());
      }
    }
  }

  private void health(@Nullable String failure) {
    if (failure == null) {
      alerts.end(NOT_WRITABLE);
      return;
    }
    alerts.raise(
        NOT_WRITABLE,
        Labels.of(
            "summary",
            "Alerting can't write its state",
            "description",
            "What fires is told from memory and would not survive a restart: silences made since"
                + " then would be lost, and messages could be told twice. Make room on the disk"
                + " under state.dir, or repair it; alerting goes on by itself then. Reason: "
                + failure),
        List.of(),
        "");
  }

  /// Raises the alert about what was lost.
  public void lost(String problem) {
    alerts.raise(
        LOST,
        Labels.of(
            "summary",
            "Alerting started without its state",
            "description",
            "Silences are lost and have to be made again; what fires may be told once more. "
                + problem),
        List.of(),
        "");
    loop.in(LOST_STANDS, () -> alerts.end(LOST));
  }
}
