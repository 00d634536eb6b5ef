package dev.longshore.alerting.route;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What the configuration says about routing, as one value that a reload replaces.
///
/// @param root the tree
/// @param inhibitRules in the order of the file
/// @param intervals the named time intervals; one of several contains a moment when any does
public record Routing(
    Route root, List<InhibitRule> inhibitRules, Map<String, List<TimeInterval>> intervals) {
  public Routing {
    inhibitRules = List.copyOf(inhibitRules);
    intervals = Map.copyOf(intervals);
  }

  /// Why a route notifies nobody at a time, for people; empty when it does.
  String muteReason(Route route, Instant now) {
    List<String> by = mutedBy(route, now);
    if (by.isEmpty()) {
      return "";
    }
    return by.stream().anyMatch(it -> contains(it, now))
        ? "the mute time interval " + String.join(", ", by) + " is now"
        : "none of the active time intervals " + String.join(", ", by) + " is now";
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

  private boolean contains(String interval, Instant now) {
    return intervals.getOrDefault(interval, List.of()).stream().anyMatch(it -> it.contains(now));
  }
}
