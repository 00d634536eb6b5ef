package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.state.AlertsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `explain` has each decision about an alert once, its end included, and why nobody was told.
@SuppressWarnings("NullAway.Init") // each test has its own routing
final class DecisionsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path dir;
  private EngineRig rig;

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void theEndOfAPostedAlertIsThereAndItsRepetitionsAreNot() throws Exception {
    rig = new EngineRig(dir);
    Alert alert = rig.posted("PodDown", MINUTE.multipliedBy(10));
    rig.put(alert);
    rig.pass(MINUTE.multipliedBy(2));
    Alert ended = alert.withEndsAt(rig.clock.now()).updatedAt(rig.clock.now());
    for (int i = 0; i < 10; i++) {
      rig.put(ended.updatedAt(rig.clock.now()));
      rig.pass(MINUTE);
    }
    List<String> decisions = rig.decisions(alert);
    assertThat(decisions).doesNotHaveDuplicates();
    assertThat(decisions)
        .filteredOn(it -> it.startsWith("route:"))
        .as("it went to one group, once")
        .hasSize(1)
        .allSatisfy(it -> assertThat(it).contains(", next flush at "));
    assertThat(decisions)
        .contains(
            "notify: notifying hook by webhook[0], because the group began to fire",
            "state: resolved: the client that posts it says so",
            "notify: notifying hook by webhook[0] that the alert has resolved",
            "notify: webhook[0], about its end: delivered to hook");
    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
  }

  @Test
  void aMuteIsThereOnceWithItsReasonAndThatItIsOver() throws Exception {
    rig =
        new EngineRig(
            dir,
            AlertsConfig.defaults(),
            EngineRig.ROUTING.replace(
                    "  repeat_interval: 1h\n",
                    "  repeat_interval: 1h\n  routes: [{receiver: hook, mute_time_intervals: [morning]}]\n")
                + """
                time_intervals:
                  - {name: morning, time_intervals: [{times: [{start_time: "00:00", end_time: "06:00"}]}]}
                """);
    rig.pass(untilHour(5));
    Alert alert = rig.posted("PodDown", Duration.ofHours(5));
    rig.put(alert);
    rig.pass(MINUTE.multipliedBy(20));
    assertThat(rig.decisions(alert))
        .filteredOn(it -> it.startsWith("mute:"))
        .containsExactly(
            "mute: not notifying hook, because it is muted by the time interval morning");
    assertThat(rig.engine.dispatcher().memberships(alert))
        .extracting(Dispatcher.Membership::mutedBy)
        .containsExactly(List.of("morning"));

    rig.pass(MINUTE.multipliedBy(60));
    assertThat(rig.decisions(alert))
        .contains(
            "route: no longer suppressed for hook",
            "notify: notifying hook by webhook[0], because the group began to fire");
    assertThat(rig.told()).containsExactly("firing PodDown");
  }

  private Duration untilHour(int hour) {
    long day = Duration.ofDays(1).toSeconds();
    long now = rig.clock.now().getEpochSecond() % day;
    return Duration.ofSeconds(Math.floorMod(hour * 3600L - now, day));
  }
}
