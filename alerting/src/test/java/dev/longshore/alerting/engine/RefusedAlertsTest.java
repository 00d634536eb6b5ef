package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.shared.units.DataSize;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerts that there is no room for are not accepted and lost.
final class RefusedAlertsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private EngineRig rig;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    rig =
        new EngineRig(
            dir,
            new AlertsConfig(MINUTE, 1, DataSize.ofMiB(1), DataSize.ofKiB(64), DataSize.ofKiB(64)));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aRulesAlertIsTakenOnceThereIsRoomAndThatThereWasNoneIsToldUntilThen() {
    rig.put(rig.posted("Storm", MINUTE.multipliedBy(10)));
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told())
        .contains("firing LongshoreAlertsRefused")
        .doesNotContain("firing PodDown");

    rig.pass(MINUTE.multipliedBy(12));
    assertThat(rig.told()).contains("firing PodDown");
    rig.pass(MINUTE.multipliedBy(8));
    assertThat(rig.told()).contains("resolved LongshoreAlertsRefused");
  }

  @Test
  void thatThereWasNoRoomEndsByItselfAfterARestart() throws Exception {
    rig.put(rig.posted("Storm", MINUTE.multipliedBy(2)));
    rig.put(rig.posted("Other", MINUTE));
    rig.pass(MINUTE);
    assertThat(rig.firing()).contains("LongshoreAlertsRefused");
    rig.restart();
    rig.pass(MINUTE.multipliedBy(8));
    assertThat(rig.firing()).isEmpty();
  }
}
