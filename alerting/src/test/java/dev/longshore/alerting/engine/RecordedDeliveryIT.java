package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.state.AlertsConfig;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A webhook is not told again by the next leader of what it has taken, as soon as the thread that
/// has its answer has recorded that; and of nothing less than before.
@Tag("postgres")
final class RecordedDeliveryIT {
  private EngineRig rig;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    String url = PostgresServer.shared().createDatabase();
    rig =
        new EngineRig(
            dir,
            new ManualClock(),
            AlertsConfig.defaults(),
            EngineRig.ROUTING,
            clock -> PostgresStates.lead(url, clock));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void failOver() throws Exception {
    rig.disk.failure = null;
    rig.disk.endsOnceRecorded = false;
    rig.disk.endsInsteadOfRecording = false;
    rig.hangs = false;
    rig.restart();
  }

  @Test
  void aLeaderThatIsKilledBeforeItsLoopHearsOfADeliveryHasNotifiedOnce() throws Exception {
    Alert alert = rig.podDown("checkout-7d9f");
    rig.disk.endsOnceRecorded = true;
    rig.put(alert);
    rig.pass(Duration.ofSeconds(2));
    assertThat(rig.told()).containsExactly("firing PodDown");
    assertThat(rig.disk.failure).as("no unit was written after the record").isNotNull();

    failOver();
    rig.pass(Duration.ofMinutes(30));

    assertThat(rig.told()).containsExactly("firing PodDown");
    rig.put(rig.ended(alert));
    rig.pass(Duration.ofMinutes(2));
    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
  }

  @Test
  void aLeaderThatIsKilledBeforeThatLeavesAMessageInDoubt() throws Exception {
    rig.disk.endsInsteadOfRecording = true;
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(Duration.ofSeconds(2));
    assertThat(rig.disk.failure).isNotNull();

    failOver();
    rig.pass(Duration.ofMinutes(30));

    assertThat(rig.told()).containsExactly("firing PodDown", "firing PodDown");
  }

  @Test
  void whatTheWebhookDoesNotTakeIsNotRecorded() throws Exception {
    rig.answer = 503;
    rig.disk.endsOnceRecorded = true;
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(Duration.ofSeconds(20));
    assertThat(rig.disk.failure).as("nothing was recorded").isNull();

    rig.answer = 200;
    int tried = rig.told().size();
    failOver();
    rig.pass(Duration.ofSeconds(20));

    assertThat(rig.told()).hasSize(tried + 1);
  }

  @Test
  void aStoreThatCanNotRecordKnowsOfADeliveryByTheNextUnit() throws Exception {
    rig.disk.recordsNothing = true;
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(Duration.ofSeconds(5));

    failOver();
    rig.pass(Duration.ofMinutes(30));

    assertThat(rig.told()).containsExactly("firing PodDown");
  }
}
