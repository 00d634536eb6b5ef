package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.silence.SilenceRequest;
import dev.longshore.alerting.state.AlertsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who was told that an alert fires is told of its end, though it was silenced or inhibited in
/// between; an end while it is suppressed is told to nobody.
final class SuppressedEndTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECONDS = Duration.ofSeconds(10);

  private EngineRig rig;
  private Alert podDown;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    String routing =
        EngineRig.ROUTING
            + """
            inhibit_rules:
              - source_matchers: [alertname="NodeDown"]
                target_matchers: [alertname="PodDown"]
            """;
    rig = new EngineRig(dir, AlertsConfig.defaults(), routing);
    podDown = rig.podDown("checkout-7d9f");
    rig.put(podDown);
    rig.pass(SECONDS);
    assertThat(rig.told()).containsExactly("firing PodDown");
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private String silence() {
    return rig.engine
        .silences()
        .put(
            new SilenceRequest(
                "",
                List.of(new Matcher("alertname", Matcher.Op.EQUAL, "PodDown")),
                rig.clock.now(),
                rig.clock.now().plus(Duration.ofHours(1)),
                "ada",
                "known",
                Map.of()));
  }

  @Test
  void anAlertThatEndsTogetherWithWhatInhibitedItIsToldToHaveEnded() {
    Alert nodeDown = rig.posted("NodeDown", Duration.ofDays(1));
    rig.put(nodeDown);
    rig.pass(MINUTE);
    rig.engine.put(List.of(rig.ended(nodeDown), rig.ended(podDown)));
    rig.pass(MINUTE.multipliedBy(2));

    assertThat(rig.told())
        .containsExactlyInAnyOrder(
            "firing PodDown", "firing NodeDown", "resolved NodeDown", "resolved PodDown");
  }

  @Test
  void anAlertThatEndsAfterItsSilenceIsToldToHaveEnded() {
    String id = silence();
    rig.pass(MINUTE);
    rig.engine.silences().expire(id);
    rig.put(rig.ended(podDown));
    rig.pass(MINUTE.multipliedBy(2));

    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
  }

  @Test
  void soItIsAfterARestart() throws Exception {
    String id = silence();
    rig.pass(MINUTE);
    rig.restart();
    rig.pass(MINUTE);
    rig.engine.silences().expire(id);
    rig.put(rig.ended(podDown));
    rig.pass(MINUTE.multipliedBy(2));

    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
  }

  @Test
  void anAlertThatIsHeardAgainIsToldOnceAndThenItsEnd() {
    String id = silence();
    rig.pass(MINUTE);
    rig.engine.silences().expire(id);
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told()).containsExactly("firing PodDown", "firing PodDown");
    rig.put(rig.ended(podDown));
    rig.pass(MINUTE.multipliedBy(3));

    assertThat(rig.told()).containsExactly("firing PodDown", "firing PodDown", "resolved PodDown");
  }

  @Test
  void anEndRightAfterASilenceBeganIsNotTold() {
    String id = silence();
    rig.put(rig.ended(podDown));
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(rig.told()).as("Alertmanager says nothing either").containsExactly("firing PodDown");

    rig.engine.silences().expire(id);
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    assertThat(rig.told()).as("it fires again").containsExactly("firing PodDown", "firing PodDown");
  }

  @Test
  void whatWasNeverHeardHasNoEnd() {
    rig.put(rig.ended(podDown));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
    String id = silence();
    Alert other = rig.podDown("checkout-c5x2");
    rig.put(other);
    rig.pass(MINUTE);
    rig.engine.silences().expire(id);
    rig.put(rig.ended(other));
    rig.pass(MINUTE.multipliedBy(2));

    assertThat(rig.told()).containsExactly("firing PodDown", "resolved PodDown");
  }
}
