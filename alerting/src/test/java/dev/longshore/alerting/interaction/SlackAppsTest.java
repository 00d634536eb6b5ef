package dev.longshore.alerting.interaction;

import static dev.longshore.alerting.interaction.SlackBench.JANE;
import static dev.longshore.alerting.interaction.SlackBench.OMAR;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.oncall.OnCall;
import dev.longshore.alerting.oncall.Person;
import dev.longshore.alerting.oncall.Rotation;
import dev.longshore.alerting.oncall.Substitution;
import dev.longshore.alerting.state.InternalAlerts;
import dev.longshore.testkit.slack.SlackAct;
import dev.longshore.testkit.slack.SlackFault;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackUser;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections are there where the configuration wants them, and somebody is told when answers do
/// not arrive; `/longshore` says what fires to those who may know.
@SuppressWarnings("NullAway.Init") // each test has its own configuration
final class SlackAppsTest {
  @TempDir Path dir;
  private SlackBench bench;

  @AfterEach
  void close() {
    bench.close();
    assertThat(bench.slack.acts().protocolErrors()).isEmpty();
  }

  private @Nullable Alert down() {
    return bench.rig.engine.alerts().all().stream()
        .filter(it -> it.name().equals(InternalAlerts.SLACK_ANSWERS_DOWN))
        .filter(it -> !it.isResolvedAt(bench.clock.now()))
        .findFirst()
        .orElse(null);
  }

  private String command(SlackUser user, String channel, String text) {
    int seen = bench.slack.acts().seenBy(user).size();
    SlackAct act = bench.slack.acts().command(user, channel, text);
    bench.await(() -> act.isAcknowledged() && bench.slack.acts().seenBy(user).size() > seen);
    return bench.lastSeenBy(user);
  }

