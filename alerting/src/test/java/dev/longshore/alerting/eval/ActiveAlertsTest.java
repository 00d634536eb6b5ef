package dev.longshore.alerting.eval;

import static dev.longshore.alerting.eval.Transition.Kind.BACK_TO_PENDING;
import static dev.longshore.alerting.eval.Transition.Kind.ENDED;
import static dev.longshore.alerting.eval.Transition.Kind.FIRED;
import static dev.longshore.alerting.eval.Transition.Kind.HIT_AGAIN;
import static dev.longshore.alerting.eval.Transition.Kind.KEPT;
import static dev.longshore.alerting.eval.Transition.Kind.PENDING;
import static dev.longshore.alerting.eval.Transition.Kind.PENDING_ENDED;
import static dev.longshore.alerting.eval.Transition.Kind.REFRESHED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An alert is pending, fires and ends at the very evaluation at which it does in Prometheus.
final class ActiveAlertsTest {
  private static final Instant START = Instant.parse("2026-11-23T06:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOLD = Duration.ofMinutes(5);

  private final ActiveAlerts alerts = new ActiveAlerts();

  @Test
  void withoutForItFiresAtTheFirstEvaluation() {
    assertThat(hit(START, Duration.ZERO, Duration.ZERO)).containsExactly(PENDING, FIRED);
    assertThat(only().firedAt()).isEqualTo(START);
  }

  @Test
  void itFiresWhenItHasHeldExactlyForAndNotBefore() {
    assertThat(hit(START, HOLD, Duration.ZERO)).containsExactly(PENDING);
    assertThat(hit(START.plus(HOLD).minusMillis(1), HOLD, Duration.ZERO)).isEmpty();
    assertThat(only().isFiring()).isFalse();
    assertThat(hit(START.plus(HOLD), HOLD, Duration.ZERO)).containsExactly(FIRED);
    assertThat(only().firedAt()).isEqualTo(START.plus(HOLD));
    assertThat(only().activeAt()).isEqualTo(START);
  }

  @Test
  void aSingleMissBeforeForIsOverBeginsAnewWhateverKeepFiringForIs() {
    hit(START, HOLD, HOLD);
    assertThat(miss(START.plus(MINUTE), HOLD, HOLD)).containsExactly(PENDING_ENDED);
    assertThat(alerts.size()).isZero();
    hit(START.plus(MINUTE.multipliedBy(2)), HOLD, HOLD);
    assertThat(only().activeAt()).isEqualTo(START.plus(MINUTE.multipliedBy(2)));
  }

  @Test
  void aMissEndsItAtOnceWithoutKeepFiringFor() {
    hit(START, Duration.ZERO, Duration.ZERO);
    assertThat(miss(START.plus(MINUTE), Duration.ZERO, Duration.ZERO)).containsExactly(ENDED);
    assertThat(alerts.size()).isZero();
  }

  @Test
  void keepFiringForKeepsItFromTheFirstMissUntilExactlyThatLong() {
    hit(START, Duration.ZERO, HOLD);
    Instant missed = START.plus(MINUTE);
    assertThat(miss(missed, Duration.ZERO, HOLD)).containsExactly(KEPT);
    assertThat(miss(missed.plus(HOLD).minusMillis(1), Duration.ZERO, HOLD)).isEmpty();
    assertThat(only().keepFiringSince()).isEqualTo(missed);
    assertThat(miss(missed.plus(HOLD), Duration.ZERO, HOLD)).containsExactly(ENDED);
  }

  @Test
  void aHitWhileItIsKeptBeginsKeepingAnew() {
    hit(START, Duration.ZERO, HOLD);
    miss(START.plus(MINUTE), Duration.ZERO, HOLD);
    assertThat(hit(START.plus(HOLD), Duration.ZERO, HOLD)).containsExactly(HIT_AGAIN);
    Instant missed = START.plus(HOLD).plus(MINUTE);
    assertThat(miss(missed, Duration.ZERO, HOLD)).containsExactly(KEPT);
    assertThat(only().keepFiringSince()).isEqualTo(missed);
  }

  @Test
  void aRaisedForSendsItBackToPending() {
    hit(START, MINUTE, Duration.ZERO);
    hit(START.plus(MINUTE), MINUTE, Duration.ZERO);
    assertThat(only().isFiring()).isTrue();
    assertThat(hit(START.plus(MINUTE), HOLD, Duration.ZERO)).containsExactly(BACK_TO_PENDING);
    assertThat(hit(START.plus(HOLD), HOLD, Duration.ZERO)).containsExactly(FIRED);
    assertThat(only().activeAt()).isEqualTo(START);
  }

  @Test
  void itsValueAndAnnotationsAreThoseOfTheLastEvaluation() {
    hit(START, Duration.ZERO, Duration.ZERO);
    MatchedSeries other =
        new MatchedSeries(Labels.of("pod", "cart-5c4b"), Labels.of("summary", "other"), 7);
    assertThat(kinds(alerts.apply(START.plus(MINUTE), List.of(other), Duration.ZERO, MINUTE)))
        .containsExactly(REFRESHED);
    assertThat(only().value()).isEqualTo(7);
    assertThat(only().firedValue()).isEqualTo(1);
    assertThat(only().annotations()).isEqualTo(Labels.of("summary", "other"));
  }

  private ActiveAlert only() {
    assertThat(alerts.all()).hasSize(1);
    return alerts.all().iterator().next();
  }

  private List<Transition.Kind> hit(Instant at, Duration hold, Duration keep) {
    MatchedSeries matchedSeries =
        new MatchedSeries(Labels.of("pod", "cart-5c4b"), Labels.of("summary", "down"), 1);
    return kinds(alerts.apply(at, List.of(matchedSeries), hold, keep));
  }

  private List<Transition.Kind> miss(Instant at, Duration hold, Duration keep) {
    return kinds(alerts.apply(at, List.of(), hold, keep));
  }

  private static List<Transition.Kind> kinds(List<Transition> transitions) {
    return transitions.stream().map(Transition::kind).toList();
  }
}
