package dev.longshore.alerting.oncall;

import dev.longshore.alerting.route.TimeInterval;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// People who take turns. Hand-overs are local times: over a change to or from summer time a shift
/// is an hour shorter or longer.
///
/// @param people their names, in the order of their turns
/// @param start when the first turn of the first of them begins
/// @param every how long a turn is, in local time: a week is seven days, whatever hours they have
/// @param hours when they are on call at all; null: always
public record Layer(
    List<String> people,
    LocalDateTime start,
    Duration every,
    ZoneId zone,
    @Nullable TimeInterval hours) {

  public Layer {
    people = List.copyOf(people);
  }

  /// Who is on call; null when nobody of this layer is.
  @Nullable String at(Instant moment) {
    if (people.isEmpty() || moment.isBefore(beginOf(0)) || !isWithinHours(moment)) {
      return null;
    }
    return people.get((int) (turn(moment) % people.size()));
  }

  private boolean isWithinHours(Instant moment) {
    return hours == null || hours.contains(moment);
  }

  /// The first moment after another at which somebody else may be on call.
  Instant nextBoundary(Instant after) {
    Instant next = after.isBefore(beginOf(0)) ? beginOf(0) : firstAfter(after, turn(after));
    if (hours == null) {
      return next;
    }
    Instant edge = hours.nextBoundary(after);
    return edge.isBefore(next) ? edge : next;
  }

  /// Turns of which a change of the clock leaves nothing are passed over.
  private Instant firstAfter(Instant moment, long turn) {
    long next = turn + 1;
    while (!beginOf(next).isAfter(moment)) {
      next++;
    }
    return beginOf(next);
  }

  /// The number of the turn that a moment is in, from 0; of a moment after the start.
  private long turn(Instant moment) {
    Duration passed = Duration.between(start, moment.atZone(zone).toLocalDateTime());
    long turn = Math.floorDiv(passed.toSeconds(), every.toSeconds());
    // In the hour that comes twice, local times do not say which turn it is.
    while (!beginOf(turn + 1).isAfter(moment)) {
      turn++;
    }
    while (turn > 0 && beginOf(turn).isAfter(moment)) {
      turn--;
    }
    return Math.max(0, turn);
  }

  private Instant beginOf(long turn) {
    return start.plusSeconds(turn * every.toSeconds()).atZone(zone).toInstant();
  }

  /// How long it takes until all have had their turn.
  Duration cycle() {
    return every.multipliedBy(Math.max(1, people.size()));
  }
}
