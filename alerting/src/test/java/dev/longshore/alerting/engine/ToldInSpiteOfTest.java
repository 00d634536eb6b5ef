package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.state.StateAlerts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What fires is told whatever the disk does, and what the disk missed is on it once it can be
/// written.
final class ToldInSpiteOfTest {
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
  void whatFiresWhileTheDiskIsFullIsToldTogetherWithAnAlertThatSaysSo() {
    rig.pass(MINUTE);
    rig.disk.failure = "database or disk is full";
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.told()).containsOnlyOnce("firing PodDown", "firing LongshoreStateNotWritable");

    rig.put(rig.posted("DiskFull", MINUTE.multipliedBy(4)));
    rig.pass(Duration.ofSeconds(5));
    assertThat(rig.told()).contains("firing DiskFull");
  }

  @Test
  void theEndIsToldWhileTheDiskIsFull() {
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    rig.disk.failure = "database or disk is full";
    rig.source.isTrue.clear();
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told()).contains("resolved PodDown");
  }

  @Test
  void stateIsWholeWithoutARestartOnceThereIsRoom() throws Exception {
    rig.pass(MINUTE);
    rig.disk.failure = "database or disk is full";
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));

    rig.disk.failure = null;
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told()).contains("resolved LongshoreStateNotWritable");
    rig.payloads.clear();
    rig.restart();
    assertThat(rig.firing()).containsExactly("PodDown");
    rig.pass(MINUTE.multipliedBy(5));
    assertThat(rig.told()).as("it was told before").isEmpty();
  }

  @Test
  void thatStateWasLostIsToldAndStandsForADay() throws Exception {
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    rig.payloads.clear();
    rig.restartWithDamagedState();
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told()).contains("firing LongshoreStateLost", "firing PodDown");

    rig.payloads.clear();
    rig.pass(StateAlerts.LOST_STANDS);
    assertThat(rig.told()).contains("resolved LongshoreStateLost");
    assertThat(rig.firing()).containsExactly("PodDown");
  }

  @Test
  void anAlertAboutTheDiskDoesNotOutliveTheProcess() throws Exception {
    rig.disk.failure = "database or disk is full";
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.firing()).contains("LongshoreStateNotWritable");

    rig.disk.failure = null;
    rig.restart();
    rig.pass(MINUTE);
    assertThat(rig.firing()).containsExactly("PodDown");
  }
}
