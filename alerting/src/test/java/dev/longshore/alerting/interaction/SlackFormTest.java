package dev.longshore.alerting.interaction;

import static dev.longshore.alerting.interaction.SlackBench.JANE;
import static dev.longshore.alerting.interaction.SlackBench.OMAR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.silence.Silence;
import dev.longshore.testkit.slack.SlackAct;
import dev.longshore.testkit.slack.SlackFault;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackModal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The modal silences exactly what its chips say, and says before how much that is.
final class SlackFormTest {
  private SlackBench bench;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    bench = new SlackBench(dir, "enabled: true");
    bench.start();
  }

  @AfterEach
  void close() {
    bench.close();
    assertThat(bench.slack.acts().protocolErrors()).isEmpty();
  }

  private SlackModal form(SlackMessage card) {
    SlackAct act = bench.slack.acts().press(card, "Silence…", JANE);
    bench.await(() -> act.isAcknowledged() && bench.slack.acts().modal(JANE) != null);
    return Objects.requireNonNull(bench.slack.acts().modal(JANE));
  }

  private SlackAct submit(SlackModal modal) {
    SlackAct act = bench.slack.acts().submit(modal);
    bench.await(act::isAcknowledged);
    bench.run();
    return act;
  }

  @Test
  void silencesWhatItsChipsSayForAsLongAsIsChosenWithAComment() {
    SlackMessage card =
        bench.fires(
            bench.alert("PodDown", "checkout-7d9f"), bench.alert("PodDown", "checkout-8c1e"));
    SlackModal modal = form(card);
    assertThat(modal.visible())
        .contains(
            "[alertname=PodDown] [namespace=checkout] [team=shop]",
            "Covers *2 alerts* that fire now.",
            "For how long: 2 hours")
        .doesNotContain("pod=");

    modal.choose("duration", "8 hours");
    modal.write("comment", "the warehouse is closed");
    submit(modal);
    bench.pass(Duration.ofSeconds(3));

    Silence silence = bench.rig.engine.silences().all().getFirst();
    assertThat(silence.matchers()).hasSize(3);
    assertThat(Duration.between(silence.startsAt(), silence.endsAt()))
        .isEqualTo(Duration.ofHours(8));
    assertThat(silence.createdBy()).isEqualTo("jane.doe");
    assertThat(bench.slack.acts().modal(JANE)).as("it is closed").isNull();
    assertThat(bench.lastSeenBy(JANE)).contains("Silenced until");
    assertThat(bench.card().visible())
        .contains("SILENCED 2", "silenced by *jane.doe*", "the warehouse is closed");
    assertThat(bench.audited()).singleElement().asString().contains("method=modal");
  }

  @Test
  void saysWhatIsCoveredWhenAChipIsDropped() {
    bench.rig.put(bench.alert("PodSlow", "checkout-7d9f"));
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    SlackModal modal =
        form(
            bench.slack.topLevel("alerts").stream()
                .filter(it -> it.visible().contains("PodDown"))
                .findFirst()
                .orElse(card));
    modal.drop("labels", "alertname=");
    SlackAct act = bench.slack.acts().choose(modal, "labels");
    bench.await(act::isAcknowledged);
    bench.await(() -> modal.visible().contains("Covers *2 alerts*"));

    assertThat(modal.visible()).contains("1 of them in other messages: PodSlow");
    submit(modal);
    assertThat(bench.rig.engine.silences().all().getFirst().matchers().toString())
        .doesNotContain("alertname")
        .contains("pod=\"checkout-7d9f\"");
  }

  @Test
  void silencesUntilMorning() {
    SlackModal modal = form(bench.fires(bench.alert("PodDown", "checkout-7d9f")));
    modal.choose("duration", "until morning");
    submit(modal);

    assertThat(bench.rig.engine.silences().all().getFirst().endsAt())
        .isEqualTo(Instant.parse("2026-11-24T07:00:00Z"));
  }

  @Test
  void saysAtTheChipsThatOneMustBeLeft() {
    SlackModal modal = form(bench.fires(bench.alert("PodDown", "checkout-7d9f")));
    for (String label : new String[] {"alertname", "namespace", "pod", "team"}) {
      modal.drop("labels", label);
    }
    SlackAct act = submit(modal);

    assertThat(Objects.requireNonNull(act.payload()).path("errors").path("labels").asText())
        .contains("at least one label");
    assertThat(bench.slack.acts().modal(JANE)).as("it stays open").isNotNull();
    assertThat(bench.rig.engine.silences().all()).isEmpty();
  }

  @Test
  void silencesAlsoWhatHasEndedMeanwhile() {
    Alert alert = bench.alert("PodDown", "checkout-7d9f");
    SlackModal modal = form(bench.fires(alert));
    bench.rig.put(alert.withEndsAt(bench.clock.now()));
    bench.pass(Duration.ofSeconds(2));
    submit(modal);

    assertThat(bench.rig.engine.silences().all()).hasSize(1);
    assertThat(bench.lastSeenBy(JANE)).contains("Covers *0 alerts* that fire now.");
  }

  @Test
  void makesOneSilenceOfAFormThatIsSentTwice() {
    SlackModal modal = form(bench.fires(bench.alert("PodDown", "checkout-7d9f")));
    SlackAct first = bench.slack.acts().submit(modal);
    SlackAct second = bench.slack.acts().submit(modal);
    bench.await(() -> first.isAcknowledged() && second.isAcknowledged());

    assertThat(bench.rig.engine.silences().all()).hasSize(1);
    assertThat(bench.audited()).hasSize(1);
  }

  @Test
  void tellsThePersonToPressAgainWhenTheTimeForAFormIsOver() {
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    Deque<Runnable> work = new ArrayDeque<>();
    bench.executor = work::add;
    SlackAct act = bench.slack.acts().press(card, "Silence…", JANE);
    bench.await(() -> act.isAcknowledged() && !work.isEmpty());
    bench.clock.advance(Duration.ofSeconds(4));
    bench.executor = Runnable::run;
    work.forEach(Runnable::run);
    bench.run();

    assertThat(bench.slack.acts().modal(JANE)).isNull();
    assertThat(bench.lastSeenBy(JANE)).contains("3 seconds", "press again");
  }

  @Test
  void saysWhySlackDoesNotOpenTheForm() {
    SlackMessage card = bench.fires(bench.alert("PodDown", "checkout-7d9f"));
    bench.slack.otherwise(
        call -> call.method().equals("views.open") ? new SlackFault.Status(503) : null);
    bench.press(card, "Silence…", JANE);

    assertThat(bench.lastSeenBy(JANE)).contains("Slack did not open the form", "503");
  }

  @Test
  void tellsThePersonThatNothingWasSilencedWhenThatComesTooLateForTheForm() throws Exception {
    SlackModal modal = form(bench.fires(bench.alert("PodDown", "checkout-7d9f")));
    bench.reload("enabled: true, users: [" + OMAR.id() + "]");
    bench.pass(Duration.ofSeconds(3));
    Deque<Runnable> work = new ArrayDeque<>();
    bench.executor = work::add;
    SlackAct act = bench.slack.acts().submit(modal);
    bench.await(() -> !work.isEmpty());
    bench.clock.advance(Duration.ofMillis(2_600));
    bench.await(act::isAcknowledged);
    bench.executor = Runnable::run;
    work.forEach(Runnable::run);
    bench.run();

    assertThat(bench.slack.acts().modal(JANE)).as("it is closed").isNull();
    assertThat(bench.lastSeenBy(JANE)).contains("Nothing was silenced", "You may not answer");
  }

  @Test
  void refusesThePersonWhoMayNoLonger() throws Exception {
    SlackModal modal = form(bench.fires(bench.alert("PodDown", "checkout-7d9f")));
    bench.reload("enabled: true, users: [" + OMAR.id() + "]");
    bench.pass(Duration.ofSeconds(3));
    SlackAct act = submit(modal);

    assertThat(Objects.requireNonNull(act.payload()).path("errors").path("labels").asText())
        .contains("You may not answer");
    assertThat(bench.rig.engine.silences().all()).isEmpty();
  }

  @Test
  void leavesOutTheLongestLabelsWhereAllWouldNotFit() {
    Map<String, String> labels = new TreeMap<>();
    labels.put("alertname", "PodDown");
    labels.put("team", "shop");
    labels.put("stack", "frame\n\"".repeat(600));
    for (int i = 0; i < 120; i++) {
      labels.put("label_" + i, "value " + i);
    }
    SlackModal modal = form(bench.fires(bench.alert(Labels.of(labels), Evidence.NONE)));
    assertThat(modal.visible()).contains("alertname=PodDown").doesNotContain("stack=");
    submit(modal);

    assertThat(bench.rig.engine.silences().all().getFirst().matchers().size()).isLessThan(101);
  }
}
