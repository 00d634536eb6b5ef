package dev.longshore.alerting.notify;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The alert `LongshoreNotificationsFailing`: one for each channel or webhook that accepts no
/// messages, to be routed to another receiver. It ends with the next message that is taken. Owned
/// by the loop's thread; survives restarts.
final class FailureAlerts {

  /// What to route by.
  static final String NAME = "LongshoreNotificationsFailing";

  private final Outbox outbox;
  private final AlertSink alerts;

  FailureAlerts(Outbox outbox, AlertSink alerts) {
    this.outbox = outbox;
    this.alerts = alerts;
  }

  /// Raises it, or refreshes what it says.
  void raise(
      String lane,
      NotificationKey key,
      String channel,
      String code,
      String remedy,
      int waiting,
      Instant now) {
    Outbox.Failing before = outbox.failing(lane);
    String text = "receiver=" + key.receiver() + "\nintegration=" + key.integration();
    text += "\nchannel=" + channel.replace('\n', ' ');
    if (before == null || !before.labels().equals(text)) {
      if (before != null) {
        put(before, now, now, Map.of());
      }
      outbox.failing(lane, new Outbox.Failing(text, now));
    }
    Outbox.Failing failing = outbox.failing(lane);
    if (failing == null) {
      return;
    }
    String where = channel.isEmpty() ? key.integration() : channel;
    put(
        failing,
        null,
        now,
        Map.of(
            "summary",
            "%s of receiver %s does not accept notifications: %s"
                .formatted(where, key.receiver(), code),
            "description",
            "%s Waiting since %s: %d %s; each is kept for a day, and what still fires is told anew then."
                .formatted(
                    remedy, failing.since(), waiting, waiting == 1 ? "message" : "messages")));
  }

  /// Ends it, when it was raised.
  void end(String lane, Instant now) {
    Outbox.Failing failing = outbox.failing(lane);
    if (failing != null) {
      outbox.failing(lane, null);
      put(failing, now, now, Map.of("summary", "Notifications are accepted again"));
    }
  }

  private void put(
      Outbox.Failing failing,
      @Nullable Instant endsAt,
      Instant now,
      Map<String, String> annotations) {
    Map<String, String> labels = new TreeMap<>();
    labels.put(Labels.ALERT_NAME, NAME);
    labels.put("severity", "critical");
    for (String line : failing.labels().lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        labels.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    alerts.put(
        List.of(
            new Alert(
                Labels.of(labels),
                Labels.of(annotations),
                failing.since(),
                endsAt,
                now,
                "",
                Alert.Origin.SELF,
                Evidence.NONE)));
  }
}
