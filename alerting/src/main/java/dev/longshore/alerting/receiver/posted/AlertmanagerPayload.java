package dev.longshore.alerting.receiver.posted;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.notify.GroupNotification;
import dev.longshore.alerting.notify.NotificationData;
import dev.longshore.alerting.notify.Reason;
import java.time.Instant;
import java.util.List;

/// Alertmanager's webhook payload, version 4, as Alertmanager 0.33 sends it.
public final class AlertmanagerPayload {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

  /// About the largest payload: more of a group's alerts is of use to nobody, and would be held in
  /// memory several times.
  private static final long MAX_PAYLOAD_BYTES = 384 << 10;

  private AlertmanagerPayload() {}

  /// The alerts that fit, as `max_alerts` would cut them; `truncatedAlerts` says how many more
  /// there are.
  ///
  /// @param reason why it is told
  /// @param all the alerts that are told
  /// @param limit `max_alerts`; 0 for none
  public static ObjectNode of(
      GroupNotification groupNotification,
      Reason reason,
      List<Alert> all,
      int limit,
      String externalUrl) {
    int most = limit > 0 ? Math.min(limit, all.size()) : all.size();
    int fitting = 0;
    for (long bytes = 0; fitting < most && bytes < MAX_PAYLOAD_BYTES; fitting++) {
      bytes += all.get(fitting).heapBytes();
    }
    List<Alert> alerts = all.subList(0, fitting);
    Instant now = groupNotification.now();
    ObjectNode payload = JSON.createObjectNode();
    payload.put("receiver", NotificationData.quoteMeta(groupNotification.group().receiver()));
    payload.put(
        "status", alerts.stream().anyMatch(it -> !it.isResolvedAt(now)) ? "firing" : "resolved");
    var list = payload.putArray("alerts");
    for (Alert alert : alerts) {
      boolean ended = alert.isResolvedAt(now);
      ObjectNode item = list.addObject();
      item.put("status", ended ? "resolved" : "firing");
      labels(item.putObject("labels"), alert.labels());
      labels(item.putObject("annotations"), alert.annotations());
      item.put("startsAt", alert.startsAt().toString());
      Instant endsAt = alert.endsAt();
      item.put("endsAt", ended && endsAt != null ? endsAt.toString() : ZERO_TIME);
      item.put("generatorURL", alert.generatorUrl());
      item.put("fingerprint", alert.fingerprint().toString());
    }
    payload.put("notification_reason", reason.inTemplates());
    labels(payload.putObject("groupLabels"), groupNotification.group().labels());
    labels(payload.putObject("commonLabels"), NotificationData.common(alerts, true));
    labels(payload.putObject("commonAnnotations"), NotificationData.common(alerts, false));
    payload.put("externalURL", externalUrl);
    payload.put("version", "4");
    payload.put("groupKey", groupNotification.group().key());
    payload.put("truncatedAlerts", all.size() - alerts.size());
    return payload;
  }

  private static void labels(ObjectNode node, Labels labels) {
    labels.asMap().forEach(node::put);
  }
}
