package dev.longshore.alerting.metrics;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which source evaluates which rule group.
///
/// The first source with a pattern for the group's name has it; else the first without patterns.
public final class Sources {

  /// A source and the patterns of the groups it takes; no pattern for those that nobody else takes.
  public record Assignment(MetricSource source, List<String> groups) {
    public Assignment {
      groups = List.copyOf(groups);
    }
  }

  private record Taking(MetricSource source, Pattern groups) {}

  private final List<Taking> taking = new ArrayList<>();
  private final List<MetricSource> all;
  private final @Nullable MetricSource rest;

  public Sources(List<Assignment> assignments) {
    all = assignments.stream().map(Assignment::source).toList();
    MetricSource without = null;
    for (Assignment assignment : assignments) {
      if (!assignment.groups().isEmpty()) {
        taking.add(new Taking(assignment.source(), pattern(assignment.groups())));
      } else if (without == null) {
        without = assignment.source();
      }
    }
    rest = without;
  }

  /// One source for all groups.
  public static Sources of(MetricSource source) {
    return new Sources(List.of(new Assignment(source, List.of())));
  }

  private static Pattern pattern(List<String> groups) {
    List<String> alternatives = new ArrayList<>();
    for (String group : groups) {
      StringBuilder text = new StringBuilder();
      for (String part : group.split("\\*", -1)) {
        text.append(text.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        if (text.isEmpty()) {
          text.append("(?:)");
        }
      }
      alternatives.add(text.toString());
    }
    return Pattern.compile("(?:" + String.join("|", alternatives) + ")", Pattern.DOTALL);
  }

  /// The source of a group; null when none takes it.
  public @Nullable MetricSource of(String group) {
    for (Taking candidate : taking) {
      if (candidate.groups.matches(group)) {
        return candidate.source;
      }
    }
    return rest;
  }

  /// All sources, in the order of configuration.
  public List<MetricSource> all() {
    return all;
  }
}
