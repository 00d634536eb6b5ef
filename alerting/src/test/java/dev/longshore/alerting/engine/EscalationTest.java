package dev.longshore.alerting.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.escalate.EscalationView;
import dev.longshore.alerting.silence.SilenceRequest;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateStore;
import dev.longshore.testkit.ManualClock;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A group that nobody acknowledges goes from one to the next, each once and at its time, over
/// restarts too; an acknowledgement stops that.
final class EscalationTest extends EscalationStateContract {
  @Override
  StateStore openState(Path folder, ManualClock clock) throws Exception {
    return Database.open(folder, Engine.SCHEMAS, clock);
  }

  @Test
  void stepsAreTakenAtTheirTimesAndAllAreToldOfTheEnd() {
    Alert alert = rig.podDown("checkout-7d9f");
    rig.put(alert);
    rig.pass(MINUTE.multipliedBy(4));
    assertThat(told()).containsExactly("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(7));
    assertThat(told())
        .as("nobody is on call at night now, and so the next is told at once")
        .containsExactly("firing shop-page", "firing alice-phone", "firing bob-phone");
    rig.pass(MINUTE.multipliedBy(6));
    assertThat(told()).endsWith("firing managers").hasSize(4);
    assertThat(rig.engine.escalations().all())
        .extracting(EscalationView::state)
        .containsExactly("done");
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told()).hasSize(4);

    rig.put(rig.ended(alert));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(told().subList(4, 8))
        .containsExactlyInAnyOrder(
            "resolved shop-page",
            "resolved alice-phone",
            "resolved bob-phone",
            "resolved managers");
    assertThat(rig.engine.escalations().all()).isEmpty();
    assertThat(rig.decisions(alert))
        .contains(
            "escalate: step 1 of shop: alice, on call in shop, is notified by alice-phone; the next step is"
                + " taken at 2026-11-23T06:05:01Z",
            "escalate: step 2 of shop: nobody is on call in nights; nobody can be notified; the next"
                + " step is taken at 2026-11-23T06:10:01Z");
  }

  @Test
  void anAcknowledgementStopsItAtOnce() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(5).plus(SECOND.dividedBy(2)));
    acknowledge(null);
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told()).containsExactly("firing shop-page", "firing alice-phone");
    assertThat(rig.engine.escalations().all())
        .extracting(EscalationView::state)
        .containsExactly("stopped");
    assertThat(rig.decisions(rig.podDown("checkout-7d9f")))
        .contains("escalate: the escalation shop is stopped: alice has acknowledged the group");
  }

  @Test
  void itBeginsAnewWhenTheAcknowledgementIsOver() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(2));
    acknowledge(MINUTE.multipliedBy(30));
    rig.pass(MINUTE.multipliedBy(29));
    assertThat(told()).hasSize(2);
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(told())
        .as("repeat_interval is half a day, but the step is taken again")
        .containsExactly("firing shop-page", "firing alice-phone", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(5));
    assertThat(told()).endsWith("firing bob-phone");
  }

  @Test
  void whoIsToldOfANewAlertIsNotToldASecondTimeByTheStep() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(2));
    acknowledge(null);
    rig.pass(MINUTE);
    rig.put(rig.podDown("cart-5c2b"));
    rig.pass(MINUTE.multipliedBy(2));
    assertThat(told().subList(2, told().size()))
        .containsExactlyInAnyOrder("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(5));
    assertThat(told()).endsWith("firing bob-phone").hasSize(5);
  }

  @Test
  void allStepsAreTakenAgainAsOftenAsIsAskedFor() throws Exception {
    open(1);
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE.multipliedBy(16));
    assertThat(told()).hasSize(4);
    rig.pass(MINUTE.multipliedBy(10));
    assertThat(told().subList(4, told().size())).containsExactly("firing alice-phone");
    rig.pass(MINUTE.multipliedBy(60));
    assertThat(told().subList(4, told().size()))
        .containsExactly("firing alice-phone", "firing bob-phone", "firing managers");
  }

  @Test
  void aSilenceStopsItAndItsEndBeginsItAnew() {
    rig.put(rig.podDown("checkout-7d9f"));
    rig.pass(MINUTE);
    rig.engine
        .silences()
        .put(
            new SilenceRequest(
                "",
                Matchers.parse("alertname=PodDown"),
                rig.clock.now(),
                rig.clock.now().plus(MINUTE.multipliedBy(30)),
                "alice",
                "",
                Map.of()));
    rig.pass(MINUTE.multipliedBy(29));
    assertThat(told()).containsExactly("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(3));
    assertThat(told().subList(2, told().size()))
        .as("both are told again, as Longshore does after a silence, and the step adds nothing")
        .containsExactlyInAnyOrder("firing shop-page", "firing alice-phone");
    rig.pass(MINUTE.multipliedBy(6));
    assertThat(told()).endsWith("firing bob-phone");
  }
}
