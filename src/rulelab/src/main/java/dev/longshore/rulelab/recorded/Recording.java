package dev.longshore.rulelab.recorded;

import dev.longshore.shared.elastic.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a test says that Elasticsearch holds: lines, by the queries that they match, and how far
/// agents say their nodes' lines are there.
///
/// @param nodes none when lines are complete as soon as they can be found
public record Recording(List<Query> queries, List<Node> nodes) {
  public Recording {
    queries = List.copyOf(queries);
    nodes = List.copyOf(nodes);
  }

  /// @param text as rules have it; white space does not count
  /// @param place where the test has it, for people
  /// @param failures when it has no answer
  public record Query(String text, String place, List<Line> lines, List<Failure> failures) {
    public Query {
      lines = List.copyOf(lines);
      failures = List.copyOf(failures);
    }

    /// A query's text without the white space that does not count: equal where queries are.
    public static String folded(String text) {
      return text.strip().replaceAll("\\s+", " ");
    }
  }

  /// A line.
  ///
  /// @param at its own time
  /// @param found from when on it can be found
  /// @param also other queries that it matches
  public record Line(Instant at, Instant found, Map<String, String> fields, Set<String> also) {
    public Line {
      fields = Map.copyOf(fields);
      also = Set.copyOf(also);
    }
  }

  /// @param refused whether the rule is at fault; else the source is away
  public record Failure(Instant from, Instant to, String cause, boolean refused) {}

  /// A node and what its agent says, in order of time.
  public record Node(String name, List<Said> said) {
    public Node {
      said = List.copyOf(said);
    }
  }

  /// What an agent says from a time on.
  public sealed interface Said {
    Instant from();

    /// Lines are there up to so long ago.
    record Behind(Instant from, Duration behind) implements Said {}

    /// Lines are there up to this time, and that does not move.
    record Stands(Instant from, Instant to) implements Said {}

    /// Nothing more.
    record Silent(Instant from) implements Said {}
  }

  /// What all agents have said at a time.
  List<Watermark> watermarks(Instant now) {
    List<Watermark> watermarks = new ArrayList<>();
    for (Node node : nodes) {
      Watermark watermark = watermark(node, now);
      if (watermark != null) {
        watermarks.add(watermark);
      }
    }
    return watermarks;
  }

  private static @Nullable Watermark watermark(Node node, Instant now) {
    Watermark watermark = null;
    Said before = null;
    for (Said said : node.said) {
      if (said.from().isAfter(now)) {
        break;
      }
      watermark =
          switch (said) {
            case Said.Behind behind -> published(node, now, now.minus(behind.behind));
            case Said.Stands stands -> published(node, now, stands.to);
            // Its last word was spoken just then.
            case Said.Silent silent ->
                switch (before) {
                  case Said.Behind behind ->
                      published(node, silent.from, silent.from.minus(behind.behind));
                  case Said.Stands stands -> published(node, silent.from, stands.to);
                  case Said.Silent _ -> watermark;
                  case null -> null;
                };
          };
      before = said;
    }
    return watermark;
  }

  private static Watermark published(Node node, Instant at, Instant to) {
    return new Watermark("test", node.name, at, to, false, List.of());
  }
}
