package dev.longshore.alerting.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Suppression;
import dev.longshore.alerting.receiver.http.HttpSettings;
import dev.longshore.alerting.receiver.http.SecretSource;
import dev.longshore.alerting.receiver.slack.SlackAccess;
import dev.longshore.alerting.receiver.slack.SlackSettings;
import dev.longshore.alerting.receiver.slack.SlackText;
import dev.longshore.testkit.slack.SlackFault;
import dev.longshore.testkit.slack.SlackMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a token a group is one message that always tells the truth, and nothing of it is lost or
/// doubled, whatever Slack does.
final class StandingMessageTest {
  private NotifyBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    bench = new NotifyBench(dir);
    bench.receivers(bench.bot("team-checkout", "#alerts"));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private List<SlackMessage> cards() {
    return bench.slack.topLevel("alerts");
  }

  @Test
  void postsACardOnceAndEditsItUntilItIsResolved() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team-checkout", alert));
    assertThat(cards()).hasSize(1);
    assertThat(cards().getFirst().visible())
        .contains("FIRING 1 · PodDown", "checkout-7d9f", "does not answer", "[Silence]");

    bench.pass(Duration.ofMinutes(5));
    bench.flush(bench.group("team-checkout", alert));
    bench.changed(bench.group("team-checkout", bench.ended(alert)));
    bench.pass(Duration.ofSeconds(5));

    assertThat(cards()).hasSize(1);
    assertThat(cards().getFirst().edits()).isEqualTo(1);
    assertThat(cards().getFirst().visible()).contains("RESOLVED", "after 5m");
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void tellsTheEndByAReplyThoughTheCardHasSaidSoForLong() {
    Alert alert = bench.alert("checkout-7d9f");
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(Duration.ofMinutes(5));
    bench.flush(bench.group("team-checkout", alert));
    Alert ended = bench.ended(alert);
    bench.changed(bench.group("team-checkout", ended));
    bench.pass(Duration.ofMinutes(1));
    assertThat(cards()).singleElement().matches(it -> it.visible().contains("RESOLVED"));
    bench.changed(bench.group("team-checkout", ended));
    bench.pass(Duration.ofMinutes(4));
    bench.flush(bench.group("team-checkout", ended));
    bench.pass(Duration.ofSeconds(5));

    assertThat(cards()).hasSize(1);
    assertThat(bench.slack.thread("alerts", cards().getFirst().ts()))
        .singleElement()
        .satisfies(it -> assertThat(it.visible()).contains("all resolved"));

    Alert next = bench.alert("checkout-8c1e");
    bench.flush(bench.group("team-checkout", next));
    bench.pass(Duration.ofSeconds(5));
    assertThat(cards()).hasSize(2);
  }

  @Test
  void keepsACardWhoseEndIsToBeToldForFiveDays() throws Exception {
    Alert alert = bench.alert("checkout-7d9f");
    Alert ended = overByItsCardAlone(alert);
    bench.clock.advance(Duration.ofDays(5).minusHours(1));
    bench.run();
    bench.restart();
    bench.flush(bench.group("team-checkout", ended));
    bench.pass(Duration.ofSeconds(5));

    assertThat(cards()).hasSize(1);
    assertThat(bench.slack.thread("alerts", cards().getFirst().ts()))
        .singleElement()
        .satisfies(it -> assertThat(it.visible()).contains("all resolved"));
  }

  @Test
  void forgetsACardWhoseEndNobodyToldForFiveDays() throws Exception {
    overByItsCardAlone(bench.alert("checkout-7d9f"));
    bench.clock.advance(Duration.ofDays(5).plusHours(1));
    bench.run();
    bench.restart();
    bench.flush(bench.group("team-checkout", bench.alert("checkout-8c1e")));
    bench.pass(Duration.ofSeconds(5));

    assertThat(cards()).hasSize(2);
    assertThat(cards().getFirst().visible()).contains("RESOLVED", "checkout-7d9f");
    assertThat(cards().getLast().visible()).contains("FIRING 1", "checkout-8c1e");
  }

  /// The card of an alert says that it has ended; the group's timer, which tells the end, does not
  /// come.
  private Alert overByItsCardAlone(Alert alert) {
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(Duration.ofMinutes(5));
    Alert ended = bench.ended(alert);
    bench.changed(bench.group("team-checkout", ended));
    bench.pass(Duration.ofMinutes(1));
    assertThat(cards()).singleElement().matches(it -> it.visible().contains("RESOLVED"));
    assertThat(bench.notifier.waiting()).isZero();
    return ended;
  }

