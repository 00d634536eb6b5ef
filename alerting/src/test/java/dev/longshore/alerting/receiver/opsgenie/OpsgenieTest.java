package dev.longshore.alerting.receiver.opsgenie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Request;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a group is one alert of Opsgenie, created and closed by its alias.
final class OpsgenieTest {
  private static final String FILE =
      """
      global: {opsgenie_api_url: URL/, opsgenie_api_key: KEY}
      receivers:
        - name: team
          opsgenie_configs:
            - tags: 'shop, {{ .CommonLabels.severity }}'
              priority: P2
              update_alerts: true
              details: {team: shop}
              responders: [{name: 'a, b', type: teams}, {username: ann@example.com, type: user}]
      """;

  @TempDir Path folder;

  private static Reply service(Request request) {
    boolean ok =
        "GenieKey KEY".equals(request.headers().get("Authorization"))
            && request.json().path("message").asText().length() <= 130;
    return ok ? new Reply(202, "{\"result\":\"Request will be processed\"}") : new Reply(422, "{}");
  }

  @Test
  void aGroupIsOneAlertUntilItIsClosed() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, OpsgenieTest::service)) {
      var alert = ReceiverRig.alert("alertname", "Slow", "severity", "page");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      var created = rig.requests.getFirst().json();
      String alias = created.path("alias").asText();
      assertThat(created.path("message").asText()).isEqualTo("[FIRING:1] Slow (page)");
      assertThat(created.path("tags").toString()).isEqualTo("[\"shop\",\"page\"]");
      assertThat(created.path("priority").asText()).isEqualTo("P2");
      assertThat(created.path("details").toString())
          .isEqualTo("{\"alertname\":\"Slow\",\"severity\":\"page\",\"team\":\"shop\"}");
      assertThat(created.path("responders").toString())
          .isEqualTo(
              "[{\"name\":\"a\",\"type\":\"team\"},{\"name\":\"b\",\"type\":\"team\"},"
                  + "{\"username\":\"ann@example.com\",\"type\":\"user\"}]");
      assertThat(rig.requests.stream().map(it -> it.method() + " " + it.path()))
          .containsExactly(
              "POST /v2/alerts",
              "PUT /v2/alerts/" + alias + "/message?identifierType=alias",
              "PUT /v2/alerts/" + alias + "/description?identifierType=alias");
      assertThat(rig.resolve(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.last().path())
          .isEqualTo("/v2/alerts/" + alias + "/close?identifierType=alias");
    }
  }

  @Test
  void aResponderThatOpsgenieCannotTellIsAProblemOfTheFile() {
    assertThatThrownBy(
            () ->
                ReceiverRig.open(
                    folder,
                    FILE.replace("type: user", "type: group").replace("type: teams", "id: ''"),
                    OpsgenieTest::service))
        .hasMessageContaining("has the type ''")
        .hasMessageContaining("has the type 'group'; write one of team, teams, user");
  }

  @Test
  void aLongTitleIsCutToWhatOpsgenieTakes() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, OpsgenieTest::service)) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow", "pod", "p".repeat(300))))
          .isInstanceOf(DeliveryResult.Delivered.class);
    }
  }

  @Test
  void aKeyThatIsRefusedIsForAPerson() throws Exception {
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder, FILE, request -> new Reply(401, "{\"message\":\"Key is not valid\"}"))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOfSatisfying(
              DeliveryResult.Misconfigured.class,
              it -> assertThat(it.remedy()).contains("Opsgenie answers 401", "Key is not valid"));
    }
  }
}
