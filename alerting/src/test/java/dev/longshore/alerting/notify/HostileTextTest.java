package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertGroup.Member;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAnswers;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.receiver.slack.SlackText;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.slack.SlackMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever labels, annotations and log lines say, Slack takes the message as it is, nothing in it
/// is cut in two, and nobody is pinged by it.
final class HostileTextTest {
  private static final List<String> PIECES =
      List.of(
          "<!channel>",
          "<!here|x>",
          "<@U123>",
          "<!subteam^S1>",
          "&",
          "&amp;",
          "&lt;!channel&gt;",
          "<",
          ">",
          "```",
          "`",
          "*",
          "_",
          "~",
          "😀",
          "👩‍👩‍👧‍👦",
          "\ud83d",
          "\ude00",
          "\u202e",
          "\u0000",
          "\u0007",
          "\n",
          "\r\n",
          "\t",
          "مرحبا",
          "|",
          "<https://a.b|",
          "https://example.com/?a=b&c=d",
          "@channel",
          "@here",
          "plain words ",
          "\\",
          "\"",
          "{{ .Labels }}",
          "\ue0a1!channel\ue0a2");
  private static final int MESSAGES = 30;
  private static final Pattern BROKEN_ENTITY = Pattern.compile("&(?!amp;|lt;|gt;)");

