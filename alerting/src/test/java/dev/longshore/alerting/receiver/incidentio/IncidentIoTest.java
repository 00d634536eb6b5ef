package dev.longshore.alerting.receiver.incidentio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: incident.io gets Alertmanager's payload with the token of the alert source.
final class IncidentIoTest {
  private static final String FILE =
      """
      receivers:
        - name: team
          incidentio_configs: [{url: URL/v2/alert_events/alertmanager/01, alert_source_token: TOKEN, max_alerts: 1}]
      """;

  @TempDir Path folder;

  @Test
  void thePayloadIsAlertmanagers() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, request -> new Reply(202, ""))) {
      assertThat(
              rig.fire(
                  ReceiverRig.alert("alertname", "Slow"),
                  ReceiverRig.alert("alertname", "Slow", "pod", "b")))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.last().headers().get("Authorization")).isEqualTo("Bearer TOKEN");
      assertThat(rig.field("/version")).isEqualTo("1");
      assertThat(rig.field("/status")).isEqualTo("firing");
      assertThat(rig.field("/truncatedAlerts")).isEqualTo("1");
      assertThat(rig.field("/groupKey")).isEqualTo("{}:{alertname=\"Slow\"}");
      assertThat(rig.field("/alerts/0/labels/alertname")).isEqualTo("Slow");
    }
  }
}
