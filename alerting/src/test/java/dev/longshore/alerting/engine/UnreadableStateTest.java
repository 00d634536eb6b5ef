package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.silence.Silence;
import dev.longshore.alerting.silence.SilenceRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An entry of the state that makes no sense to this version costs that entry, and not the start.
final class UnreadableStateTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String ROW =
      "insert into silence values ('7f3e', '%s', 0, 4102444800000, 0, 'operator', 'patching', '%s')";

  private EngineRig rig;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    rig = new EngineRig(dir);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Larger than what is compiled, and none of RE2's.
        "{pod=~\"\\\\pL{5000}\"}",
        "{pod=~\"(\"}",
        // One that excludes must not become one that covers everything.
        "{pod!~\"(\"}",
        "{pod!~\"(\",alertname=\"PodDown\"}",
        "no matchers at all {",
      })
  void aSilenceThatCanNotBeUsedIsKeptAndMatchesNothing(String matchers) throws Exception {
    rig.restartWith(ROW.formatted(matchers, "{}"));

    Silence kept = rig.engine.silences().get("7f3e");
    assertThat(kept.problem()).isNotBlank();
    assertThat(rig.registry.get("longshore.silences.unusable").gauge().value()).isEqualTo(1);
    assertThat(kept.state(rig.clock.now())).isEqualTo(Silence.State.ACTIVE);
    assertThat(rig.engine.silences().silencing(Labels.of("alertname", "PodDown"), rig.clock.now()))
        .isEmpty();
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    assertThat(rig.told()).containsExactly("firing PodDown");

    rig.engine.silences().expire("7f3e");
    rig.pass(MINUTE);
    rig.restart();
    assertThat(rig.engine.silences().get("7f3e").state(rig.clock.now()))
        .isEqualTo(Silence.State.EXPIRED);
  }

  @Test
  void theOtherSilencesCoverWhatTheyCovered() throws Exception {
    String id =
        rig.engine
            .silences()
            .put(
                new SilenceRequest(
                    "",
                    Matchers.parse("alertname=PodDown"),
                    rig.clock.now(),
                    rig.clock.now().plus(Duration.ofHours(2)),
                    "operator",
                    "",
                    Map.of()));
    rig.pass(MINUTE);
    rig.restartWith(
        ROW.formatted("{pod=~\"(\"}", "{}"),
        ROW.replace("7f3e", "8a41").formatted("{alertname=\"PodSlow\"}", "{not JSON"));

    assertThat(rig.engine.silences().silencing(Labels.of("alertname", "PodDown"), rig.clock.now()))
        .containsExactly(id);
    assertThat(rig.engine.silences().silencing(Labels.of("alertname", "PodSlow"), rig.clock.now()))
        .as("its annotations can't be read, its matchers can")
        .containsExactly("8a41");
  }

  @Test
  void everyTableIsReadAroundARowThatCanNotBeRead() throws Exception {
    rig.source.isTrue.add("down");
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(rig.told()).containsExactly("firing PodDown");
    String group = rig.engine.dispatcher().groups().getFirst().id();
    rig.engine.acknowledgements().acknowledge(group, "alice", "looking", null);
    rig.pass(MINUTE);

    rig.restartWith(
        "insert into alert values (1, '{', '{}', 0, null, 0, '', 'RULE', '[]')",
        "insert into alert values (2, '{}', '{}', 0, null, 0, '', 'OF_A_NEWER_VERSION', '[]')",
        "insert into acknowledgement values ('g', 'hook', 'bob', 0, 4102444800000, '', 'no-fingerprint')",
        "insert into escalation values ('g', 'hook', 'p', 'OF_A_NEWER_VERSION', 0, 0, 0, '')",
        "insert into eval_rule values (900, 'rules.yml', 'checkout', 'PodDown', '{', 7, 0)",
        "insert into eval_active values ((select min(id) from eval_rule), '{', '{}', 1, 0, 0, 1, null)",
        "insert into notify_log values ('g', 'hook', 'i', 'not a fingerprint', '', 0, 0, '')",
        "insert into notify_outbox values (900, 'g', 'hook', 'i', 'OF_A_NEWER_VERSION', '', '', 0, 0,"
            + " 0, 0, 0, 0, 0)",
        "insert into decision_subject values (-9000, '{')");
    rig.pass(MINUTE.multipliedBy(2));

    assertThat(rig.told()).as("it is known that it was told").containsExactly("firing PodDown");
    assertThat(rig.engine.acknowledgements().all())
        .singleElement()
        .satisfies(it -> assertThat(it.by()).isEqualTo("alice"));
    assertThat(rig.engine.decisions().subjects(_ -> true, 10))
        .contains(rig.engine.alerts().all().iterator().next().labels());
    rig.put(rig.posted("DiskFull", Duration.ofHours(1)));
    rig.pass(MINUTE);
    assertThat(rig.told()).containsExactly("firing PodDown", "firing DiskFull");
    assertThat(rig.rows("select id from notify_outbox where kind = 'OF_A_NEWER_VERSION'"))
        .as("what can't be read stays where it is")
        .isEqualTo(List.of("900"));
    assertThat(rig.rows("select id from eval_rule where labels = '{'")).isEqualTo(List.of("900"));
  }
}
