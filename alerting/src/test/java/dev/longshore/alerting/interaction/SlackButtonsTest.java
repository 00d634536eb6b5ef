package dev.longshore.alerting.interaction;

import static dev.longshore.alerting.interaction.SlackBench.HERE;
import static dev.longshore.alerting.interaction.SlackBench.JANE;
import static dev.longshore.alerting.interaction.SlackBench.OMAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.silence.Silence;
import dev.longshore.testkit.slack.SlackAct;
import dev.longshore.testkit.slack.SlackFault;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackUser;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A button under a message does what it says, once and durably, for those who may; who did it
/// stands in the message and in the audit; and nobody's page is lost by any of it.
@SuppressWarnings("NullAway.Init") // each test has its own configuration
final class SlackButtonsTest {
  @TempDir Path dir;
  private SlackBench bench;

  private void open(String answers) throws Exception {
    bench = new SlackBench(dir, answers);
    bench.start();
  }

  @AfterEach
  void close() {
    bench.close();
    assertThat(bench.slack.acts().protocolErrors()).isEmpty();
  }

  @Test
  void acknowledgesAndSaysWhoInTheMessageAndTheAudit() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", JANE);
    bench.pass(Duration.ofSeconds(3));

    assertThat(bench.card().visible())
        .contains("acknowledged by *jane.doe*", "[End acknowledgement]")
        .doesNotContain("[Acknowledge]");
    assertThat(bench.lastSeenBy(JANE)).contains("You have acknowledged it");
    assertThat(bench.audited())
        .singleElement()
        .asString()
        .contains(
            "user=jane.doe login=slack from=slack method=button path=/longshore/acknowledge",
            "person=U0JANE",
            "change=group acknowledged");

