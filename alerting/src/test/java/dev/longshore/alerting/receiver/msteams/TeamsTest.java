package dev.longshore.alerting.receiver.msteams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: Microsoft Teams gets cards as workflows and connectors take them.
final class TeamsTest {
  @TempDir Path folder;

  @Test
  void aWorkflowGetsAnAdaptiveCard() throws Exception {
    String file = "receivers: [{name: team, msteamsv2_configs: [{webhook_url: URL/workflows/1}]}]";
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder, file, request -> new Reply(request.body().length() > 28_000 ? 413 : 202, ""))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "big", "x".repeat(60_000))))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/attachments/0/contentType"))
          .isEqualTo("application/vnd.microsoft.card.adaptive");
      assertThat(rig.field("/attachments/0/content/body/0/color")).isEqualTo("Attention");
      assertThat(rig.field("/attachments/0/content/body/0/text")).startsWith("[FIRING:1] Slow");
      assertThat(rig.field("/attachments/0/content/body/1/text")).contains("**alertname**: Slow");
      rig.resolve(ReceiverRig.alert("alertname", "Slow"));
      assertThat(rig.field("/attachments/0/content/body/0/color")).isEqualTo("Good");
    }
  }

  @Test
  void aConnectorThatAnswersOkToARefusalIsNotBelieved() throws Exception {
    String file = "receivers: [{name: team, msteams_configs: [{webhook_url: URL/webhookb2/1}]}]";
    List<String> answers =
        new ArrayList<>(
            List.of(
                "1",
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413"));
    try (ReceiverRig rig =
        ReceiverRig.open(folder, file, request -> new Reply(200, answers.removeFirst()))) {
      var alert = ReceiverRig.alert("alertname", "Slow");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/@type")).isEqualTo("MessageCard");
      assertThat(rig.field("/themeColor")).isEqualTo("8C1A1A");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Retry.class);
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.PayloadRejected.class);
    }
  }
}
