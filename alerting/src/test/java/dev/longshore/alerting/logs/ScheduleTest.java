package dev.longshore.alerting.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.rule.LogCondition;
import dev.longshore.alerting.rule.LogPredicate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Promise: no time between two evaluations is left out, whatever comes late, and what an
/// evaluation looks at is bounded.
final class ScheduleTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final LogPredicate EAGER = new LogPredicate.Any();
  private static final LogPredicate WAITING = new LogPredicate.Flatline(1, Duration.ofDays(1));

  private static Schedule schedule(
      LogPredicate test,
      Duration within,
      @Nullable Instant known,
      Instant complete,
      NodeWatermarks.@Nullable Backfill returns) {
    LogCondition condition = new LogCondition("*", "logs-*", List.of(), within, null, test);
    return Schedule.of(
        new LogQuestion(condition, NOW, MINUTE, Duration.ZERO, new LogProgress(known, 0)),
        new WatermarkTracker.State(complete, List.of(), returns, 0));
  }

  private static List<String> shown(Schedule schedule) {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < schedule.ends().size(); i++) {
      Duration before = Duration.between(schedule.ends().get(i), NOW);
      shown.add(schedule.certainties().get(i) + " -" + before.toSeconds() + "s");
    }
    return shown;
  }

  private static Instant ago(int seconds) {
    return NOW.minusSeconds(seconds);
  }

  @Test
  void whatIsEagerIsLookedAtUpToNow() {
    assertThat(shown(schedule(EAGER, Duration.ofMinutes(5), ago(63), ago(3), null)))
        .containsExactly("COMPLETE -3s", "PARTIAL -0s");
    assertThat(shown(schedule(WAITING, Duration.ofMinutes(5), ago(63), ago(3), null)))
        .containsExactly("COMPLETE -3s");
  }

  @Test
  void theFirstEvaluationLooksAtOneCompleteWindow() {
    assertThat(shown(schedule(EAGER, Duration.ofMinutes(5), null, ago(3), null)))
        .containsExactly("COMPLETE -3s", "PARTIAL -0s");
  }

  @Test
  void windowsOverlapByFourFifths() {
    assertThat(shown(schedule(WAITING, MINUTE, ago(63), ago(3), null)))
        .containsExactly(
            "COMPLETE -51s", "COMPLETE -39s", "COMPLETE -27s", "COMPLETE -15s", "COMPLETE -3s");
  }

  @Test
  void nothingIsCompleteThatWasCompleteBefore() {
    assertThat(shown(schedule(WAITING, Duration.ofMinutes(5), ago(3), ago(3), null))).isEmpty();
    assertThat(shown(schedule(EAGER, Duration.ofMinutes(5), ago(3), ago(200), null)))
        .containsExactly("PARTIAL -0s");
  }

  @Test
  void whatANodeBringsIsLookedAtAgainUpToWhereItsLinesReach() {
    NodeWatermarks.Backfill returned = new NodeWatermarks.Backfill(ago(1_200), ago(1_140));
    assertThat(shown(schedule(WAITING, Duration.ofMinutes(5), ago(63), ago(3), returned)))
        .containsExactly(
            "REPLAY -1140s",
            "REPLAY -1080s",
            "REPLAY -1020s",
            "REPLAY -960s",
            "REPLAY -900s",
            "REPLAY -840s",
            "COMPLETE -3s");
    NodeWatermarks.Backfill recent = new NodeWatermarks.Backfill(ago(100), ago(3));
    assertThat(shown(schedule(WAITING, Duration.ofMinutes(5), ago(63), ago(3), recent)))
        .containsExactly("REPLAY -63s", "COMPLETE -3s");
  }

  @Test
  void afterAnOutageItCatchesUpWithinBounds() {
    Schedule schedule = schedule(EAGER, MINUTE, ago(86_400), ago(3), null);
    assertThat(schedule.ends()).hasSizeLessThanOrEqualTo(2 * Schedule.MOST);
    assertThat(schedule.ends().getFirst()).isAfter(NOW.minus(Schedule.LONGEST_CATCH_UP));
    assertThat(schedule.ends().getLast()).isEqualTo(NOW);
  }
}
