package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Evidence;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.escalate.EscalationView;
import dev.longshore.alerting.silence.SilenceRequest;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.testkit.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A group that nobody acknowledges goes from one to the next, each once and at its time, over
/// restarts too; an acknowledgement stops that.
class EscalationTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final String ROUTING =
      """
      route:
        receiver: shop-page
        group_by: [alertname]
        group_wait: 1s
        group_interval: 1m
        repeat_interval: 12h
      receivers:
        - name: shop-page
          webhook_configs: [{url: "http://127.0.0.1:PORT/hook"}]
        - name: alice-phone
          webhook_configs: [{url: "http://127.0.0.1:PORT/hook"}]
        - name: bob-phone
          webhook_configs: [{url: "http://127.0.0.1:PORT/hook"}]
        - name: managers
          webhook_configs: [{url: "http://127.0.0.1:PORT/hook"}]
      """;

  /// The clock of tests begins on Monday 2026-11-23 at 06:00.
  private static final String ON_CALL =
      """
      people:
        - {name: alice, receivers: [alice-phone], slack: U0ALICE}
        - {name: bob, receivers: [bob-phone]}
      rotations:
        - name: shop
          layers:
            - people: [alice, bob]
              every: 1w
              handover: monday 00:00
              start: 2026-11-23
        - name: nights
          gapsAllowed: true
          layers:
            - {people: [bob], start: 2026-11-23, hours: ["22:00-06:00"]}
      escalations:
        - name: shop
          receivers: [shop-page]
          steps:
            - rotations: [shop]
            - {after: 5m, rotations: [nights]}
            - {after: 5m, next: [shop]}
            - {after: 10m, receivers: [managers]}
          repeat: {times: REPEATS, after: 10m}
      """;

  @TempDir Path dir;
  private EngineRig rig;

  @BeforeEach
  void open() throws Exception {
    open(0);
  }

  private void open(int repeats) throws Exception {
    if (rig != null) {
      rig.close();
    }
    Path own = Files.createTempDirectory(dir, "rig");
    Files.writeString(
        own.resolve("oncall.yml"), ON_CALL.replace("REPEATS", Integer.toString(repeats)));
    rig =
        new EngineRig(
            own,
            new ManualClock(),
            AlertsConfig.defaults(),
            ROUTING,
            clock -> openState(own.resolve("state"), clock));
  }

  /// Opens the state of a test; after a restart, the same.
  StateStore openState(Path folder, ManualClock clock) throws Exception {
    return Database.open(folder, Engine.SCHEMAS, clock);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void stepsAreTakenAtTheirTimesAndAllAreToldOfTheEnd() {
    Alert alert = alert("checkout-7d9f");
    rig.put(alert);
    rig.pass(MINUTE.multipliedBy(4));
    assertThat(told()).containsExactly("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(7));
    assertThat(told())
        .as("nobody is on call at night now, and so the next is told at once")
        .containsExactly("firing shop-page", "firing alice-phone", "firing bob-phone");
    rig.pass(MINUTE.multipliedBy(6));
    assertThat(told()).endsWith("firing managers").hasSize(4);
    assertThat(rig.engine.escalations().all())
        .extracting(EscalationView::state)
        .containsExactly("done");
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told()).hasSize(4);

    rig.put(ended(alert));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(told().subList(4, 8))
        .containsExactlyInAnyOrder(
            "resolved shop-page",
            "resolved alice-phone",
            "resolved bob-phone",
            "resolved managers");
    assertThat(rig.engine.escalations().all()).isEmpty();
    assertThat(rig.decisions(alert))
        .contains(
            "escalate: step 1 of shop: alice, on call in shop, is told by alice-phone; the next is"
                + " taken at 2026-11-23T06:05:01Z",
            "escalate: step 2 of shop: nobody is on call in nights; nobody can be told; the next is"
                + " taken at 2026-11-23T06:10:01Z");
  }

  @Test
  void anAcknowledgementStopsItAtOnce() {
    rig.put(alert("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(5).plus(SECOND.dividedBy(2)));
    acknowledge(null);
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told()).containsExactly("firing shop-page", "firing alice-phone");
    assertThat(rig.engine.escalations().all())
        .extracting(EscalationView::state)
        .containsExactly("stopped");
    assertThat(rig.decisions(alert("checkout-7d9f")))
        .contains("escalate: the escalation shop is stopped: alice has acknowledged the group");
  }

  @Test
  void itBeginsAnewWhenTheAcknowledgementIsOver() {
    rig.put(alert("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(2));
    acknowledge(MINUTE.multipliedBy(30));
    rig.pass(MINUTE.multipliedBy(29));
    assertThat(told()).hasSize(2);
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(told())
        .as("repeat_interval is half a day, but the step is taken again")
        .containsExactly("firing shop-page", "firing alice-phone", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(5));
    assertThat(told()).endsWith("firing bob-phone");
  }

  @Test
  void whoIsToldOfANewAlertIsNotToldASecondTimeByTheStep() {
    rig.put(alert("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(2));
    acknowledge(null);
    rig.pass(MINUTE);
    rig.put(alert("cart-5c2b"));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(told().subList(2, told().size()))
        .containsExactlyInAnyOrder("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(5));
    assertThat(told()).endsWith("firing bob-phone").hasSize(5);
  }

  @Test
  void allStepsAreTakenAgainAsOftenAsIsAskedFor() throws Exception {
    open(1);
    rig.put(alert("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(16));
    assertThat(told()).hasSize(4);
    rig.pass(MINUTE.multipliedBy(10));
    assertThat(told().subList(4, told().size())).containsExactly("firing alice-phone");
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told().subList(4, told().size()))
        .containsExactly("firing alice-phone", "firing bob-phone", "firing managers");
  }

  @Test
  void aSilenceStopsItAndItsEndBeginsItAnew() {
    rig.put(alert("checkout-7d9f"));
    rig.pass(MINUTE);
    rig.engine
        .silences()
        .put(
            new SilenceRequest(
                "",
                Matchers.parse("alertname=PodDown"),
                rig.clock.now(),
                rig.clock.now().plus(MINUTE.multipliedBy(30)),
                "alice",
                "",
                Map.of()));
    rig.pass(MINUTE.multipliedBy(29));
    assertThat(told()).containsExactly("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(told().subList(2, told().size()))
        .as("both are told again, as Longshore does after a silence, and the step adds nothing")
        .containsExactlyInAnyOrder("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(6));
    assertThat(told()).endsWith("firing bob-phone");
  }

  @Test
  void aRestartNeitherLosesNorDoublesAStep() throws Exception {
    rig.put(alert("checkout-7d9f"));
    for (int i = 0; i < 80; i++) {
      rig.pass(SECOND.multipliedBy(13));
      rig.restart();
    }
    assertThat(told())
        .containsExactly(
            "firing shop-page", "firing alice-phone", "firing bob-phone", "firing managers");
  }

  @Test
  void aStepThatWasDueWhileNobodyRanIsTakenAtTheStart() throws Exception {
    rig.put(alert("checkout-7d9f"));
    rig.pass(MINUTE);
    rig.clock.advance(MINUTE.multipliedBy(40));
    rig.restart();
    rig.pass(SECOND.multipliedBy(2));
    assertThat(told()).endsWith("firing bob-phone").hasSize(3);
    rig.pass(MINUTE.multipliedBy(9));
    assertThat(told()).as("the step after it has its time").hasSize(3);
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(told()).endsWith("firing managers");
  }

  @Test
  void whatIsOverIsForgottenForGood() throws Exception {
    Alert alert = alert("checkout-7d9f");
    rig.put(alert);
    rig.pass(MINUTE);
    rig.put(ended(alert));
    rig.pass(MINUTE.multipliedBy(2));
    rig.restart();
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told())
        .containsExactlyInAnyOrder(
            "firing shop-page", "firing alice-phone", "resolved shop-page", "resolved alice-phone");
  }

  private void acknowledge(@Nullable Duration lasts) {
    rig.engine
        .acknowledgements()
        .acknowledge(
            rig.engine.dispatcher().groups().getFirst().id(),
            "alice",
            "",
            lasts == null ? null : rig.clock.now().plus(lasts));
  }

  private List<String> told() {
    return rig.payloads.stream()
        .map(it -> it.path("status").asText() + " " + it.path("receiver").asText())
        .toList();
  }

  private Alert alert(String pod) {
    return new Alert(
        Labels.of("alertname", "PodDown", "pod", pod),
        Labels.EMPTY,
        rig.clock.now(),
        rig.clock.now().plus(Duration.ofDays(1)),
        rig.clock.now(),
        "",
        Alert.Origin.POSTED,
        Evidence.NONE);
  }

  private Alert ended(Alert alert) {
    return new Alert(
        alert.labels(),
        alert.annotations(),
        alert.startsAt(),
        rig.clock.now(),
        rig.clock.now(),
        "",
        Alert.Origin.POSTED,
        Evidence.NONE);
  }
}
