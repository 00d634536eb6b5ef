package dev.longshore.alerting.oncall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.alerting.route.TimeInterval;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Somebody is on call at each moment whose turn it is by the clock on the wall, also where that is
/// set forward or back.
final class RotationTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void turnsChangeAtTheHandOverOfEachWeek() {
    Rotation rotation = rotation(weekly("2026-11-23T09:00", "alice", "bob", "carol"));
    assertThat(rotation.at(berlin("2026-11-23T08:59:59"))).as("before the start").isNull();
    assertThat(rotation.at(berlin("2026-11-23T09:00"))).isEqualTo("alice");
    assertThat(rotation.at(berlin("2026-11-30T08:59:59"))).isEqualTo("alice");
    assertThat(rotation.at(berlin("2026-11-30T09:00"))).isEqualTo("bob");
    assertThat(rotation.at(berlin("2027-02-08T10:00"))).isEqualTo("carol");
    assertThat(rotation.after(berlin("2026-11-24T10:00"))).isEqualTo("bob");
  }

  @Test
  void aHandOverKeepsItsLocalTimeOverSummerAndWinterTime() {
    Rotation rotation = rotation(daily("2026-03-27T09:00", "alice", "bob"));
    assertThat(lengths(rotation, "2026-03-27T09:00", "2026-03-31T09:00"))
        .as("on 29 March an hour is left out")
        .containsExactly("alice 24h", "bob 23h", "alice 24h", "bob 24h");
    Rotation winter = rotation(daily("2026-10-23T09:00", "alice", "bob"));
    assertThat(lengths(winter, "2026-10-23T09:00", "2026-10-27T09:00"))
        .as("on 25 October an hour comes twice")
        .containsExactly("alice 24h", "bob 25h", "alice 24h", "bob 24h");
  }

  @Test
  void aHandOverInTheHourThatIsLeftOutIsAtItsEnd() {
    Rotation rotation = rotation(daily("2026-03-28T02:30", "alice", "bob"));
    assertThat(rotation.at(Instant.parse("2026-03-29T00:59:59Z"))).isEqualTo("alice");
    assertThat(rotation.at(Instant.parse("2026-03-29T01:30:00Z")))
        .as("03:30 of summer time")
        .isEqualTo("bob");
    assertThat(rotation.at(berlin("2026-03-30T02:29"))).isEqualTo("bob");
    assertThat(rotation.at(berlin("2026-03-30T02:30"))).isEqualTo("alice");
  }

  @Test
  void aHandOverInTheHourThatComesTwiceIsAtItsFirst() {
    Rotation rotation = rotation(daily("2026-10-24T02:30", "alice", "bob"));
    assertThat(rotation.at(Instant.parse("2026-10-25T00:29:59Z"))).isEqualTo("alice");
    assertThat(rotation.at(Instant.parse("2026-10-25T00:30:00Z"))).isEqualTo("bob");
    assertThat(rotation.at(Instant.parse("2026-10-25T01:15:00Z")))
        .as("02:15 for the second time")
        .isEqualTo("bob");
  }

  @Test
  void aMidnightThatIsNotThereIsTheFirstMomentOfItsDay() {
    ZoneId cairo = ZoneId.of("Africa/Cairo");
    Layer layer =
        new Layer(
            List.of("alice", "bob"), LocalDateTime.parse("2026-04-17T00:00"), WEEK, cairo, null);
    Rotation rotation = new Rotation("shop", cairo, List.of(layer), List.of(), false, 1);
    Instant skipped = Instant.parse("2026-04-23T22:00:00Z"); // 00:00 of the 24th, which is 01:00
    assertThat(rotation.at(skipped.minusSeconds(1))).isEqualTo("alice");
    assertThat(rotation.at(skipped)).isEqualTo("bob");
    assertThat(rotation.gaps(skipped.minus(WEEK))).isEmpty();
  }

  @Test
  void aWeekEndsAtMidnightOfItsOwnZoneWhereverOneLooks() {
    for (String name : List.of("Pacific/Auckland", "America/Los_Angeles", "Australia/Lord_Howe")) {
      ZoneId zone = ZoneId.of(name);
      Layer layer =
          new Layer(
              List.of("alice", "bob"), LocalDateTime.parse("2026-03-02T00:00"), WEEK, zone, null);
      Rotation rotation = new Rotation("shop", zone, List.of(layer), List.of(), false, 1);
      LocalDateTime monday = LocalDateTime.parse("2026-03-02T00:00");
      for (int week = 0; week < 60; week++) {
        Instant midnight = monday.plusWeeks(week).atZone(zone).toInstant();
        String person = week % 2 == 0 ? "alice" : "bob";
        assertThat(rotation.at(midnight)).as("%s, week %d", name, week).isEqualTo(person);
        assertThat(rotation.at(midnight.plus(Duration.ofDays(6)))).isEqualTo(person);
        if (week > 0) {
          assertThat(rotation.at(midnight.minusSeconds(1))).isNotEqualTo(person);
        }
      }
    }
  }

  @Test
  void ofOverridesThatOverlapTheLaterInTheFileHolds() {
    Rotation rotation =
        new Rotation(
            "shop",
            BERLIN,
            List.of(weekly("2026-11-23T09:00", "alice")),
            List.of(
                new Substitution("bob", berlin("2026-11-24T00:00"), berlin("2026-11-25T00:00")),
                new Substitution("carol", berlin("2026-11-24T06:00"), berlin("2026-11-24T12:00"))),
            false,
            1);
    assertThat(lengths(rotation, "2026-11-24T00:00", "2026-11-25T06:00"))
        .containsExactly("bob 6h", "carol 6h", "bob 12h", "alice 6h");
  }

  @Test
  void shiftsFollowEachOtherWithoutAGapWhateverTheClockDoes() {
    Rotation hours =
        rotation(
            new Layer(
                List.of("alice", "bob", "carol"),
                LocalDateTime.parse("2026-01-01T00:00"),
                Duration.ofHours(1),
                BERLIN,
                null));
    Instant at = Instant.parse("2026-03-28T00:00:00Z");
    for (Instant end = at.plus(Duration.ofDays(230));
        at.isBefore(end);
        at = at.plusSeconds(1_799)) {
      assertThat(hours.at(at)).as(at.toString()).isNotNull();
    }
    List<Shift> shifts =
        hours.shifts(Instant.parse("2026-10-24T22:00:00Z"), Instant.parse("2026-10-25T04:00:00Z"));
    for (int i = 1; i < shifts.size(); i++) {
      assertThat(shifts.get(i).from()).isEqualTo(shifts.get(i - 1).to());
      assertThat(shifts.get(i).person()).isNotEqualTo(shifts.get(i - 1).person());
    }
  }

  @Test
  void aLaterLayerTakesPrecedenceInItsHoursAndAnOverrideOverAll() {
    Layer office =
        new Layer(
            List.of("carol"),
            LocalDateTime.parse("2026-11-23T00:00"),
            WEEK,
            BERLIN,
            new TimeInterval(
                List.of(TimeInterval.times("09:00", "17:00")),
                List.of(new TimeInterval.Range(1, 5)),
                List.of(),
                List.of(),
                List.of(),
                BERLIN));
    Rotation rotation =
        new Rotation(
            "shop",
            BERLIN,
            List.of(weekly("2026-11-23T09:00", "alice", "bob"), office),
            List.of(
                new Substitution("bob", berlin("2026-11-24T12:00"), berlin("2026-11-24T14:00"))),
            false,
            1);
    assertThat(lengths(rotation, "2026-11-24T00:00", "2026-11-25T00:00"))
        .containsExactly("alice 9h", "carol 3h", "bob 2h", "carol 3h", "alice 7h");
    assertThat(rotation.at(berlin("2026-11-28T12:00"))).as("Saturday").isEqualTo("alice");
  }

  @Test
  void aGapIsFoundAndSaidWithItsEnds() {
    Layer office =
        new Layer(
            List.of("carol"),
            LocalDateTime.parse("2026-11-23T00:00"),
            WEEK,
            BERLIN,
            new TimeInterval(
                List.of(TimeInterval.times("09:00", "17:00")),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                BERLIN));
    Rotation rotation = rotation(office);
    List<Shift> gaps = rotation.gaps(berlin("2026-11-24T12:00"));
    assertThat(gaps).hasSize(28);
    assertThat(gaps.getFirst())
        .isEqualTo(new Shift(null, berlin("2026-11-24T17:00"), berlin("2026-11-25T09:00")));
    assertThat(rotation(weekly("2026-11-23T09:00", "alice")).gaps(berlin("2026-11-24T12:00")))
        .isEmpty();
    assertThat(rotation.after(berlin("2026-11-24T12:00"))).as("there is nobody else").isNull();
  }

  @Test
  void whoFollowsIsTheNextOtherPerson() {
    Rotation rotation =
        new Rotation(
            "shop",
            BERLIN,
            List.of(weekly("2026-11-23T09:00", "alice", "bob")),
            List.of(
                new Substitution("alice", berlin("2026-11-30T09:00"), berlin("2026-12-07T09:00")),
                new Substitution("dave", berlin("2026-12-01T09:00"), berlin("2026-12-01T10:00"))),
            false,
            1);
    assertThat(rotation.after(berlin("2026-11-24T12:00"))).isEqualTo("dave");
    assertThat(rotation.after(berlin("2026-12-02T12:00")))
        .as("alice's override ends when alice's own turn begins, and bob's follows")
        .isEqualTo("bob");
  }

  private static List<String> lengths(Rotation rotation, String from, String to) {
    List<String> lengths = new ArrayList<>();
    for (Shift shift : rotation.shifts(berlin(from), berlin(to))) {
      lengths.add(
          shift.person() + " " + Duration.between(shift.from(), shift.to()).toHours() + "h");
    }
    return lengths;
  }

  private static Rotation rotation(Layer layer) {
    return new Rotation("shop", BERLIN, List.of(layer), List.of(), false, 1);
  }

  private static Layer weekly(String start, String... people) {
    return new Layer(List.of(people), LocalDateTime.parse(start), WEEK, BERLIN, null);
  }

  private static Layer daily(String start, String... people) {
    return new Layer(List.of(people), LocalDateTime.parse(start), DAY, BERLIN, null);
  }

  private static Instant berlin(String local) {
    return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
  }
}