    bench.pass(Duration.ofMinutes(90));
    assertThat(bench.slack.thread("alerts", card.ts()))
        .as("nothing is repeated; the thread says who sees to it")
        .singleElement()
        .satisfies(it -> assertThat(it.visible()).startsWith(":eyes: acknowledged by *jane.doe*"));
  }

  @Test
  void tellsWhatIsNewInSpiteOfAnAcknowledgement() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", JANE);
    bench.rig.put(bench.alert("PodDown", "checkout-8c1e"));
    bench.pass(Duration.ofSeconds(70));

    assertThat(bench.slack.thread("alerts", card.ts()))
        .singleElement()
        .satisfies(it -> assertThat(it.visible()).contains("1 more firing", "checkout-8c1e"));
  }

  @Test
  void endsAnAcknowledgement() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", JANE);
    bench.pass(Duration.ofSeconds(3));
    bench.press(bench.card(), "End acknowledgement", OMAR);
    bench.pass(Duration.ofSeconds(3));

    assertThat(bench.card().visible()).contains("[Acknowledge]").doesNotContain("jane.doe");
    assertThat(bench.audited().getLast()).contains("user=omar", "change=acknowledgement ended");
  }

  @Test
  void saysToTheSecondWhoHasAcknowledged() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", JANE);
    bench.press(card, "Acknowledge", OMAR);

    assertThat(bench.lastSeenBy(OMAR)).contains("jane.doe has acknowledged it already");
    assertThat(bench.audited()).hasSize(1);
  }

  @Test
  void silencesForAnHourWhatBelongsToTheMessageAndNothingElse() throws Exception {
    open("enabled: true");
    bench.rig.put(
        bench.alert(
            Labels.of("alertname", "PodDown", "team", "billing", "pod", "billing-1"),
            Evidence.NONE));
    SlackMessage card =
        bench.fires(
            bench.alert("PodDown", "checkout-7d9f"), bench.alert("PodDown", "checkout-8c1e"));
    bench.press(card, "Silence 1 h", JANE);
    bench.pass(Duration.ofSeconds(3));

    Silence silence = bench.rig.engine.silences().all().getFirst();
    assertThat(silence.matchers().toString()).contains("alertname=\"PodDown\"", "team=\"shop\"");
    assertThat(silence.createdBy()).isEqualTo("jane.doe");
    assertThat(Duration.between(silence.startsAt(), silence.endsAt()))
        .isEqualTo(Duration.ofHours(1));
    assertThat(bench.card().visible())
        .contains("SILENCED 2", "silenced by *jane.doe*", "for an hour, from Slack");
    assertThat(bench.lastSeenBy(JANE)).contains("Covers *2 alerts* that fire now.");
    assertThat(bench.audited())
        .singleElement()
        .asString()
        .contains("change=silence made", "silence=" + silence.id(), "created_by=jane.doe");
  }

  @Test
  void tellsThemAgainWhenTheSilenceIsOver() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Silence 1 h", JANE);
    bench.pass(Duration.ofMinutes(62));

    assertThat(bench.card().visible()).contains("FIRING 1").doesNotContain("jane.doe");
    assertThat(bench.slack.thread("alerts", card.ts()).getLast().visible()).contains("firing");
  }

  @Test
  void makesOneSilenceOfTwoPresses() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Silence 1 h", JANE);
    bench.press(card, "Silence 1 h", OMAR);

    assertThat(bench.rig.engine.silences().all()).hasSize(1);
    assertThat(bench.lastSeenBy(OMAR)).contains("silenced already, by jane.doe");
  }

  @Test
  void lengthensTheSilenceThatIsThere() throws Exception {
    open("enabled: true, time_zone: Europe/Berlin");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Silence 1 h", JANE);
    bench.press(card, "Until morning", OMAR);

    // It is 07:00 in Berlin: the morning at 8 is less than an hour away, and so the next is meant.
    assertThat(bench.rig.engine.silences().all())
        .singleElement()
        .satisfies(it -> assertThat(it.endsAt()).isEqualTo(Instant.parse("2026-11-24T07:00:00Z")));
  }

  @Test
  void takesTheMorningOfThePersonWhereNoTimeZoneIsConfigured() throws Exception {
    open("enabled: true, morning: '09:30'");
    SlackUser kim = new SlackUser("U0KIM", "kim", "T0LONGSHORE", "Asia/Seoul");
    bench.slack.know(kim);
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Until morning", kim);

    assertThat(bench.rig.engine.silences().all().getFirst().endsAt())
        .isEqualTo(Instant.parse("2026-11-24T00:30:00Z"));
  }

  @Test
  void takesUtcWhereSlackDoesNotSayTheTimeZone() throws Exception {
    open("enabled: true");
    bench.slack.withoutScope("users:read");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Until morning", JANE);

    assertThat(bench.rig.engine.silences().all().getFirst().endsAt())
        .isEqualTo(Instant.parse("2026-11-23T08:00:00Z"));
  }

  @Test
  void saysWhyToThePersonAlone() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.pass(Duration.ofSeconds(2));
    bench.press(card, "Why?", JANE);

    assertThat(bench.lastSeenBy(JANE))
        .contains(
            "checkout-7d9f",
            "routed to receiver 'shop'",
            "notifying shop by slack[0], because the group began to fire");
    assertThat(bench.slack.acts().seenBy(OMAR)).isEmpty();
    assertThat(bench.slack.messages("alerts")).hasSize(1);
  }

  @Test
  void showsTheLinesOfALogRule() throws Exception {
    open("enabled: true");
    Evidence lines =
        new Evidence(
            "",
            List.of(new Evidence.Fact("count", "12 in 5m")),
            List.of(new Evidence.Sample("checkout/checkout-7d9f", "> ERROR no stock <!channel>")),
            List.of(new Evidence.Link("Kibana", "https://kibana.example/?a=1&b=2")));
    Alert alert =
        bench.alert(
            Labels.of("alertname", "NoStock", "team", "shop", "namespace", "checkout"), lines);
    SlackMessage card = bench.fires(alert);
    bench.press(card, "Show lines", JANE);

    assertThat(bench.lastSeenBy(JANE))
        .contains("12 in 5m", "| > ERROR no stock <!channel>", "Kibana");
  }

  @Test
  void hasNoButtonForLinesWhereThereAreNone() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));

    assertThat(card.visible()).contains("[Why?]").doesNotContain("[Show lines]");
  }

  @Test
  void refusesWhomTheConfigurationDoesNotName() throws Exception {
    open("enabled: true, users: [U0JANE]");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Silence 1 h", OMAR);

    assertThat(bench.lastSeenBy(OMAR)).contains("You may not answer messages of the receiver shop");
    assertThat(bench.rig.engine.silences().all()).isEmpty();
    assertThat(bench.audited()).isEmpty();
    bench.press(card, "Silence 1 h", JANE);
    assertThat(bench.rig.engine.silences().all()).hasSize(1);
  }

  @Test
  void letsPeopleOfAUserGroupAnswerAndAsksSlackOnceForThem() throws Exception {
    open("enabled: true, user_groups: [S0ONCALL]");
    bench.slack.userGroup("S0ONCALL", OMAR);
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Why?", OMAR);
    bench.press(card, "Why?", JANE);

    assertThat(bench.lastSeenBy(OMAR)).contains("routed to receiver");
    assertThat(bench.lastSeenBy(JANE)).contains("You may not");
    assertThat(bench.slack.calls())
        .filteredOn(it -> it.method().equals("usergroups.users.list"))
        .hasSize(1);
  }

  @Test
  void refusesWithTheReasonWhenSlackDoesNotSayWhoIsInAUserGroup() throws Exception {
    open("enabled: true, user_groups: [S0ONCALL]");
    bench.slack.withoutScope("usergroups:read");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", OMAR);

    assertThat(bench.lastSeenBy(OMAR)).contains("can't be found out", "usergroups:read");
    assertThat(bench.rig.engine.acknowledgements().all()).isEmpty();
  }

  @Test
  void refusesAStrangerInASharedChannel() throws Exception {
    open("enabled: true");
    SlackUser stranger = SlackUser.stranger("U0STRANGER", "partner");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", stranger);

    assertThat(bench.lastSeenBy(stranger)).contains("You belong to another workspace");
    assertThat(bench.rig.engine.acknowledgements().all()).isEmpty();
  }

  @Test
  void letsAStrangerAnswerWhomTheConfigurationNames() throws Exception {
    open("enabled: true, users: [U0STRANGER]");
    SlackUser stranger = SlackUser.stranger("U0STRANGER", "partner");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", stranger);

    assertThat(bench.rig.engine.acknowledgements().all()).hasSize(1);
  }

  @Test
  void saysThatAllHasEnded() throws Exception {
    open("enabled: true");
    Alert alert = bench.alert("PodDown", "checkout-7d9f");
    SlackMessage card = bench.fires(alert);
    bench.rig.put(alert.withEndsAt(bench.clock.now()));
    bench.pass(Duration.ofSeconds(3));
    for (String button : List.of("Acknowledge", "Silence 1 h", "Silence…", "Why?")) {
      bench.press(card, button, JANE);
      assertThat(bench.lastSeenBy(JANE)).contains("has ended");
    }

    assertThat(bench.card().visible()).contains("RESOLVED").doesNotContain("[Acknowledge]");
    assertThat(bench.rig.engine.silences().all()).isEmpty();
  }

  private String pressChanged(Consumer<ObjectNode> change) {
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    int seen = bench.slack.acts().seenBy(JANE).size();
    SlackAct act = bench.slack.acts().press(card, "Silence 1 h", JANE, change);
    bench.await(() -> act.isAcknowledged() && bench.slack.acts().seenBy(JANE).size() > seen);
    assertThat(bench.rig.engine.silences().all()).isEmpty();
    return bench.lastSeenBy(JANE);
  }

  private static void value(ObjectNode payload, String value) {
    ((ObjectNode) payload.path("actions").get(0)).put("value", value);
  }

  @Test
  void saysOfAnotherLongshoresMessageWhereItBelongs() throws Exception {
    open("enabled: true");
    String answer =
        pressChanged(
            payload ->
                value(
                    payload,
                    payload
                        .path("actions")
                        .get(0)
                        .path("value")
                        .asText()
                        .replace(HERE, "http://alerts.eu.example")));

    assertThat(answer)
        .contains("another Longshore", "http://alerts.eu.example", "give each its own app");
  }

  @Test
  void saysOfAnUnreadableButtonThatItCantBeUsed() throws Exception {
    open("enabled: true");

    assertThat(pressChanged(payload -> value(payload, "{}"))).contains("can't be used");
    assertThat(pressChanged(payload -> value(payload, "x".repeat(2_000))))
        .contains("can't be used");
  }

  @Test
  void survivesPayloadsThatAreNotAsSlackSendsThem() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    List<Consumer<ObjectNode>> changes =
        List.of(
            payload -> payload.remove("user"),
            payload -> payload.put("user", 7),
            payload -> payload.put("actions", "none"),
            payload -> payload.remove("actions"),
            payload -> payload.put("type", "message_action"),
            payload -> payload.putNull("response_url"),
            payload -> payload.put("response_url", "http://169.254.169.254/latest/meta-data"),
            payload -> ((ObjectNode) payload.path("actions").get(0)).put("action_id", "other"));
    for (Consumer<ObjectNode> change : changes) {
      SlackAct act = bench.slack.acts().press(card, "Why?", JANE, change);
      bench.await(act::isAcknowledged);
    }

    bench.press(card, "Acknowledge", JANE);
    assertThat(bench.rig.engine.acknowledgements().all()).hasSize(1);
  }

  /// Any value of it is another, or is gone: nothing fails, and nothing is done but what a button
  /// says.
  @Test
  void survivesAnyDamageToAPayload() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    Random random = new Random(20);
    for (int i = 0; i < 150; i++) {
      SlackAct act =
          bench.slack.acts().press(card, "Why?", JANE, payload -> damage(payload, random));
      bench.await(act::isAcknowledged);
    }
    bench.run();

    assertThat(bench.rig.engine.silences().all()).isEmpty();
    assertThat(bench.rig.engine.acknowledgements().all()).isEmpty();
    assertThat(
            bench.registry.find("longshore.slack.envelopes").tag("outcome", "unreadable").counter())
        .as("no handler failed")
        .isNull();
    bench.press(card, "Acknowledge", JANE);
    assertThat(bench.rig.engine.acknowledgements().all()).hasSize(1);
  }

  private static void damage(ObjectNode object, Random random) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    JsonNode value = object.get(name);
    JsonNode inner = value.isArray() && !value.isEmpty() ? value.get(0) : value;
    if (inner instanceof ObjectNode nested && random.nextInt(4) > 0) {
      damage(nested, random);
      return;
    }
    switch (random.nextInt(7)) {
      case 0 -> object.remove(name);
      case 1 -> object.putNull(name);
      case 2 -> object.put(name, random.nextInt());
      case 3 -> object.put(name, "");
      case 4 -> object.put(name, "\u0000<!channel>" + "x".repeat(random.nextInt(5_000)));
      case 5 -> object.putArray(name).addObject().put("id", "U0JANE");
      default -> object.putObject(name).put(name, true);
    }
  }

  @Test
  void answersAsTheBotWhenTheAddressOfThePressIsNotTaken() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.slack.otherwise(
        call -> call.method().equals("response_url") ? new SlackFault.Status(500) : null);
    bench.press(card, "Acknowledge", JANE);

    assertThat(bench.lastSeenBy(JANE)).contains("You have acknowledged it");
  }

  @Test
  void actsThoughNobodyCanBeAnswered() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.slack.otherwise(
        call ->
            call.method().equals("response_url") || call.method().equals("chat.postEphemeral")
                ? new SlackFault.Code("internal_error")
                : null);
    SlackAct act = bench.slack.acts().press(card, "Acknowledge", JANE);
    bench.await(() -> act.isAcknowledged() && !bench.rig.engine.acknowledgements().all().isEmpty());
    bench.run();

    assertThat(bench.registry.get("longshore.slack.answers.untold").counter().count()).isEqualTo(1);
  }

  @Test
  void actsWhereTheWorkspaceRefusesEdits() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.slack.editWindow(Duration.ZERO);
    bench.clock.advance(Duration.ofSeconds(2));
    bench.press(card, "Acknowledge", JANE);
    bench.pass(Duration.ofSeconds(70));

    assertThat(bench.slack.topLevel("alerts")).hasSize(1);
    assertThat(bench.card().visible()).contains("[Acknowledge]");
    assertThat(bench.slack.thread("alerts", card.ts()))
        .singleElement()
        .satisfies(it -> assertThat(it.visible()).contains("acknowledged by *jane.doe*"));
    bench.awaitConnections();
    bench.press(card, "Why?", JANE);
    assertThat(bench.lastSeenBy(JANE)).contains("acknowledged by jane.doe");
  }

  @Test
  void doesNothingWhileAnotherReplicaMayLead() throws Exception {
    open("enabled: true");
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.leads = false;
    bench.press(card, "Acknowledge", JANE);

    assertThat(bench.lastSeenBy(JANE)).contains("Another replica is taking over");
    assertThat(bench.rig.engine.acknowledgements().all()).isEmpty();
  }

  @Test
  void staysWithinSlacksLimitsForLongLabels() throws Exception {
    open("enabled: true");
    String longText = "x".repeat(4_000) + "&<>`*_~";
    Alert alert =
        bench.alert(
            Labels.of("alertname", "PodDown", "team", "shop", "pod", longText, "path", longText),
            Evidence.NONE);
    SlackMessage card = bench.fires(alert);
    for (String button : List.of("Why?", "Silence 1 h", "Acknowledge")) {
      bench.press(card, button, JANE);
    }

    assertThat(bench.rig.engine.acknowledgements().all()).hasSize(1);
    assertThat(bench.registry.find("longshore.slack.answers.untold").counter()).isNull();
  }
}
