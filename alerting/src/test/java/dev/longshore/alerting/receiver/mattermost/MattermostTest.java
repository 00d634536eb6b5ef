package dev.longshore.alerting.receiver.mattermost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: Mattermost gets a text, or the attachments that the entry has; no label calls anybody.
final class MattermostTest {
  @TempDir Path folder;

  @Test
  void aTextByDefaultAndAttachmentsWhereTheyAre() throws Exception {
    String file =
        """
        global: {mattermost_webhook_url: URL/hooks/x}
        receivers:
          - name: team
            mattermost_configs:
                - channel: town-square
        """;
    try (ReceiverRig rig = ReceiverRig.open(folder, file, request -> new Reply(200, "ok"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "who", "@all")))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/channel")).isEqualTo("town-square");
      assertThat(rig.field("/username")).isEqualTo("Longshore");
      assertThat(rig.field("/text")).contains("**[FIRING:1] Slow", "@\u200ball");
    }
    String attachments =
        file.replace(
            "channel: town-square",
            """
            attachments:
                      - {title: '{{ .CommonLabels.alertname }}', color: '#f00', fields: [{title: n, value: '{{ len .Alerts }}', short: true}]}
                      - {text: b}
                      type: custom_alert
                      props: {card: 'card of {{ .CommonLabels.alertname }}'}
                      priority: {priority: urgent, requested_ack: true}""");
    try (ReceiverRig rig = ReceiverRig.open(folder, attachments, request -> new Reply(200, "ok"))) {
      rig.fire(ReceiverRig.alert("alertname", "Slow"));
      assertThat(rig.field("/text")).isNull();
      assertThat(rig.field("/attachments/0/title")).isEqualTo("Slow");
      assertThat(rig.field("/attachments/1/text")).isEqualTo("b");
      assertThat(rig.last().json().at("/attachments/0/fields").toString())
          .isEqualTo("[{\"title\":\"n\",\"value\":\"1\",\"short\":true}]");
      assertThat(rig.field("/type")).isEqualTo("custom_alert");
      assertThat(rig.field("/props/card")).isEqualTo("card of Slow");
      assertThat(rig.last().json().path("priority").toString())
          .isEqualTo("{\"priority\":\"urgent\",\"requested_ack\":true}");
    }
  }
}