  @Test
  void tellsOfMoreAlertsByAReplyInTheChannel() {
    Alert first = bench.alert("checkout-1");
    bench.flush(bench.group("team-checkout", first));
    bench.pass(Duration.ofMinutes(5));
    bench.flush(bench.group("team-checkout", first, bench.alert("checkout-2")));
    bench.pass(Duration.ofSeconds(5));

    assertThat(cards()).hasSize(1);
    assertThat(cards().getFirst().visible()).contains("FIRING 2");
    List<SlackMessage> thread = bench.slack.thread("alerts", cards().getFirst().ts());
    assertThat(thread).singleElement().matches(SlackMessage::broadcast);
    assertThat(thread.getFirst().visible()).contains("1 more firing: PodDown checkout-2");
  }

  @Test
  void saysAgainThatItFiresAfterRepeatInterval() {
    Alert alert = bench.alert("checkout-1");
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(Duration.ofHours(4).plusSeconds(1));
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(Duration.ofSeconds(5));
    assertThat(bench.slack.thread("alerts", cards().getFirst().ts()))
        .singleElement()
        .matches(SlackMessage::broadcast)
        .satisfies(it -> assertThat(it.visible()).contains("still firing"));
  }

  @Test
  void waitsAsLongAsSlackSaysAndKeepsTheOrder() {
    bench.slack.next(null, null, new SlackFault.RateLimited(Duration.ofSeconds(7)));
    long firstRefusal = -1;
    for (int i = 0; i < 10; i++) {
      bench.flush(
          bench.group(
              "{}:{pod=\"" + i + "\"}",
              "team-checkout",
              Suppression.NONE,
              bench.alert("checkout-" + i)));
    }
    for (int second = 0; second < 60; second++) {
      boolean refused = bench.slack.calls().stream().anyMatch(call -> call.status() == 429);
      if (refused && firstRefusal < 0) {
        firstRefusal = second;
      }
      bench.pass(Duration.ofSeconds(1));
      if (refused && second < firstRefusal + 6) {
        assertThat(cards()).hasSize(2);
      }
    }
    assertThat(cards()).hasSize(10);
    for (int i = 0; i < 10; i++) {
      assertThat(cards().get(i).visible()).contains("checkout-" + i);
    }
  }

  @Test
  void postsANewCardWhenSomebodyDeletedIt() {
    Alert alert = bench.alert("checkout-1");
    bench.flush(bench.group("team-checkout", alert));
    bench.slack.delete("alerts", cards().getFirst().ts());
    bench.pass(Duration.ofMinutes(1));
    bench.flush(bench.group("team-checkout", bench.ended(alert)));
    bench.pass(Duration.ofMinutes(5));

    assertThat(cards()).singleElement();
    assertThat(cards().getFirst().visible()).contains("RESOLVED");
    assertThat(bench.slack.calls()).hasSizeLessThan(6);
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void aChannelThatWasArchivedAndMadeAnewIsFoundAgain() {
    Alert first = bench.alert("checkout-1");
    bench.flush(bench.group("team-checkout", first));
    bench.slack.archive("alerts");
    bench.slack.open("alerts");
    bench.flush(bench.group("other", "team-checkout", Suppression.NONE, bench.alert("checkout-2")));
    bench.pass(Duration.ofMinutes(1));
    assertThat(bench.notifier.waiting()).isZero();
    assertThat(bench.raised).isEmpty();

    bench.flush(bench.group("team-checkout", bench.ended(first)));
    bench.pass(Duration.ofMinutes(1));
    assertThat(bench.notifier.waiting()).as("its card is posted anew").isZero();
  }

  @Test
  void aChannelThatWasRenamedIsToldAsBefore() throws Exception {
    Alert first = bench.alert("checkout-1");
    bench.flush(bench.group("team-checkout", first));
    bench.slack.rename("alerts", "shop-alerts");
    bench.flush(bench.group("other", "team-checkout", Suppression.NONE, bench.alert("checkout-2")));
    bench.flush(bench.group("team-checkout", bench.ended(first)));
    bench.pass(Duration.ofMinutes(1));

    assertThat(bench.slack.topLevel("shop-alerts")).hasSize(2);
    assertThat(bench.slack.topLevel("shop-alerts").getFirst().visible()).contains("RESOLVED");
    assertThat(bench.notifier.waiting()).isZero();
    assertThat(bench.raised).isEmpty();
  }

  @Test
  void editsOfABusyChannelStarveNoOtherAndTheEndGoesFirst() throws Exception {
    bench.slack.open("payments");
    bench.receivers(bench.bot("team-checkout", "#alerts"), bench.bot("team-payments", "#payments"));
    List<Alert> busy = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      busy.add(bench.alert("checkout-" + i));
      bench.flush(bench.group("{}:" + i, "team-checkout", Suppression.NONE, busy.get(i)));
      bench.pass(Duration.ofSeconds(2));
    }
    Alert payment = bench.alert("payments-1");
    bench.flush(bench.group("team-payments", payment));
    bench.pass(Duration.ofSeconds(5));

    for (int second = 0; second < 20; second++) {
      for (int i = 0; i < 9; i++) {
        bench.changed(
            bench.group(
                "{}:" + i,
                "team-checkout",
                Suppression.NONE,
                busy.get(i),
                bench.alert("more-" + second)));
      }
      if (second == 10) {
        bench.changed(bench.group("team-payments", bench.ended(payment)));
      }
      bench.pass(Duration.ofSeconds(1));
    }
    assertThat(bench.slack.topLevel("payments"))
        .singleElement()
        .satisfies(it -> assertThat(it.visible()).contains("RESOLVED"));
  }