  @Test
  void leavesAllAsItIsWithoutAnswers() throws Exception {
    bench = new SlackBench(dir, "enabled: false");
    bench.apps.start();
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));

    assertThat(card.visible()).contains("[Silence](").doesNotContain("[Acknowledge]", "[Why?]");
    assertThat(bench.slack.calls())
        .extracting(it -> it.method())
        .doesNotContain("apps.connections.open");
    assertThat(bench.slack.acts().connections()).isZero();
  }

  @Test
  void followsTheConfiguration() throws Exception {
    bench = new SlackBench(dir, "enabled: false");
    bench.apps.start();
    bench.reload("enabled: true");
    bench.pass(SlackApps.LOOK_EACH);
    bench.await(() -> bench.connections() == 2);
    bench.reload("enabled: false");
    bench.pass(SlackApps.LOOK_EACH);
    bench.await(() -> bench.connections() == 0);
  }

  @Test
  void raisesAnAlertWhenTheTokenLacksItsScopeAndEndsItWhenItHasIt() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.slack.mayConnect(false);
    bench.apps.start();
    bench.pass(SlackApps.LOOK_EACH.plusSeconds(1));

    Alert alert = Objects.requireNonNull(down());
    assertThat(alert.labels().get("receiver")).isEqualTo("shop");
    assertThat(alert.annotations().get("description"))
        .contains("people are told of alerts all the same", "connections:write");
    assertThat(status()).contains("missing_scope");

    bench.slack.mayConnect(true);
    bench.awaitConnections();
    bench.await(
        () -> {
          bench.clock.advance(Duration.ofMillis(100));
          return down() == null;
        });
    // Where this machine is busy, a connection may not have answered in time, and is opened again.
    bench.await(
        () -> {
          bench.clock.advance(Duration.ofMillis(50));
          return status().contains("\"connections\":2");
        });
    assertThat(status()).contains("\"receivers\":[\"shop\"]");
  }

  @Test
  void raisesAnAlertWhenSlackIsAwayForMinutes() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
    bench.slack.mayConnect(true);
    bench.slack.otherwise(
        call -> call.method().equals("apps.connections.open") ? new SlackFault.Status(503) : null);
    bench.slack.acts().drop();
    bench.await(() -> bench.slack.acts().connections() == 0);
    bench.pass(Duration.ofMinutes(1));
    assertThat(down()).isNull();
    bench.pass(Duration.ofMinutes(2));
    assertThat(down()).isNotNull();
  }

  @Test
  void takesAnotherTokenFromItsFile() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.slack.appToken("xapp-2");
    Files.writeString(bench.appToken, "xapp-2");
    bench.slack.acts().drop();
    bench.await(() -> bench.slack.acts().connections() == 0);
    bench.awaitConnections();
    bench.press(card, "Acknowledge", JANE);

    assertThat(bench.rig.engine.acknowledgements().all()).hasSize(1);
  }

  @Test
  void takesTheAnswersOfAMessageThatAnotherLeaderMade() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.leads = false;
    bench.pass(Duration.ofSeconds(12));
    bench.await(() -> bench.slack.acts().connections() == 0);
    // The next leader, which has what this one wrote: here the same engine, in another term.
    bench.leads = true;
    bench.awaitConnections();
    bench.press(card, "Acknowledge", JANE);

    assertThat(bench.rig.engine.acknowledgements().all()).hasSize(1);
  }

  @Test
  void saysWhatFiresWhichSilencesThereAreAndWhoIsOnCall() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
    assertThat(command(JANE, "alerts", "oncall")).contains("Nobody is on call");
    bench.rig.engine.escalations().onCall(shopIsOnCall(), Set.of("shop"));
    assertThat(command(JANE, "alerts", "")).contains("Nothing fires");
    assertThat(command(JANE, "alerts", "silences")).contains("No silence is active");

    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.press(card, "Acknowledge", JANE);
    bench.press(card, "Silence 1 h", JANE);
    assertThat(command(JANE, "alerts", "firing"))
        .contains("1 group fires", "PodDown", "acknowledged by Jane", "silenced");
    assertThat(command(JANE, "alerts", "silences"))
        .contains("alertname=\"PodDown\"", "by Jane: for an hour, from Slack");
    assertThat(command(JANE, "alerts", "oncall"))
        .contains("shop  Jane", "until 18:00:00, then Omar");
    assertThat(command(JANE, "alerts", "help me")).contains("/longshore silences");
  }

  private OnCall shopIsOnCall() {
    Instant evening = Instant.parse("2026-11-23T18:00:00Z");
    Instant begin = bench.clock.now().minus(Duration.ofHours(1));
    return new OnCall(
        List.of(
            new Person("Jane", List.of("shop"), JANE.id()),
            new Person("Omar", List.of("shop"), null)),
        List.of(
            new Rotation(
                "shop",
                ZoneOffset.UTC,
                List.of(),
                List.of(
                    new Substitution("Jane", begin, evening),
                    new Substitution("Omar", evening, evening.plus(Duration.ofHours(14)))),
                true,
                1)),
        List.of());
  }

  @Test
  void tellsNothingInAChannelWithoutAlerts() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
    bench.fires(bench.alert("PodDown", "checkout-7d9f"));

    assertThat(command(OMAR, "lunch", "firing"))
        .contains("ask in a channel")
        .doesNotContain("PodDown");
    assertThat(command(OMAR, "a direct message", "")).contains("ask in a channel");
  }

  @Test
  void tellsThoseWhomTheConfigurationNamesWhereverTheyAsk() throws Exception {
    bench = new SlackBench(dir, "enabled: true, users: [U0JANE]");
    bench.start();
    bench.fires(bench.alert("PodDown", "checkout-7d9f"));

    assertThat(command(JANE, "a direct message", "")).contains("PodDown");
    assertThat(command(OMAR, "alerts", "")).doesNotContain("PodDown");
  }

  @Test
  void staysWithinSlacksLimitsWhenMuchFires() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
    for (int i = 0; i < 60; i++) {
      bench.rig.put(bench.alert("Alert" + i + "x".repeat(500), "checkout-" + i));
    }
    bench.pass(Duration.ofSeconds(2));

    assertThat(command(JANE, "alerts", "")).contains("60 groups fire", "and 45 more");
  }

  private String status() {
    try {
      StringWriter text = new StringWriter();
      try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
        json.writeStartObject();
        bench.apps.writeStatus(json);
        json.writeEndObject();
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void listsEachReceiverOfAnAppOnce() throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
    bench.pass(SlackApps.LOOK_EACH);

    assertThat(List.of(status()))
        .containsExactly(
            "{\"slackApps\":[{\"receivers\":[\"shop\"],\"connections\":2,\"problem\":\"\"}]}");
  }
}
