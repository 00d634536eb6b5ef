package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the configuration says about routing, as one value that a reload replaces.
///
/// @param root the tree
/// @param inhibitRules in the order of the file
/// @param intervals the named time intervals; one of several contains a moment when any does
public record Routing(
    Route root, List<InhibitRule> inhibitRules, Map<String, List<TimeInterval>> intervals) {

  /// How far ahead the end of a mute is looked for.
  static final Duration LOOK_AHEAD = Duration.ofDays(400);

  public Routing {
    inhibitRules = List.copyOf(inhibitRules);
    intervals = Map.copyOf(intervals);
  }

  /// The receivers that an alert goes to, in the order of the routes.
  public List<String> receivers(Labels labels) {
    return root.match(labels).stream().map(Route::receiver).distinct().toList();
  }

  /// Whether each alert goes one way alone.
  public boolean hasOneWay() {
    return root.hasOneWay();
  }

  /// Why a route notifies nobody at a time, for people; empty when it does.
  String muteReason(Route route, Instant now) {
    List<String> by = mutedBy(route, now);
    if (by.isEmpty()) {
      return "";
    }
    return by.stream().anyMatch(it -> contains(it, now))
        ? "it is muted by the time interval " + String.join(", ", by)
        : "it is outside of the active time intervals " + String.join(", ", by);
  }

  /// Why a route tells nothing at a time: names of mute intervals that contain it, or of all its
  /// active intervals when none does. Empty: it tells.
  public List<String> mutedBy(Route route, Instant now) {
    List<String> muted =
        route.muteTimeIntervals().stream().filter(name -> contains(name, now)).toList();
    List<String> active = route.activeTimeIntervals();
    if (muted.isEmpty()
        && !active.isEmpty()
        && active.stream().noneMatch(it -> contains(it, now))) {
      return active;
    }
    return muted;
  }

  /// When a route that notifies nobody at a time notifies again.
  ///
  /// @return null when that is not within [#LOOK_AHEAD]
  @Nullable Instant mutedUntil(Route route, Instant now) {
    List<TimeInterval> deciding =
        Stream.concat(route.muteTimeIntervals().stream(), route.activeTimeIntervals().stream())
            .flatMap(name -> intervals.getOrDefault(name, List.of()).stream())
            .toList();
    Instant last = now.plus(LOOK_AHEAD);
    Instant at = now;
    while (!mutedBy(route, at).isEmpty()) {
      Instant before = at;
      at =
          deciding.stream()
              .map(it -> it.nextBoundary(before))
              .min(Comparator.naturalOrder())
              .orElse(Instant.MAX);
      if (at.isAfter(last)) {
        return null;
      }
    }
    return at;
  }

  private boolean contains(String interval, Instant now) {
    return intervals.getOrDefault(interval, List.of()).stream().anyMatch(it -> it.contains(now));
  }
}
