package dev.longshore.agent.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.command.LineSample.Line;
import dev.longshore.agent.filter.FilterRule;
import dev.longshore.agent.filter.Filters;
import dev.longshore.agent.filter.PodFilters;
import dev.longshore.agent.line.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Lines of one workload, level and wording, and the rule that would leave them out.
final class LinePattern {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Shorter texts stand in too many lines.
  private static final int SHORTEST_TEXT = 4;

  private static final int LONGEST_TEXT = 80;
  private static final int LONGEST_NAME = 50;

  private final Line first;
  private double documents;
  private double bytes;

  LinePattern(Line first) {
    this.first = first;
  }

  void add(Line line) {
    documents += line.weight();
    bytes += line.weightedBytes();
  }

  /// A line of it.
  Line first() {
    return first;
  }

  double documents() {
    return documents;
  }

  double bytes() {
    return bytes;
  }

  String level() {
    return first.level().name().toLowerCase(Locale.ROOT);
  }

  /// The rule that drops its lines: by namespace, workload and level, and by the longest text that
  /// they share.
  FilterRule rule(int number) {
    boolean owned = !first.owner().isEmpty();
    return new FilterRule(
        name(number),
        first.namespace().isEmpty() ? List.of() : List.of(first.namespace()),
        owned ? List.of(first.workload()) : List.of(),
        owned ? List.of() : List.of(first.container()),
        Map.of(),
        "",
        List.of(level()),
        text(),
        "",
        FilterRule.DROP);
  }

  private String name(int number) {
    String words =
        (first.workload() + "-" + level()).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-");
    return words.substring(0, Math.min(words.length(), LONGEST_NAME)) + "-" + number;
  }

  /// The longest part without what changes; empty when there is none that is worth it.
  private String text() {
    List<String> parts = new ArrayList<>();
    for (String part : first.pattern().split("#", -1)) {
      String text = part.substring(0, Math.min(part.length(), LONGEST_TEXT)).strip();
      if (text.length() >= SHORTEST_TEXT
          && !text.contains("redacted")
          && first.message().contains(text)) {
        parts.add(text);
      }
    }
    return parts.stream().max(Comparator.comparingInt(String::length)).orElse("");
  }

  /// What a rule would leave out of lines.
  ///
  /// @return documents and bytes of text
  static double[] saved(FilterRule rule, List<Line> lines) {
    double[] saved = new double[2];
    for (Line line : lines) {
      byte[] message = line.message().getBytes(StandardCharsets.UTF_8);
      PodFilters filters =
          new PodFilters(
              new Filters(List.of(rule)), line.namespace(), line.container(), fields(line));
      Level level = line.level();
      if (filters.filteredBy(line.stderr(), level, message, 0, message.length, 0)
          != PodFilters.SHIPPED) {
        saved[0] += line.weight();
        saved[1] += line.weightedBytes();
      }
    }
    return saved;
  }

  private static byte[] fields(Line line) {
    String owner =
        line.owner().isEmpty()
            ? ""
            : quoted(line.owner()) + ":{\"name\":" + quoted(line.workload()) + "}";
    return ("\"kubernetes\":{" + owner + "}").getBytes(StandardCharsets.UTF_8);
  }

  /// A rule as the configuration writes it, on one line.
  static String yaml(FilterRule rule) {
    StringBuilder yaml = new StringBuilder("- {name: ").append(rule.name());
    list(yaml, "namespaces", rule.namespaces());
    list(yaml, "workloads", rule.workloads());
    list(yaml, "containers", rule.containers());
    list(yaml, "levels", rule.levels());
    if (!rule.contains().isEmpty()) {
      yaml.append(", contains: ").append(quoted(rule.contains()));
    }
    return yaml.append(", action: ").append(rule.action()).append('}').toString();
  }

  private static void list(StringBuilder yaml, String key, List<String> names) {
    if (!names.isEmpty()) {
      yaml.append(", ").append(key).append(": [");
      yaml.append(String.join(", ", names.stream().map(LinePattern::quoted).toList()));
      yaml.append(']');
    }
  }

  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