  private static String hostile(Random random, int length) {
    StringBuilder text = new StringBuilder();
    String favourite = PIECES.get(random.nextInt(PIECES.size()));
    while (text.length() < length) {
      text.append(random.nextInt(3) == 0 ? favourite : PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static Alert alert(Random random, int number) {
    int length = List.of(1, 20, 300, 3_000, 300_000).get(random.nextInt(number == 0 ? 5 : 3));
    return new Alert(
        Labels.of(
            Map.of(
                "alertname", hostile(random, 30),
                "pod", hostile(random, length) + number,
                "severity", hostile(random, 5))),
        Labels.of(
            Map.of(
                "summary", hostile(random, length),
                "description", hostile(random, length),
                "runbook_url",
                    random.nextBoolean() ? hostile(random, 50) : "https://runbooks.example/x")),
        ManualClock.START,
        null,
        ManualClock.START,
        hostile(random, 40),
        Alert.Origin.RULE,
        new Evidence(
            hostile(random, 10),
            List.of(
                new Evidence.Fact(hostile(random, 10), hostile(random, length)),
                new Evidence.Fact(Evidence.ROLLOUT, hostile(random, length))),
            List.of(new Evidence.Sample(hostile(random, 50), hostile(random, length))),
            List.of(new Evidence.Link(hostile(random, 100), "https://kibana.example/"))));
  }

  @Test
  void isAlwaysTakenAndNeverPings(@TempDir Path dir) throws Exception {
    try (NotifyBench bench = new NotifyBench(dir)) {
      bench.slack.bursts(1_000_000, 1_000_000);
      SlackSettings standard =
          ((SlackSettings) bench.bot("x", "#alerts").integrations().getFirst())
              .with(SlackAnswers.of(SecretSource.given("xapp-1")));
      SlackSettings configured =
          new SlackSettings(
              true,
              standard.access(),
              HttpSettings.NONE,
              Map.of(
                  SlackText.CHANNEL, "#alerts",
                  SlackText.TITLE, "{{ .CommonLabels.alertname }} {{ .CommonLabels.pod }}",
                  SlackText.TITLE_LINK, "{{ .CommonAnnotations.runbook_url }}",
                  SlackText.TEXT,
                      "{{ range .Alerts }}{{ .Annotations.description }} <{{ .GeneratorURL }}|x> {{"
                          + " end }}",
                  SlackText.USERNAME, "{{ .CommonLabels.pod }}",
                  SlackText.FOOTER, "{{ .CommonAnnotations.summary }}",
                  SlackText.COLOR, "{{ .CommonLabels.pod }}"),
              List.of(
                  new SlackSettings.Field(
                      "{{ .CommonLabels.pod }}", "{{ .CommonAnnotations.summary }}", null)),
              false,
              List.of(
                  new SlackSettings.Action(
                      "button",
                      "{{ .CommonLabels.pod }}",
                      "{{ .CommonAnnotations.runbook_url }}",
                      "",
                      "",
                      "",
                      null)),
              List.of(),
              true,
              false,
              null,
              SlackAnswers.of(SecretSource.given("xapp-1")));
      bench.receivers(
          bench.bot("plain", "#alerts"), new Receiver("configured", List.of(configured)));
      for (int seed = 0; seed < MESSAGES; seed++) {
        Random random = new Random(seed);
        List<Member> members = new ArrayList<>();
        int count = List.of(1, 2, 30).get(random.nextInt(3));
        for (int i = 0; i < count; i++) {
          members.add(new Member(alert(random, i), Suppression.NONE));
        }
        String receiver = seed % 2 == 0 ? "plain" : "configured";
        bench.flush(
            new AlertGroup(
                "{}:" + seed,
                "{}:" + seed,
                receiver,
                Labels.of("alertname", hostile(random, 500)),
                members,
                Duration.ofHours(4)));
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.notifier.waiting()).as("seed %d", seed).isZero();
        assertThat(bench.slack.calls().stream().filter(it -> it.status() != 200)).isEmpty();
      }
      List<SlackMessage> posted = bench.slack.topLevel("alerts");
      assertThat(posted).hasSize(MESSAGES);
      for (SlackMessage message : posted) {
        assertThat(message.pings()).isEmpty();
        assertThat(message.content().blocks()).as("not degraded to plain text").isNotNull();
        assertThat(BROKEN_ENTITY.matcher(message.content().text()).find()).isFalse();
      }
    }
  }

  @Test
  void fiveThousandAlertsOfAGroupAreOneMessageThatCountsThem(@TempDir Path dir) throws Exception {
    try (NotifyBench bench = new NotifyBench(dir)) {
      bench.receivers(bench.bot("plain", "#alerts"));
      List<Member> members = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        members.add(new Member(bench.alert("checkout-" + i), Suppression.NONE));
      }
      bench.flush(
          new AlertGroup(
              "{}:",
              "{}:",
              "plain",
              Labels.of("alertname", "PodDown"),
              members,
              Duration.ofHours(4)));
      bench.pass(Duration.ofSeconds(5));
      assertThat(bench.slack.messages("alerts")).hasSize(1);
      assertThat(bench.slack.messages("alerts").getFirst().visible())
          .contains("FIRING 5000", "and 4990 more");
    }
  }

  @Test
  void aThousandGroupsAreFewMessagesThatCountThemAll(@TempDir Path dir) throws Exception {
    try (NotifyBench bench = new NotifyBench(dir)) {
      bench.receivers(bench.bot("plain", "#alerts"));
      List<Alert> alerts = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        alerts.add(bench.alert("checkout-" + i));
        bench.notifier.flush(
            bench.group("{}:" + i, "plain", Suppression.NONE, alerts.get(i)), bench.now());
      }
      bench.run();
      bench.pass(Duration.ofMinutes(1));
      List<SlackMessage> posted = bench.slack.topLevel("alerts");
      assertThat(posted).hasSizeLessThanOrEqualTo(12);
      String storm = posted.getLast().visible();
      assertThat(storm).contains("STORM · " + (1_001 - posted.size()) + " alerts firing");

      for (int i = 0; i < 1_000; i++) {
        bench.notifier.flush(
            bench.group("{}:" + i, "plain", Suppression.NONE, bench.ended(alerts.get(i))),
            bench.now());
      }
      bench.run();
      bench.pass(Duration.ofMinutes(2));
      assertThat(bench.slack.topLevel("alerts")).hasSize(posted.size());
      assertThat(bench.slack.topLevel("alerts"))
          .allSatisfy(message -> assertThat(message.visible()).contains("RESOLVED"));
      assertThat(bench.notifier.waiting()).isZero();
    }
  }

  @Test
  void manyCardsWithEditsThatWaitAreNoFlood(@TempDir Path dir) throws Exception {
    try (NotifyBench bench = new NotifyBench(dir)) {
      bench.receivers(bench.bot("plain", "#alerts"));
      for (int i = 0; i < 20; i++) {
        bench.flush(bench.group("{}:" + i, "plain", Suppression.NONE, bench.alert("cart-" + i)));
        bench.pass(Duration.ofSeconds(5));
      }
      for (int i = 0; i < 20; i++) {
        Alert alert = bench.alert("cart-" + i).withStartsAt(bench.now());
        bench.changed(bench.group("{}:" + i, "plain", Suppression.NONE, alert));
      }
      bench.flush(bench.group("{}:20", "plain", Suppression.NONE, bench.alert("cart-20")));
      bench.pass(Duration.ofSeconds(5));
      assertThat(bench.slack.topLevel("alerts")).hasSize(21);
      assertThat(bench.slack.topLevel("alerts").getLast().visible()).contains("cart-20");
    }
  }
}
