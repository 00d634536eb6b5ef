package dev.longshore.alerting.receiver.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Request;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: Discord gets one embed within its limits, and no label calls everybody.
final class DiscordTest {
  private static final String FILE =
      """
      receivers:
        - name: team
          discord_configs: [{webhook_url: URL/api/webhooks/1/TOKEN, username: Longshore, content: '<@&77> look'}]
      """;

  @TempDir Path folder;

  private static Reply service(Request request) {
    var embed = request.json().at("/embeds/0");
    boolean ok =
        embed.path("title").asText().length() <= 256
            && embed.path("description").asText().length() <= 4096
            && request.json().path("content").asText().length() <= 2000;
    return ok ? new Reply(204, "") : new Reply(400, "{\"code\": 50035}");
  }

  @Test
  void itIsOneEmbed() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, DiscordTest::service)) {
      var alert = ReceiverRig.alert("alertname", "Slow");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/content")).isEqualTo("<@&77> look");
      assertThat(rig.field("/embeds/0/title")).isEqualTo("[FIRING:1] Slow");
      assertThat(rig.field("/embeds/0/description"))
          .contains("Alerts Firing", "alertname = Slow", "summary = It is slow");
      assertThat(rig.field("/embeds/0/color")).isEqualTo(String.valueOf(0x992d22));
      rig.resolve(alert);
      assertThat(rig.field("/embeds/0/color")).isEqualTo(String.valueOf(0x2ecc71));
    }
  }

  @Test
  void aLabelCallsNobodyAndALongTextIsCut() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, DiscordTest::service)) {
      assertThat(
              rig.fire(
                  ReceiverRig.alert("alertname", "Slow", "a", "@everyone", "b", "x".repeat(9000))))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/embeds/0/description")).contains("@\u200beveryone").endsWith("…");
    }
  }

  @Test
  void aWebhookThatIsGoneIsForAPerson() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder, FILE, request -> new Reply(404, "{\"message\": \"Unknown Webhook\"}"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOfSatisfying(
              DeliveryResult.Misconfigured.class,
              it -> assertThat(it.remedy()).contains("Unknown Webhook").doesNotContain("TOKEN"));
    }
  }

  @Test
  void waitsAsLongAsTheBodySays() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            FILE,
            request ->
                new Reply(
                    429,
                    "{\"message\": \"You are being rate limited.\", \"retry_after\": 1.337}"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOfSatisfying(
              DeliveryResult.Retry.class,
              it -> assertThat(it.after()).isEqualTo(Duration.ofMillis(1_337)));
    }
  }

  @Test
  void anEmbedWithoutWordsIsSentAllTheSame() throws Exception {
    String file =
        """
        receivers:
          - name: team
            discord_configs: [{webhook_url: URL/api/webhooks/1/TOKEN, title: ' ', message: ''}]
        """;
    try (ReceiverRig rig = ReceiverRig.open(folder, file, _ -> new Reply(204, ""))) {
      rig.fire(ReceiverRig.alert("alertname", "Slow"));
      assertThat(rig.field("/embeds/0/description")).isEqualTo("An alert without a text");
    }
  }
}