  @Test
  void resolvesInSilenceByAnEditAlone() {
    Alert alert = bench.alert("checkout-1");
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(Duration.ofMinutes(5));
    bench.flush(bench.silenced("team-checkout", alert));
    bench.pass(Duration.ofMinutes(5));
    int posted = bench.slack.messages("alerts").size();
    bench.flush(bench.silenced("team-checkout", bench.ended(alert)));
    bench.pass(Duration.ofMinutes(5));

    assertThat(bench.slack.messages("alerts")).hasSize(posted);
    assertThat(cards().getFirst().visible()).contains("RESOLVED");
  }

  @Test
  void tellsOnceWhenASilenceEndsAndItStillFires() {
    Alert alert = bench.alert("checkout-1");
    bench.flush(bench.silenced("team-checkout", alert));
    bench.pass(Duration.ofMinutes(5));
    assertThat(bench.slack.messages("alerts")).isEmpty();
    for (int i = 0; i < 3; i++) {
      bench.flush(bench.group("team-checkout", alert));
      bench.pass(Duration.ofMinutes(5));
    }
    assertThat(bench.slack.messages("alerts")).hasSize(1);
  }

  @Test
  void aTemplateThatFailsIsNamedInTheMessage() throws Exception {
    SlackSettings standard = (SlackSettings) bench.bot("x", "#alerts").integrations().getFirst();
    SlackSettings broken =
        new SlackSettings(
            true,
            standard.access(),
            HttpSettings.NONE,
            Map.of(SlackText.CHANNEL, "#alerts", SlackText.TEXT, "{{ .NoSuchThing }}"),
            List.of(),
            false,
            List.of(),
            List.of(),
            false,
            false,
            null,
            null);
    bench.receivers(new Receiver("team-checkout", List.of(broken)));
    bench.flush(bench.group("team-checkout", bench.alert("checkout-1")));
    assertThat(cards()).singleElement();
    assertThat(cards().getFirst().visible())
        .contains("a template failed", "NoSuchThing", "does not answer");
  }

  @Test
  void onlyMentionsOfTheConfigurationPing() throws Exception {
    SlackSettings standard = (SlackSettings) bench.bot("x", "#alerts").integrations().getFirst();
    SlackSettings mentioning =
        new SlackSettings(
            true,
            standard.access(),
            HttpSettings.NONE,
            Map.of(
                SlackText.CHANNEL,
                "#alerts",
                SlackText.TEXT,
                "<!here> {{ .CommonLabels.pod }} <{{ .CommonLabels.pod }}> @team"),
            List.of(),
            false,
            List.of(),
            List.of(),
            false,
            false,
            null,
            null);
    bench.receivers(new Receiver("team-checkout", List.of(mentioning)));
    bench.flush(bench.group("team-checkout", bench.alert("<!channel> <@U1> !channel")));
    assertThat(cards().getFirst().pings()).containsExactly("<!here>");
  }

