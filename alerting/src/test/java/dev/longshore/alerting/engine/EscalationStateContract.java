package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.testkit.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever keeps the state of escalations, each step is taken once and at its time over restarts.
abstract class EscalationStateContract {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration MINUTE = Duration.ofMinutes(1);

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
  EngineRig rig;

  @BeforeEach
  void open() throws Exception {
    open(0);
  }

  final void open(int repeats) throws Exception {
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
  ///
  /// @param folder of this test
  abstract StateStore openState(Path folder, ManualClock clock) throws Exception;

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aRestartNeitherLosesNorDoublesAStep() throws Exception {
    rig.put(rig.podDown("checkout-7d9f"));
    for (int i = 0; i < 25; i++) {
      rig.pass(SECOND.multipliedBy(43));
      rig.restart();
    }
    assertThat(told())
        .containsExactly(
            "firing shop-page", "firing alice-phone", "firing bob-phone", "firing managers");
  }

  @Test
  void aStepThatWasDueWhileNobodyRanIsTakenAtTheStart() throws Exception {
    rig.put(rig.podDown("checkout-7d9f"));
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
  void anAcknowledgementStopsItAfterARestartToo() throws Exception {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    acknowledge(null);
    rig.pass(SECOND);
    rig.restart();
    rig.pass(MINUTE.multipliedBy(30));
    assertThat(told()).containsExactly("firing shop-page", "firing alice-phone");
  }

  @Test
  void whatIsOverIsForgottenForGood() throws Exception {
    Alert alert = rig.podDown("checkout-7d9f");
    rig.put(alert);
    rig.pass(MINUTE);
    rig.put(rig.ended(alert));
    rig.pass(MINUTE.multipliedBy(2));
    rig.restart();
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told())
        .containsExactlyInAnyOrder(
            "firing shop-page", "firing alice-phone", "resolved shop-page", "resolved alice-phone");
  }

  final void acknowledge(@Nullable Duration lasts) {
    rig.engine
        .acknowledgements()
        .acknowledge(
            rig.engine.dispatcher().groups().getFirst().id(),
            "alice",
            "",
            lasts == null ? null : rig.clock.now().plus(lasts));
  }

  final List<String> told() {
    return rig.payloads.stream()
        .map(it -> it.path("status").asText() + " " + it.path("receiver").asText())
        .toList();
  }
}
