package dev.longshore.alerting.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/// An interval is what the calendar of its zone says, also where clocks are changed.
final class TimeIntervalTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void theEndOfATimeRangeIsNotInIt() {
    TimeInterval office = times("09:00", "17:00", ZoneOffset.UTC);
    assertThat(office.contains(Instant.parse("2026-11-23T08:59:59Z"))).isFalse();
    assertThat(office.contains(Instant.parse("2026-11-23T09:00:00Z"))).isTrue();
    assertThat(office.contains(Instant.parse("2026-11-23T16:59:59Z"))).isTrue();
    assertThat(office.contains(Instant.parse("2026-11-23T17:00:00Z"))).isFalse();
  }

  @Test
  void twentyFourHoursReachToTheEndOfTheDay() {
    assertThat(
            times("22:00", "24:00", ZoneOffset.UTC).contains(Instant.parse("2026-11-23T23:59:59Z")))
        .isTrue();
  }

  @Test
  void followsTheZoneWhenClocksAreSetBack() {
    // On 2026-10-25 at 03:00 Berlin went from +02:00 to +01:00: 02:30 is there twice.
    TimeInterval night = times("02:00", "03:00", BERLIN);
    assertThat(night.contains(Instant.parse("2026-10-25T00:30:00Z"))).isTrue();
    assertThat(night.contains(Instant.parse("2026-10-25T01:30:00Z"))).isTrue();
    assertThat(night.contains(Instant.parse("2026-10-25T02:30:00Z"))).isFalse();
  }

  @Test
  void followsTheZoneWhenClocksAreSetForward() {
    // On 2027-03-28 at 02:00 Berlin goes to 03:00: there is no 02:30.
    TimeInterval night = times("01:00", "03:00", BERLIN);
    assertThat(night.contains(Instant.parse("2027-03-28T00:30:00Z"))).isTrue();
    assertThat(night.contains(Instant.parse("2027-03-28T01:00:00Z"))).isFalse();
  }

  @Test
  void negativeDaysCountFromTheEndOfTheMonth() {
    TimeInterval last = days("-1");
    assertThat(last.contains(Instant.parse("2028-02-29T12:00:00Z"))).isTrue();
    assertThat(last.contains(Instant.parse("2028-02-28T12:00:00Z"))).isFalse();
    assertThat(last.contains(Instant.parse("2027-02-28T12:00:00Z"))).isTrue();
    assertThat(days("-3:-1").contains(Instant.parse("2026-11-28T12:00:00Z"))).isTrue();
    assertThat(days("-3:-1").contains(Instant.parse("2026-11-27T12:00:00Z"))).isFalse();
  }

  @Test
  void daysBeyondTheMonthAreClampedToIt() {
    assertThat(days("29:31").contains(Instant.parse("2027-02-28T12:00:00Z"))).isFalse();
    assertThat(days("25:31").contains(Instant.parse("2027-02-28T12:00:00Z"))).isTrue();
    assertThat(days("1:-1").contains(Instant.parse("2027-02-28T12:00:00Z"))).isTrue();
  }

  @Test
  void theWeekBeginsOnSunday() {
    TimeInterval.Range range = TimeInterval.weekdays("sunday:tuesday");
    assertThat(TimeInterval.isoWeekdays(range))
        .containsExactly(new TimeInterval.Range(7, 7), new TimeInterval.Range(1, 2));
    assertThatThrownBy(() -> TimeInterval.weekdays("friday:sunday"))
        .hasMessageContaining("runs backwards");
  }

  @Test
  void allFieldsMustHold() {
    TimeInterval interval =
        new TimeInterval(
            List.of(TimeInterval.times("08:00", "18:00")),
            TimeInterval.isoWeekdays(TimeInterval.weekdays("monday:friday")),
            List.of(),
            List.of(TimeInterval.months("november")),
            List.of(TimeInterval.years("2026:2027")),
            ZoneOffset.UTC);
    assertThat(interval.contains(Instant.parse("2026-11-23T10:00:00Z"))).isTrue();
    assertThat(interval.contains(Instant.parse("2026-11-22T10:00:00Z"))).isFalse();
    assertThat(interval.contains(Instant.parse("2026-12-01T10:00:00Z"))).isFalse();
    assertThat(interval.contains(Instant.parse("2028-11-23T10:00:00Z"))).isFalse();
  }

  @Test
  void refusesWhatIsNoTime() {
    assertThatThrownBy(() -> TimeInterval.times("9:00", "17:00")).hasMessageContaining("9:00");
    assertThatThrownBy(() -> TimeInterval.times("22:00", "06:00")).hasMessageContaining("two");
    assertThatThrownBy(() -> TimeInterval.months("brumaire")).hasMessageContaining("brumaire");
    assertThatThrownBy(() -> TimeInterval.daysOfMonth("0")).hasMessageContaining("'0'");
    assertThatThrownBy(() -> TimeInterval.daysOfMonth("-1:5")).hasMessageContaining("-1:5");
    assertThatThrownBy(() -> TimeInterval.years("soon")).hasMessageContaining("soon");
  }

  private static TimeInterval times(String start, String end, ZoneId zone) {
    return new TimeInterval(
        List.of(TimeInterval.times(start, end)), List.of(), List.of(), List.of(), List.of(), zone);
  }

  private static TimeInterval days(String text) {
    return new TimeInterval(
        List.of(),
        List.of(),
        List.of(TimeInterval.daysOfMonth(text)),
        List.of(),
        List.of(),
        ZoneOffset.UTC);
  }
}
