package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A wall clock that is set back or forward, or a machine that slept, stops nothing, ends nothing
/// that did not end, and has nothing told twice.
final class ClockJumpTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private EngineRig rig;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    rig = new EngineRig(dir);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void rulesAreEvaluatedAndToldAsBeforeWhenTheClockIsSetBack() {
    rig.pass(MINUTE.multipliedBy(2));
    rig.clock.jumpWallClock(Duration.ofMinutes(-10));
    int before = rig.source.asked;
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(3));

    assertThat(rig.source.asked - before).isBetween(4, 8);
    assertThat(rig.told()).containsExactly("firing PodDown");
  }

  @Test
  void anAlertEndsAndIsToldWhenTheClockWasSetBack() {
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    rig.clock.jumpWallClock(Duration.ofMinutes(-10));
    rig.source.isTrue.clear();
    rig.pass(MINUTE.multipliedBy(3));

    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
    rig.pass(Duration.ofMinutes(30));
    assertThat(rig.told()).as("it does not begin again").hasSize(2);
  }

  @Test
  void whatIsPostedGoesOnWhenTheMachineSlept() {
    rig.put(rig.posted("DiskFull", MINUTE.multipliedBy(4)));
    rig.pass(MINUTE);
    rig.clock.jumpWallClock(Duration.ofMinutes(20));
    rig.pass(MINUTE);
    rig.put(rig.posted("DiskFull", MINUTE.multipliedBy(4)));
    rig.pass(MINUTE.multipliedBy(3));

    assertThat(rig.told()).containsExactly("firing DiskFull");
  }

  @Test
  void whatIsPendingDoesNotFireEarlyWhenTheClockIsSetForward() {
    rig.source.isTrue.add("slow");
    rig.pass(MINUTE.multipliedBy(2));
    rig.clock.jumpWallClock(Duration.ofMinutes(20));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.told()).isEmpty();
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told()).containsExactly("firing PodSlow");
  }

  @Test
  void whatIsPendingFiresInTimeWhenTheClockIsSetBack() {
    rig.source.isTrue.add("slow");
    rig.pass(MINUTE.multipliedBy(2));
    rig.clock.jumpWallClock(Duration.ofMinutes(-20));
    rig.pass(MINUTE.multipliedBy(5));
    assertThat(rig.told()).containsExactly("firing PodSlow");
  }

  @Test
  void nothingIsRepeatedEarlyOrLateByAJump() {
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    rig.clock.jumpWallClock(Duration.ofHours(5));
    rig.pass(MINUTE.multipliedBy(30));
    assertThat(rig.told()).containsExactly("firing PodDown");
    rig.clock.jumpWallClock(Duration.ofHours(-9));
    rig.pass(MINUTE.multipliedBy(33));
    assertThat(rig.told()).containsExactly("firing PodDown", "firing PodDown");
  }
}
