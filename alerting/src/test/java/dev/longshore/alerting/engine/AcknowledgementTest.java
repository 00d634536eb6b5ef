package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.alerting.acknowledge.Acknowledgements;
import dev.longshore.alerting.alert.Acknowledgement;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.NoSuchGroupException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A group that somebody has acknowledged is not repeated; what is new in it is told, and its end.
final class AcknowledgementTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

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
  void itIsNotRepeatedUntilItsTimeIsOver() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    acknowledge();
    rig.pass(HOUR.multipliedBy(3));
    assertThat(rig.told()).as("repeat_interval is an hour").containsExactly("firing PodDown");

    rig.pass(HOUR.plus(MINUTE.multipliedBy(2)));
    assertThat(rig.told()).containsExactly("firing PodDown", "firing PodDown");
    assertThat(rig.engine.acknowledgements().all()).isEmpty();
    assertThat(rig.decisions(rig.podDown("checkout-7d9f")))
        .contains(
            "acknowledge: alice acknowledged the group of hook (looking): it is not repeated until "
                + "2026-11-23T10:01:00Z, unless more alerts fire in it",
            "acknowledge: the acknowledgement of alice for hook has ended: its time is over");
  }

  @Test
  void itLastsAsLongAsIsAskedFor() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    rig.engine
        .acknowledgements()
        .acknowledge(group().id(), "alice", "", rig.clock.now().plus(MINUTE.multipliedBy(90)));
    rig.pass(MINUTE.multipliedBy(89));
    assertThat(rig.told()).hasSize(1);
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told()).hasSize(2);
  }

  @Test
  void itsEndIsExplainedToTheSecond() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    rig.engine
        .acknowledgements()
        .acknowledge(group().id(), "alice", "", rig.clock.now().plus(HOUR).plusNanos(123_456_789));

    assertThat(rig.decisions(rig.podDown("checkout-7d9f")))
        .contains(
            "acknowledge: alice acknowledged the group of hook: it is not repeated until"
                + " 2026-11-23T07:01:00Z, unless more alerts fire in it");
  }

  @Test
  void anotherAlertInTheGroupIsToldAndEndsIt() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    acknowledge();
    rig.put(rig.podDown("cart-5c2b"));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.told()).containsExactly("firing PodDown", "firing PodDown");
    assertThat(rig.engine.acknowledgements().all()).isEmpty();

    rig.pass(HOUR.plus(MINUTE.multipliedBy(2)));
    assertThat(rig.told()).as("it is repeated again").hasSize(3);
  }

  @Test
  void whatOneAlertLessIsChangesNothing() {
    Alert ending = rig.podDown("cart-5c2b");
    rig.put(rig.podDown("checkout-7d9f"));
    rig.put(ending);
    rig.pass(MINUTE);
    acknowledge();
    rig.put(rig.ended(ending));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.engine.acknowledgements().all()).hasSize(1);

    rig.put(rig.podDown("cart-5c2b"));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.engine.acknowledgements().all()).as("it fires anew").isEmpty();
  }

  @Test
  void theEndIsToldAndEndsIt() {
    Alert alert = rig.podDown("checkout-7d9f");
    rig.put(alert);
    rig.pass(MINUTE);
    acknowledge();
    rig.put(rig.ended(alert));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
    assertThat(rig.engine.acknowledgements().all()).isEmpty();
  }

  @Test
  void itOutlivesTheProcess() throws Exception {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    Acknowledgement made = acknowledge();
    rig.pass(MINUTE);
    rig.restart();
    assertThat(rig.engine.acknowledgements().all()).containsExactly(made);
    rig.pass(HOUR.multipliedBy(3));
    assertThat(rig.told()).containsExactly("firing PodDown");

    rig.engine.acknowledgements().end(group().hash(), "bob");
    rig.pass(MINUTE.multipliedBy(2));
    rig.restart();
    assertThat(rig.engine.acknowledgements().all()).isEmpty();
    assertThat(rig.told()).containsExactly("firing PodDown", "firing PodDown");
  }

  @Test
  void whatCanNotBeAcknowledgedIsRefusedWithTheReason() {
    Acknowledgements acknowledgements = rig.engine.acknowledgements();
    assertThatThrownBy(() -> acknowledgements.acknowledge("cafe", "alice", "", null))
        .isInstanceOf(NoSuchGroupException.class)
        .hasMessageContaining("'cafe'");
    Alert alert = rig.podDown("checkout-7d9f");
    rig.put(alert);
    assertThatThrownBy(() -> acknowledgements.acknowledge(group().id(), " ", "", null))
        .hasMessageContaining("needs a name");
    assertThatThrownBy(
            () -> acknowledgements.acknowledge(group().id(), "alice", "", rig.clock.now()))
        .hasMessageContaining("in the past");
    rig.put(rig.ended(alert));
    assertThatThrownBy(() -> acknowledgements.acknowledge(group().id(), "alice", "", null))
        .hasMessageContaining("nothing of the group fires");
    assertThat(acknowledgements.end(group().id(), "alice")).isNull();
  }

  private Acknowledgement acknowledge() {
    return rig.engine.acknowledgements().acknowledge(group().hash(), "alice", "looking", null);
  }

  private AlertGroup group() {
    return rig.engine.dispatcher().groups().getFirst();
  }
}
