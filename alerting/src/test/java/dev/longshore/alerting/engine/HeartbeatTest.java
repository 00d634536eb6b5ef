package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the heartbeat asks before it says that alerting works.
final class HeartbeatTest {
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
  void nothingIsInTheWayWhileGroupsAreEvaluatedAndNothingHasToBeTold() {
    rig.pass(MINUTE.multipliedBy(30));
    assertThat(rig.engine.obstacle()).isNull();
  }

  @Test
  void aGroupWhoseQueryNeverEndsIsInTheWayUntilOneEnds() {
    rig.pass(MINUTE.multipliedBy(2));
    rig.hangs = true;
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.engine.obstacle()).as("it may be slow").isNull();
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.engine.obstacle()).isEqualTo("1 groups are not evaluated, such as checkout");
  }

  @Test
  void messagesThatNobodyTakesAreInTheWayUntilSomebodyDoes() {
    rig.answer = 500;
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(4));
    assertThat(rig.engine.obstacle()).isNull();
    rig.pass(MINUTE.multipliedBy(4));
    assertThat(rig.engine.obstacle()).isEqualTo("no message has been delivered for minutes");

    rig.answer = 200;
    rig.pass(MINUTE.multipliedBy(10));
    assertThat(rig.engine.obstacle()).isNull();
  }

  @Test
  void aClockThatJumpsIsNotInTheWay() {
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    rig.clock.jumpWallClock(Duration.ofHours(3));
    rig.pass(Duration.ofSeconds(5));
    assertThat(rig.engine.obstacle()).isNull();
    rig.clock.jumpWallClock(Duration.ofHours(-6));
    rig.pass(Duration.ofSeconds(5));
    assertThat(rig.engine.obstacle()).isNull();
  }
}
