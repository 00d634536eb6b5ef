package dev.longshore.alerting.receiver.pagerduty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.notify.DeliveryResult;
import dev.longshore.alerting.notify.FailureReason;
import dev.longshore.alerting.receiver.posted.ReceiverRig;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Reply;
import dev.longshore.alerting.receiver.posted.ReceiverRig.Request;
import dev.longshore.shared.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: a group is one incident of PagerDuty, opened and resolved as its Events API has it.
final class PagerDutyTest {
  private static final String FILE =
      """
      global: {pagerduty_url: URL/v2/enqueue}
      receivers:
        - name: team
          pagerduty_configs:
            - routing_key: 0123456789abcdef0123456789abcdef
              severity: '{{ .CommonLabels.severity }}'
              details: {team: shop, firing: '{{ .Alerts.Firing | len }} of them'}
              links: [{href: 'http://runbook/{{ .GroupLabels.alertname }}', text: Runbook}, {text: none}]
      """;

  @TempDir Path folder;

  /// As strict as the documentation: routing key, action, key, summary, source, severity.
  private static Reply enqueue(Request request) {
    boolean ok =
        request.path().equals("/v2/enqueue")
            && request.json().path("routing_key").asText().length() == 32
            && List.of("trigger", "resolve").contains(request.json().path("event_action").asText())
            && request.json().path("dedup_key").asText().length() <= 255
            && request.json().at("/payload/summary").asText().length() <= 1024
            && !request.json().at("/payload/source").asText().isEmpty()
            && List.of("critical", "error", "warning", "info")
                .contains(request.json().at("/payload/severity").asText());
    return ok
        ? new Reply(202, "{\"status\":\"success\"}")
        : new Reply(400, "{\"status\":\"invalid event\"}");
  }

