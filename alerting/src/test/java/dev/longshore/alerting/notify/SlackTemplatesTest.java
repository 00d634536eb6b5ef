package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.receiver.slack.SlackText;
import dev.longshore.testkit.slack.SlackServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: what people have written for Alertmanager's Slack messages says here what it says
/// there.
final class SlackTemplatesTest {
  private NotifyBench bench;

  @BeforeEach
  void open(@TempDir Path dir) {
    bench = new NotifyBench(dir);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void receiver(
      boolean sendResolved, Map<SlackText, String> texts, SlackSettings.Action... actions)
      throws Exception {
    Map<SlackText, String> all = new EnumMap<>(SlackText.class);
    all.put(SlackText.CHANNEL, "#alerts");
    all.putAll(texts);
    SlackAccess access =
        new SlackAccess.Bot(SecretSource.given(SlackServer.TOKEN), bench.slack.apiUrl());
    bench.receivers(
        new Receiver(
            "team",
            List.of(
                new SlackSettings(
                    sendResolved,
                    access,
                    HttpSettings.NONE,
                    all,
                    List.of(),
                    false,
                    List.of(actions),
                    List.of(),
                    false,
                    false,
                    null,
                    null))));
  }

  private static SlackSettings.Action button(String text, String url) {
    return new SlackSettings.Action("button", text, url, "", "", "", null);
  }

  private String seen() {
    return bench.slack.topLevel("alerts").getLast().visible();
  }

  private Alert alert(String job) {
    return bench.alert(Labels.of("alertname", "PodDown", "job", job), null);
  }

  @Test
  void aTitleWithAllLabelsIsShownToItsEnd() throws Exception {
    String title = "[FIRING:1] PodDown " + "container=\"prometheus\" ".repeat(20) + "END";
    receiver(true, Map.of(SlackText.TITLE, title));
    bench.flush(bench.group("team", alert("a")));
    assertThat(seen()).contains("END");
  }

  @Test
  void aTitleIsCutWhereAlertmanagerCutsIt() throws Exception {
    receiver(true, Map.of(SlackText.TITLE, "x".repeat(1_020) + "ABCDEFGH"));
    bench.flush(bench.group("team", alert("a")));
    assertThat(seen()).contains("xABC…").doesNotContain("E…", "EFGH");
  }

  @Test
  void aButtonWhoseUrlHasASpaceLeadsThere() throws Exception {
    receiver(
        true,
        Map.of(
            SlackText.TITLE, "t",
            SlackText.TITLE_LINK,
                "http://am.example/#/alerts?filter={job=\"{{ .CommonLabels.job }}\"}"),
        button(
            "Mute",
            "http://am.example/#/silences/new?filter=%7Bjob%3D\"{{ .CommonLabels.job }}\"}"),
        button("Broken", "ftp://am.example/"),
        button("None", "{{ .CommonAnnotations.dashboard }}"));
    bench.flush(bench.group("team", alert("kube state metrics")));
    assertThat(bench.slack.calls().getLast().arguments().toString())
        .contains("filter=%7Bjob%3D%22kube%20state%20metrics%22%7D")
        .contains("filter=%7Bjob=%22kube%20state%20metrics%22%7D|");
    assertThat(seen())
        .contains("[Mute]", "the button Broken is left out")
        .doesNotContain("[Broken]", "None");
  }

  @Test
  void withoutSendResolvedTemplatesSeeWhatFires() throws Exception {
    String counts =
        "F={{ .Alerts.Firing | len }} R={{ .Alerts.Resolved | len }} A={{ len .Alerts }}";
    receiver(false, Map.of(SlackText.TITLE, counts));
    Alert over = alert("b");
    bench.flush(bench.group("team", alert("a"), over));
    bench.changed(bench.group("team", alert("a"), bench.ended(over)));
    bench.pass(Duration.ofSeconds(5));
    assertThat(seen()).contains("F=1 R=0 A=1");

    receiver(true, Map.of(SlackText.TITLE, counts));
    bench.changed(bench.group("team", alert("a"), bench.ended(over)));
    bench.pass(Duration.ofMinutes(2));
    assertThat(seen()).contains("F=1 R=1 A=2");
  }

  /// By these, bridges to other services are built; what Alertmanager 0.33.1 says for the same.
  @Test
  void allThatATemplateSeesIsJsonForToJsonAndTextForPeople() throws Exception {
    receiver(
        true,
        Map.of(
            SlackText.TITLE,
            "t",
            SlackText.TEXT,
            "{{ .GroupLabels }}|{{ .CommonLabels.SortedPairs | toJson }}|{{ .NotificationReason }}|{{"
                + " . | toJson }}"));
    bench.flush(bench.group("team", alert("a")));
    assertThat(seen())
        .contains(
            "alertname=PodDown|[{\"Name\":\"alertname\",\"Value\":\"PodDown\"},"
                + "{\"Name\":\"job\",\"Value\":\"a\"}]|first notification|{\"receiver\":\"team\",\"status\":\"firing\",\"alerts\":[{\"status\":\"firing\",\"labels\":{",
            "\"notification_reason\":\"first notification\",\"groupLabels\":{",
            "\"commonLabels\":{\"alertname\":\"PodDown\",\"job\":\"a\"}",
            "\"endsAt\":\"0001-01-01T00:00:00Z\"",
            "\"notification_reason\":\"first notification\"",
            "\"generatorURL\":",
            "\"externalURL\":");
  }

  @Test
  void timesAndPairsPrintAsGoPrintsThem() throws Exception {
    receiver(
        true,
        Map.of(
            SlackText.TITLE,
            "t",
            SlackText.TEXT,
            "{{ range .Alerts }}{{ .EndsAt.IsZero }} {{ .EndsAt }}{{ end }}"
                + " {{ .CommonLabels.SortedPairs }} {{ index .CommonLabels.SortedPairs 1 }}"
                + " {{ (tz \"Europe/Berlin\" (index .Alerts 0).StartsAt).Format \"15:04 MST\" }}"));
    bench.flush(bench.group("team", alert("a")));
    assertThat(seen())
        .contains("true 0001-01-01 00:00:00 +0000 UTC")
        .contains("alertname=PodDown, job=a {job a}")
        .contains("07:00 CET");
  }
}
