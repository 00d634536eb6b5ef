package dev.longshore.alerting.receiver.victorops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a group is one incident of VictorOps, which recovers.
final class VictorOpsTest {
  private static final String FILE =
      """
      global: {victorops_api_url: URL/alert/, victorops_api_key: KEY}
      receivers:
        - name: team
          victorops_configs:
            - routing_key: 'on call/{{ .CommonLabels.team }}'
              message_type: '{{ .CommonLabels.severity }}'
              custom_fields: {cluster: prod}
      """;

  @TempDir Path folder;

  @Test
  void aGroupIsOneIncident() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(folder, FILE, request -> new Reply(200, "{\"result\":\"success\"}"))) {
      var alert = ReceiverRig.alert("alertname", "Slow", "team", "shop", "severity", "warning");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.last().path()).isEqualTo("/alert/KEY/on%20call%2Fshop");
      assertThat(rig.field("/message_type")).isEqualTo("WARNING");
      assertThat(rig.field("/cluster")).isEqualTo("prod");
      assertThat(rig.field("/monitoring_tool")).isEqualTo("Longshore");
      String id = rig.field("/entity_id");
      rig.resolve(alert);
      assertThat(rig.field("/message_type")).isEqualTo("RECOVERY");
      assertThat(rig.field("/entity_id")).isEqualTo(id);
    }
  }

  @Test
  void aCustomFieldCantTakeTheNameOfAnother() {
    assertThatThrownBy(
            () ->
                ReceiverRig.integration(
                    folder,
                    FILE.replace("URL", "http://x").replace("cluster: prod", "entity_id: x")))
        .hasMessageContaining("'entity_id' is a field of the message");
  }
}