  @Test
  void aGroupIsOneIncidentUntilItIsOver() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, PagerDutyTest::enqueue)) {
      var alert = ReceiverRig.alert("alertname", "Slow", "severity", "critical");
      assertThat(rig.fire(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/event_action")).isEqualTo("trigger");
      assertThat(rig.field("/payload/severity")).isEqualTo("critical");
      assertThat(rig.field("/payload/summary")).isEqualTo("[FIRING:1] Slow (critical)");
      assertThat(rig.field("/payload/custom_details/firing")).isEqualTo("1 of them");
      assertThat(rig.field("/payload/custom_details/num_resolved")).isEqualTo("0");
      assertThat(rig.field("/payload/custom_details/resolved/0/labels/alertname")).isNull();
      assertThat(rig.field("/links/0/href")).isEqualTo("http://runbook/Slow");
      assertThat(rig.field("/links/1")).isNull();
      String key = rig.field("/dedup_key");
      assertThat(rig.resolve(alert)).isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/event_action")).isEqualTo("resolve");
      assertThat(rig.field("/dedup_key")).isEqualTo(key);
      // As Alertmanager 0.33: alerts are objects, not text.
      assertThat(rig.field("/payload/custom_details/resolved/0/labels/alertname"))
          .isEqualTo("Slow");
      assertThat(rig.field("/payload/custom_details/num_resolved")).isEqualTo("1");
    }
  }

  @Test
  void whatPagerDutyWouldRefuseIsMadeToFitAndToldWhatIsWrong() throws Exception {
    String file =
        FILE.replace(
            "severity: '{{", "description: '{{ .Nothing.At.All }}'\n        severity: 'high {{");
    try (ReceiverRig rig = ReceiverRig.open(folder, file, PagerDutyTest::enqueue)) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOf(DeliveryResult.Delivered.class);
      assertThat(rig.field("/payload/severity")).isEqualTo("error");
      assertThat(rig.field("/payload/summary")).contains("The template of description fails");
    }
  }

  @Test
  void anEventThatIsTooLargeIsSentWithoutItsDetails() throws Exception {
    String file = FILE.replace("team: shop", "team: '" + "x".repeat(600_000) + "'");
    try (ReceiverRig rig = ReceiverRig.open(folder, file, PagerDutyTest::enqueue)) {
      rig.fire(ReceiverRig.alert("alertname", "Slow"));
      assertThat(rig.last().body()).hasSizeLessThan(512_000);
      assertThat(rig.field("/payload/custom_details/error")).contains("larger than 512 kB");
    }
  }

  @Test
  void aServiceKeyIsVersionOne() throws Exception {
    String file =
        """
        receivers:
          - name: team
            pagerduty_configs: [{service_key: abc, url: URL/create_event.json}]
        """;
    try (ReceiverRig rig =
        ReceiverRig.open(
            folder,
            file,
            request -> new Reply(request.json().has("service_key") ? 403 : 400, ""))) {
      assertThat(rig.fire(ReceiverRig.alert("alertname", "Slow")))
          .isInstanceOfSatisfying(
              DeliveryResult.Retry.class,
              it -> assertThat(it.reason()).isEqualTo(FailureReason.RATE_LIMITED));
      assertThat(rig.last().path()).isEqualTo("/create_event.json");
      assertThat(rig.field("/event_type")).isEqualTo("trigger");
      assertThat(rig.field("/incident_key")).hasSize(64);
    }
  }

  /// As Alertmanager has it; both stand side by side where somebody moves from one to the other.
  @Test
  void ofTwoKeysTheServiceKeyIsUsed() throws Exception {
    String file =
        """
        receivers:
          - name: team
            pagerduty_configs: [{routing_key: new, service_key: old, url: URL/create_event.json}]
        """;
    try (ReceiverRig rig = ReceiverRig.open(folder, file, request -> new Reply(200, ""))) {
      rig.fire(ReceiverRig.alert("alertname", "Slow"));
      assertThat(rig.field("/service_key")).isEqualTo("old");
      assertThat(rig.last().json().has("routing_key")).isFalse();
    }
  }

  @Test
  void aKeyMayBeATemplate() throws Exception {
    String file =
        """
        receivers:
          - name: team
            pagerduty_configs:
              - routing_key: '{{ if eq .CommonLabels.team "shop" }}of-shop{{ else }}rest{{ end }}'
                url: URL/v2/enqueue
        """;
    try (ReceiverRig rig = ReceiverRig.open(folder, file, request -> new Reply(202, "{}"))) {
      rig.fire(ReceiverRig.alert("alertname", "Slow", "team", "shop"));
      assertThat(rig.field("/routing_key")).isEqualTo("of-shop");
    }
  }

  @Test
  void noSecretIsKeptOnDisk() throws Exception {
    try (ReceiverRig rig = ReceiverRig.open(folder, FILE, PagerDutyTest::enqueue)) {
      assertThat(rig.kept(ReceiverRig.alert("alertname", "Slow")))
          .doesNotContain("0123456789abcdef");
    }
  }

  @Test
  void oneKeyIsNeeded() {
    assertThatThrownBy(
            () ->
                ReceiverRig.integration(
                    folder, "receivers: [{name: team, pagerduty_configs: [{severity: info}]}]"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("routing_key");
  }

  @Test
  void detailsMayBeOfAnyDepth() throws Exception {
    String file =
        FILE.replace(
            "details: {team: shop, firing: '{{ .Alerts.Firing | len }} of them'}",
            "details: {deep: {status: ['{{ .Status }}', 3, true, null]}, firing: '[]', text: '3 pods'}");
    try (ReceiverRig rig = ReceiverRig.open(folder, file, PagerDutyTest::enqueue)) {
      rig.fire(ReceiverRig.alert("alertname", "Slow"));
      assertThat(rig.last().json().at("/payload/custom_details").toString())
          .contains("\"deep\":{\"status\":[\"firing\",3,true,null]}")
          .contains("\"firing\":[]")
          .contains("\"text\":\"3 pods\"")
          .contains("\"num_firing\":1");
    }
  }
}
