package dev.longshore.alerting.receiver.pushover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.Reason;
import dev.longshore.alerting.receiver.posted.PostedIntegration;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: Pushover gets a notification within its limits; an emergency says how long it calls.
final class PushoverTest {
  @TempDir Path folder;

  @Test
  void anEmergencyWhileItFires() throws Exception {
    String file =
        """
        receivers:
          - name: team
            pushover_configs: [{user_key: USER, token: TOKEN, retry: 10s, expire: 2h, ttl: 1d}]
        """;
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            file,
            request ->
                new Reply(
                    request.json().path("message").asText().length() <= 1024 ? 200 : 400, ""))) {
      PostedIntegration read = (PostedIntegration) ReceiverRig.integration(folder, file);
      try (var client = ReceiverRig.open(at(rig.url() + "/1/messages.json", read))) {
        var alert = ReceiverRig.alert("alertname", "Slow", "big", "x".repeat(3000));
        assertThat(
                ReceiverRig.deliver(
                    client, ReceiverRig.group(List.of(alert), List.of()), Reason.FIRST, false))
            .isInstanceOf(DeliveryResult.Delivered.class);
        assertThat(rig.field("/user")).isEqualTo("USER");
        assertThat(rig.field("/token")).isEqualTo("TOKEN");
        assertThat(rig.field("/priority")).isEqualTo("2");
        assertThat(rig.field("/retry")).as("at least 30 seconds").isEqualTo("30");
        assertThat(rig.field("/expire")).isEqualTo("7200");
        assertThat(rig.field("/ttl")).isNull();
        ReceiverRig.deliver(
            client,
            ReceiverRig.group(List.of(), List.of(alert.withEndsAt(ReceiverRig.NOW))),
            Reason.ALL_RESOLVED,
            false);
        assertThat(rig.field("/priority")).isEqualTo("0");
        assertThat(rig.field("/ttl")).isEqualTo("86400");
      }
    }
  }

  private static PostedIntegration at(String url, PostedIntegration read) {
    return new PostedIntegration(
        read.kind(),
        read.sendResolved(),
        read.templates(),
        read.guard(),
        read.http(),
        read.timeout(),
        ((PushoverMessages) read.messages()).at(url));
  }
}
