package dev.longshore.alerting.config;

import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.notify.Receiver;
import dev.longshore.alerting.route.Route;
import dev.longshore.shared.config.PrometheusTypes;
import dev.longshore.shared.config.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The section `route`, with all that is below it.
final class RouteKeys {
  private final Set<String> receivers;
  private final Set<String> intervals;

  RouteKeys(List<Receiver> receivers, Set<String> intervals) {
    this.receivers = receivers.stream().map(Receiver::name).collect(Collectors.toSet());
    this.intervals = intervals;
  }

  Route read(Section section) {
    Route above =
        new Route(
            Route.ROOT,
            List.of(),
            "",
            Route.Grouping.NONE,
            false,
            Route.Timing.STANDARD,
            List.of(),
            List.of(),
            List.of());
    Route root = read(section, above, true);
    Map<String, List<String>> intervals =
        Map.of(
            "mute_time_intervals", root.muteTimeIntervals(),
            "active_time_intervals", root.activeTimeIntervals());
    intervals.forEach(
        (key, names) -> {
          if (!names.isEmpty()) {
            section.problem(key, "the root route can't have time intervals; write them on a child");
          }
        });
    if (root.continues()) {
      section.problem("continue", "the root route has no siblings; remove it");
    }
    if (root.receiver().isEmpty()) {
      section.problem("receiver", "is missing; the root route needs a receiver");
    }
    return root;
  }

  private Route read(Section section, Route parent, boolean isRoot) {
    List<Matcher> matchers = MatcherKeys.read(section, "matchers", "match", "match_re");
    if (isRoot && !matchers.isEmpty()) {
      String key =
          section.isAbsent("matchers")
              ? section.isAbsent("match") ? "match_re" : "match"
              : "matchers";
      section.problem(key, "the root route matches everything; write matchers on a child");
    }
    String own = section.optionalText("receiver");
    String receiver = parent.receiver();
    if (own != null && !own.isEmpty()) { // charts render a value that is not set as an empty one
      receiver = own;
      if (!receivers.contains(own)) {
        section.problem(
            "receiver",
            "there is no receiver '"
                + own
                + "'; known: "
                + String.join(", ", receivers.stream().sorted().toList()));
      }
    }
    Route.Timing timing =
        new Route.Timing(
            section.value("group_wait", PrometheusTypes.DURATION, parent.timing().groupWait(), ""),
            positive(section, "group_interval", parent.timing().groupInterval()),
            positive(section, "repeat_interval", parent.timing().repeatInterval()));
    Route route =
        new Route(
            isRoot ? Route.ROOT : Route.keyOf(parent.key(), matchers),
            isRoot ? List.of() : matchers,
            receiver,
            grouping(section, parent.grouping()),
            section.bool("continue", false, ""),
            timing,
            known(section, "mute_time_intervals"),
            known(section, "active_time_intervals"),
            List.of());
    List<Route> children = new ArrayList<>();
    for (Section child : section.sections("routes", "")) {
      children.add(read(child, route, false));
    }
    return new Route(
        route.key(),
        route.matchers(),
        route.receiver(),
        route.grouping(),
        route.continues(),
        route.timing(),
        route.muteTimeIntervals(),
        route.activeTimeIntervals(),
        children);
  }

  private static Duration positive(Section section, String key, Duration inherited) {
    return section.value(key, PrometheusTypes.POSITIVE_DURATION, inherited, "");
  }

  private static Route.Grouping grouping(Section section, Route.Grouping inherited) {
    boolean absent = section.isAbsent("group_by");
    List<String> names = section.strings("group_by", List.of(), "");
    if (absent || names.isEmpty()) {
      return inherited; // as Alertmanager takes an empty list
    }
    if (new HashSet<>(names).size() != names.size()) {
      section.problem("group_by", "names a label twice");
    }
    if (names.contains("...")) {
      if (names.size() > 1) {
        section.problem("group_by", "'...' stands for all labels; write it alone, or write names");
      }
      return new Route.Grouping(true, List.of());
    }
    return new Route.Grouping(false, names);
  }

  private List<String> known(Section section, String key) {
    List<String> names = section.strings(key, List.of(), "");
    for (String name : names) {
      if (!intervals.contains(name)) {
        section.problem(
            key,
            "there is no time interval '"
                + name
                + "'; known: "
                + String.join(", ", intervals.stream().sorted().toList()));
      }
    }
    return names;
  }
}
