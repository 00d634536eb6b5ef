package dev.longshore.alerting.receiver.webex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a room of Webex gets a message of at most 7439 bytes, as the bot of `http_config`.
final class WebexTest {
  @TempDir Path folder;

  @Test
  void aRoomGetsAMessage() throws Exception {
    String file =
        """
        global: {webex_api_url: URL/v1/messages}
        receivers:
          - name: team
            webex_configs: [{room_id: R1, http_config: {authorization: {credentials: TOKEN}}}]
        """;
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            file,
            request ->
                new Reply(
                    "Bearer TOKEN".equals(request.headers().get("Authorization"))
                            && request.json().path("markdown").asText().length() <= 7439
                        ? 200
                        : 400,
                    "{}"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "big", "ü".repeat(9000))))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/roomId")).isEqualTo("R1");
    }
  }

  @Test
  void aBotsTokenIsNeeded() {
    assertThatThrownBy(
            () ->
                ReceiverRig.integration(
                    folder, "receivers: [{name: team, webex_configs: [{room_id: R1}]}]"))
        .hasMessageContaining("write the bot's token");
  }
}
