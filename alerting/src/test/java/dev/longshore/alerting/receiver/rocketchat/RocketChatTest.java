package dev.longshore.alerting.receiver.rocketchat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: Rocket.Chat gets one attachment as the user of the token.
final class RocketChatTest {
  private static final String FILE =
      """
      global: {rocketchat_api_url: URL, rocketchat_token_id: ID, rocketchat_token: TOKEN}
      receivers:
        - name: team
          rocketchat_configs:
            - channel: '#ops'
              fields: [{title: Team, value: '{{ .CommonLabels.team }}'}]
              actions: [{type: button, text: Open, url: 'http://x'}]
      """;

  @TempDir Path folder;

  @Test
  void oneAttachment() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            FILE,
            request ->
                "TOKEN".equals(request.headers().get("X-Auth-Token"))
                        && "ID".equals(request.headers().get("X-User-Id"))
                    ? new Reply(200, "{\"success\":true}")
                    : new Reply(401, "{}"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "team", "shop")))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.last().path()).isEqualTo("/api/v1/chat.postMessage");
      assertThat(rig.field("/attachments/0/color")).isEqualTo("red");
      assertThat(rig.field("/attachments/0/fields/0/value")).isEqualTo("shop");
      assertThat(rig.field("/attachments/0/actions/0/url")).isEqualTo("http://x");
    }
  }

  @Test
  void aRefusalWithinAnAnswerIsARefusal() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            FILE,
            request -> new Reply(200, "{\"success\":false,\"error\":\"no channel\"}"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOf(DeliveryResult.PayloadRejected.class);
    }
  }
}