  @Test
  void keepsWhatSlackRefusesAndRaisesAnAlertUntilItIsTaken() {
    bench.slack.archive("alerts");
    bench.flush(bench.group("team-checkout", bench.alert("checkout-1")));
    assertThat(bench.raised)
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.labels().asMap())
                  .containsEntry("alertname", "LongshoreNotificationsFailing")
                  .containsEntry("receiver", "team-checkout")
                  .containsEntry("channel", "#alerts");
              assertThat(alert.annotations().get("summary")).contains("is_archived");
              assertThat(alert.annotations().get("description")).contains("Unarchive it");
            });
    bench.slack.unarchive("alerts");
    bench.pass(Duration.ofMinutes(1));
    assertThat(cards()).hasSize(1);
    assertThat(bench.raised.getLast().endsAt()).isNotNull();
  }

  @Test
  void goesOnAfterARevokedTokenFailuresOfTheServerAndDroppedConnections() {
    bench.slack.next(
        new SlackFault.Status(503),
        new SlackFault.Dropped(),
        new SlackFault.Code("token_revoked"),
        new SlackFault.Code("fatal_error"));
    bench.flush(bench.group("team-checkout", bench.alert("checkout-1")));
    bench.pass(Duration.ofMinutes(5));
    assertThat(cards()).hasSize(1);
    assertThat(bench.notifier.waiting()).isZero();
  }

  @Test
  void findsAMessageWhoseReplyWasLostInsteadOfPostingItTwice() {
    bench.flush(bench.group("team-checkout", bench.alert("checkout-1")));
    bench.pass(Duration.ofSeconds(5));
    bench.slack.next(new SlackFault.ReplyLost());
    bench.flush(bench.group("other", "team-checkout", Suppression.NONE, bench.alert("checkout-2")));
    bench.pass(Duration.ofMinutes(5));
    assertThat(cards()).hasSize(2);
  }

  @Test
  void degradesToPlainTextWhenBlocksAreRefused() {
    bench.slack.next(new SlackFault.Code("invalid_blocks"));
    bench.flush(bench.group("team-checkout", bench.alert("checkout-1")));
    bench.pass(Duration.ofSeconds(5));
    assertThat(cards()).singleElement();
    assertThat(cards().getFirst().content().blocks()).isNull();
    assertThat(cards().getFirst().visible()).contains("FIRING 1", "PodDown");
  }

  @Test
  void aReceiverThatHangsOrIsBrokenHoldsUpNoOther() throws Exception {
    bench.slack.open("payments");
    bench.receivers(
        bench.bot("team-checkout", "#nowhere"), bench.bot("team-payments", "#payments"));
    bench.flush(bench.group("team-checkout", bench.alert("checkout-1")));
    bench.flush(bench.group("team-payments", bench.alert("payments-1")));
    assertThat(bench.slack.topLevel("payments")).hasSize(1);
    assertThat(bench.notifier.waiting()).isEqualTo(1);
  }

  @Test
  void goesOnAfterARestart() throws Exception {
    bench.slack.next(new SlackFault.RateLimited(Duration.ofSeconds(30)));
    bench.flush(bench.group("team-checkout", bench.alert("checkout-1")));
    assertThat(cards()).isEmpty();
    bench.restart();
    bench.pass(Duration.ofSeconds(5));
    assertThat(cards()).hasSize(1);
    Alert alert = bench.alert("checkout-1");
    bench.restart();
    bench.flush(bench.group("team-checkout", bench.ended(alert)));
    bench.pass(Duration.ofSeconds(5));
    assertThat(cards()).singleElement();
    assertThat(cards().getFirst().visible()).contains("RESOLVED");
  }

  @Test
  void postsToWebhooksForEachTellingAsAlertmanagerDoes() throws Exception {
    SlackSettings webhook =
        SlackSettings.of(
            new SlackAccess.Url(SecretSource.given(bench.slack.webhook("alerts"))), "");
    bench.receivers(new Receiver("team-checkout", List.of(webhook)));
    Alert alert = bench.alert("checkout-1");
    bench.flush(bench.group("team-checkout", alert));
    bench.pass(Duration.ofMinutes(5));
    bench.flush(bench.group("team-checkout", alert, bench.alert("checkout-2")));
    bench.pass(Duration.ofMinutes(5));
    bench.flush(bench.group("team-checkout", bench.ended(alert)));
    bench.pass(Duration.ofMinutes(5));
    assertThat(cards()).hasSize(2);
  }
}
