package dev.longshore.alerting.route;

import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matcher;
import dev.longshore.alerting.alert.Matchers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A node of the routing tree. What a child does not say it has from its parent, but for the time
/// intervals.
///
/// @param key the matchers from the root to here, as Alertmanager writes them. Siblings with equal
///   matchers share it; [#ids] tells them apart
/// @param matchers all must match; the root has none
/// @param receiver the receiver's name
/// @param grouping what makes alerts one notification
/// @param continues whether siblings after it are asked too (`continue`)
/// @param timing when its groups are told
/// @param muteTimeIntervals names of intervals in which nothing is told
/// @param activeTimeIntervals names of intervals in which alone something is told; empty: always
/// @param routes its children
public record Route(
    String key,
    List<Matcher> matchers,
    String receiver,
    Grouping grouping,
    boolean continues,
    Timing timing,
    List<String> muteTimeIntervals,
    List<String> activeTimeIntervals,
    List<Route> routes) {

  public Route {
    matchers = List.copyOf(matchers);
    muteTimeIntervals = List.copyOf(muteTimeIntervals);
    activeTimeIntervals = List.copyOf(activeTimeIntervals);
    routes = List.copyOf(routes);
  }

  /// When groups are told.
  ///
  /// @param groupWait from a group's first alert to its first notification
  /// @param groupInterval between two looks at a group
  /// @param repeatInterval after which what still fires is told again
  public record Timing(Duration groupWait, Duration groupInterval, Duration repeatInterval) {
    /// Alertmanager's defaults.
    public static final Timing STANDARD =
        new Timing(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(4));
  }

  /// What makes alerts one notification.
  ///
  /// @param all by all their labels (`group_by: ['...']`): each alert is its own group
  /// @param names else the labels with these names
  public record Grouping(boolean all, List<String> names) {
    /// All alerts of a route together.
    public static final Grouping NONE = new Grouping(false, List.of());

    public Grouping {
      names = List.copyOf(names);
    }

    Labels of(Labels labels) {
      return all ? labels : labels.only(names);
    }
  }

  /// The key of the root.
  public static final String ROOT = "{}";

  /// The key of a child, as in Alertmanager: it does not depend on the order of its matchers.
  public static String keyOf(String parent, List<Matcher> matchers) {
    return parent + "/" + Matchers.sorted(matchers);
  }

  /// What tells the routes of this tree apart, over restarts: the key, and for those after the
  /// first with the same key their number. By identity.
  public IdentityHashMap<Route, String> ids() {
    IdentityHashMap<Route, String> ids = new IdentityHashMap<>();
    Map<String, Integer> uses = new HashMap<>();
    forEach(
        route -> {
          int use = uses.merge(route.key(), 1, Integer::sum);
          ids.put(route, use == 1 ? route.key() : route.key() + "#" + use);
        });
    return ids;
  }

  /// The routes that an alert takes: the deepest that match, the first of each level, and more
  /// where they say `continue`. Empty when this one does not match.
  public List<Route> match(Labels labels) {
    if (!Matchers.match(matchers, labels)) {
      return List.of();
    }
    List<Route> matched = new ArrayList<>();
    for (Route child : routes) {
      List<Route> below = child.match(labels);
      matched.addAll(below);
      if (!below.isEmpty() && !child.continues) {
        break;
      }
    }
    return matched.isEmpty() ? List.of(this) : matched;
  }

  /// Whether no route below says `continue`.
  boolean hasOneWay() {
    return routes.stream().allMatch(it -> !it.continues && it.hasOneWay());
  }

  /// The matchers from here down to a route of this tree, by identity; empty when it is not in it.
  List<Matcher> matchersTo(Route route) {
    if (this == route) {
      return matchers;
    }
    for (Route child : routes) {
      if (child == route || child.contains(route)) {
        List<Matcher> all = new ArrayList<>(matchers);
        all.addAll(child.matchersTo(route));
        return all;
      }
    }
    return List.of();
  }

  private boolean contains(Route route) {
    return routes.stream().anyMatch(it -> it == route || it.contains(route));
  }

  /// This route and all below it, parents before children.
  public void forEach(Consumer<Route> action) {
    action.accept(this);
    routes.forEach(route -> route.forEach(action));
  }
}
