package dev.longshore.agent.filter;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The rules in their order.
///
/// @param rules the first that matches decides
public record Filters(List<FilterRule> rules) {
  public static final Filters NONE = new Filters(List.of());

  /// Each is asked about each record of the pods that it may match.
  public static final int MOST = 64;

  /// @throws IllegalArgumentException when there are too many, or two of one name
  public Filters {
    rules = List.copyOf(rules);
    if (rules.size() > MOST) {
      throw new IllegalArgumentException(
          "filters has %d rules; accepted are up to %d".formatted(rules.size(), MOST));
    }
    Set<String> names = new HashSet<>();
    for (FilterRule rule : rules) {
      if (!names.add(rule.name())) {
        throw new IllegalArgumentException(
            "filters has two rules called '%s'; they are counted by name".formatted(rule.name()));
      }
    }
  }
}
