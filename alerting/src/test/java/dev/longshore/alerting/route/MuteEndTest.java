package dev.longshore.alerting.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is muted is said to be muted until the moment at which its receiver is notified again.
final class MuteEndTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static TimeInterval interval(List<TimeInterval.Range> times, String weekdays) {
    return new TimeInterval(
        times,
        TimeInterval.isoWeekdays(TimeInterval.weekdays(weekdays)),
        List.of(),
        List.of(),
        List.of(),
        BERLIN);
  }

  private static @Nullable Instant mutedUntil(
      List<String> mute,
      List<String> active,
      Map<String, List<TimeInterval>> intervals,
      String now) {
    Route route =
        new Route(
            Route.ROOT,
            List.of(),
            "team",
            Route.Grouping.NONE,
            false,
            Route.Timing.STANDARD,
            mute,
            active,
            List.of());
    return new Routing(route, List.of(), intervals).mutedUntil(route, Instant.parse(now));
  }

  @Test
  void twoIntervalsThatMeetAtMidnightMuteUntilTheSecondEnds() {
    Map<String, List<TimeInterval>> night =
        Map.of(
            "night",
            List.of(
                interval(List.of(TimeInterval.times("22:00", "24:00")), "sunday:saturday"),
                interval(List.of(TimeInterval.times("00:00", "06:30")), "sunday:saturday")));
    assertThat(mutedUntil(List.of("night"), List.of(), night, "2026-11-23T22:15:00Z"))
        .isEqualTo("2026-11-24T05:30:00Z");
  }

  @Test
  void outsideOfActiveTimesItIsMutedUntilTheyBegin() {
    Map<String, List<TimeInterval>> office =
        Map.of(
            "office",
            List.of(interval(List.of(TimeInterval.times("08:00", "17:00")), "monday:friday")));
    // A Friday evening.
    assertThat(mutedUntil(List.of(), List.of("office"), office, "2026-11-27T20:00:00Z"))
        .isEqualTo("2026-11-30T07:00:00Z");
  }

  @Test
  void theEndFollowsTheZoneWhenClocksAreSetBack() {
    Map<String, List<TimeInterval>> night =
        Map.of(
            "night",
            List.of(interval(List.of(TimeInterval.times("01:00", "07:00")), "sunday:saturday")));
    assertThat(mutedUntil(List.of("night"), List.of(), night, "2026-10-24T23:30:00Z"))
        .isEqualTo("2026-10-25T06:00:00Z");
  }

  @Test
  void whatIsMutedForeverHasNoEnd() {
    Map<String, List<TimeInterval>> always =
        Map.of("always", List.of(interval(List.of(), "sunday:saturday")));
    assertThat(mutedUntil(List.of("always"), List.of(), always, "2026-11-23T22:15:00Z")).isNull();
  }
}
