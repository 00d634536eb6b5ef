package dev.longshore.alerting.eval;

import static dev.longshore.alerting.logs.LogAnswer.Certainty.COMPLETE;
import static dev.longshore.alerting.logs.LogAnswer.Certainty.PARTIAL;
import static dev.longshore.alerting.logs.LogAnswer.Certainty.REPLAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.logs.LogAnswer.Certainty;
import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Promise: an alert begins as soon as it is known to be true and ends only when it is known to be
/// false; `for` counts the time of the lines; what comes late makes one alert, and no second one.
final class LogStepsTest {
  private static final Instant T0 = Instant.parse("2026-11-23T12:00:00Z");

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<String> seen = new ArrayList<>();
  private RuleState state = state(Duration.ZERO);

  private static RuleState state(Duration hold) {
    LogCondition condition =
        new LogCondition(
            "*", "logs-*", List.of(), Duration.ofMinutes(1), null, new LogPredicate.Any());
    return new RuleState(
        new RuleIdentity("rules/checkout.yml", "checkout", "Errors", Labels.EMPTY, 0),
        "Errors",
        EvalRig.logRule("Errors", condition, hold),
        new ActiveAlerts());
  }

  /// The window that ends so many minutes after the beginning.
  private static EvaluationResult.Window window(Certainty certainty, double end, String... pods) {
    List<MatchedSeries> candidates = new ArrayList<>();
    for (String pod : pods) {
      candidates.add(new MatchedSeries(Labels.of("pod", pod), Labels.EMPTY, 1));
    }
    return new EvaluationResult.Window(T0.plusMillis((long) (end * 60_000)), certainty, candidates);
  }

  /// What an evaluation did: `FIRED a 1.0`.
  private List<String> evaluate(EvaluationResult.Window... windows) {
    seen.clear();
    Instant now = windows[windows.length - 1].end();
    for (LogSteps.Timed it : new LogSteps(state, now, MINUTE).take(List.of(windows))) {
      if (it.transition().kind() != Transition.Kind.PENDING) {
        double minutes = Duration.between(T0, it.at()).toMillis() / 60_000.0;
        seen.add(
            it.transition().kind()
                + " "
                + it.transition().alert().labels().get("pod")
                + " "
                + minutes);
      }
    }
    return seen;
  }

  @Test
  void whatIsTrueSoFarFiresAndWhatIsNotEndsNothing() {
    assertThat(evaluate(window(COMPLETE, 0.9), window(PARTIAL, 1, "a")))
        .containsExactly("FIRED a 1.0");
    assertThat(evaluate(window(PARTIAL, 2))).isEmpty();
    // Complete, but of a time before it began.
    assertThat(evaluate(window(COMPLETE, 0.95), window(PARTIAL, 3))).isEmpty();
    assertThat(evaluate(window(COMPLETE, 2.9))).containsExactly("ENDED a 2.9");
  }

  @Test
  void forCountsTheTimeOfTheLinesAsSoonAsItIsKnown() {
    state = state(Duration.ofMinutes(2));
    assertThat(evaluate(window(PARTIAL, 1, "a"))).isEmpty();
    assertThat(evaluate(window(COMPLETE, 1.9, "a"), window(PARTIAL, 2, "a"))).isEmpty();
    assertThat(evaluate(window(COMPLETE, 2.9, "a"), window(PARTIAL, 3, "a")))
        .containsExactly("FIRED a 3.0");
  }

  @Test
  void forDoesNotCountOverATimeThatIsNotKnown() {
    state = state(Duration.ofMinutes(2));
    assertThat(evaluate(window(PARTIAL, 1, "a"))).isEmpty();
    assertThat(evaluate(window(PARTIAL, 2), window(PARTIAL, 3, "a"))).isEmpty();
    // It becomes known: it was true all the time.
    assertThat(
            evaluate(window(COMPLETE, 2, "a"), window(COMPLETE, 3, "a"), window(PARTIAL, 4, "a")))
        .containsExactly("FIRED a 3.0");
  }

  @Test
  void forBeginsAnewWhenATimeTurnsOutFalse() {
    state = state(Duration.ofMinutes(2));
    evaluate(window(PARTIAL, 1, "a"));
    evaluate(window(PARTIAL, 2), window(PARTIAL, 3, "a"));
    assertThat(evaluate(window(COMPLETE, 2), window(COMPLETE, 3, "a"), window(PARTIAL, 4, "a")))
        .containsExactly("PENDING_ENDED a 2.0");
    assertThat(evaluate(window(COMPLETE, 4, "a"), window(COMPLETE, 5, "a")))
        .containsExactly("FIRED a 5.0");
  }

  @Test
  void whatWasShortFiresUntilTheNextEvaluation() {
    assertThat(evaluate(window(COMPLETE, 1, "a"), window(COMPLETE, 2), window(PARTIAL, 3)))
        .containsExactly("FIRED a 1.0");
    assertThat(evaluate(window(COMPLETE, 4))).containsExactly("ENDED a 4.0");
  }

  @Test
  void whatComesLateFiresOnceAtItsOwnTime() {
    evaluate(window(COMPLETE, 10));
    assertThat(evaluate(window(REPLAY, 3, "a"), window(REPLAY, 4), window(COMPLETE, 11)))
        .containsExactly("FIRED a 3.0");
    assertThat(state.active.all())
        .singleElement()
        .extracting(ActiveAlert::activeAt)
        .isEqualTo(T0.plus(Duration.ofMinutes(3)));
    assertThat(evaluate(window(COMPLETE, 12))).containsExactly("ENDED a 12.0");
    assertThat(evaluate(window(REPLAY, 3, "a"), window(REPLAY, 4), window(COMPLETE, 13))).isEmpty();
  }

  @Test
  void whatWasToldIsNotToldAgainWhenItsTimeIsLookedAtAgain() {
    evaluate(window(COMPLETE, 3, "a"), window(COMPLETE, 4, "a"));
    evaluate(window(COMPLETE, 5));
    assertThat(
            evaluate(
                window(REPLAY, 2),
                window(REPLAY, 3, "a", "b"),
                window(REPLAY, 5),
                window(COMPLETE, 6)))
        .containsExactly("FIRED b 3.0");
  }

  @Test
  void whatFiresIsLeftAloneByWhatComesLate() {
    evaluate(window(COMPLETE, 10, "a"));
    assertThat(evaluate(window(REPLAY, 3, "a"), window(REPLAY, 4), window(COMPLETE, 11, "a")))
        .isEmpty();
  }

  @Test
  void forHoldsForWhatComesLateToo() {
    state = state(Duration.ofMinutes(2));
    evaluate(window(COMPLETE, 10));
    assertThat(evaluate(window(REPLAY, 3, "a"), window(REPLAY, 4, "a"), window(REPLAY, 5)))
        .isEmpty();
    assertThat(evaluate(window(REPLAY, 3, "a"), window(REPLAY, 4, "a"), window(REPLAY, 5, "a")))
        .containsExactly("FIRED a 5.0");
  }
}
