package dev.longshore.rulelab.ruletest;

import dev.longshore.rulelab.recorded.Recording;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads `logs` and `nodes` of a test: lines, and how far agents say they are there.
final class LogSections {

  /// Each evaluation looks at each line.
  private static final int MOST_LINES = 10_000;

  private static final Duration EVER = Duration.ofDays(365);

  /// A line may be from before the test begins: what was known then.
  private static final Type<Duration> OFFSET =
      new Type<>(
          "a duration, with - before it for a time before the start",
          "a duration, with - before it for a time before the start",
          "30s or -1h",
          LogSections::offset,
          Duration::toString);

  private final Instant start;
  private final List<Recording.Query> queries = new ArrayList<>();
  private final Set<String> texts = new HashSet<>();
  private int lines;

  private LogSections(Instant start) {
    this.start = start;
  }

  /// @param start the time at which the test begins
  static Recording read(Section test, Instant start) {
    LogSections reading = new LogSections(start);
    for (Section query : test.sections("logs", "Lines, by the queries that they match.")) {
      reading.query(query);
    }
    List<Recording.Node> nodes = new ArrayList<>();
    for (Section node : test.sections("nodes", "How far their lines are there.")) {
      nodes.add(reading.node(node));
    }
    return new Recording(reading.queries, nodes);
  }

  private static Duration offset(String text) {
    return text.startsWith("-")
        ? TestFileReader.DURATION.parse().apply(text.substring(1)).negated()
        : TestFileReader.DURATION.parse().apply(text);
  }

  private void query(Section section) {
    String text = section.requiredString("query", "As the rule has it.");
    if (!texts.add(Recording.Query.folded(text))) {
      section.problem("query", "has lines already; write them in one place");
    }
    List<Recording.Line> found = new ArrayList<>();
    for (Section line : section.sections("lines", "What it finds.")) {
      lines(line, found);
    }
    List<Recording.Failure> failures = new ArrayList<>();
    for (Section failure : section.sections("failures", "When it has no answer.")) {
      TestFile.Failure read = TestFileReader.failure(failure);
      failures.add(
          new Recording.Failure(
              start.plus(read.from()), start.plus(read.to()), read.cause(), read.refused()));
    }
    queries.add(new Recording.Query(text, "line " + section.line(), found, failures));
  }

  private void lines(Section section, List<Recording.Line> found) {
    Duration at = section.value("at", OFFSET, Duration.ZERO, "Their own time.");
    boolean inTime = section.isAbsent("found");
    Duration late = section.value("found", OFFSET, at, "From when on they can be found.");
    int times = section.integer("times", 1, 1, MOST_LINES, "How many.");
    Duration every =
        section.value("every", TestFileReader.DURATION, Duration.ZERO, "Between them.");
    Map<String, String> fields = section.texts("fields", "Of each.");
    Set<String> also = Set.copyOf(section.strings("also", List.of(), "Other queries they match."));
    if (!inTime && late.compareTo(at) < 0) {
      section.problem("found", "is before `at`; a line is found when it was logged, or later");
    }
    lines += times;
    if (lines > MOST_LINES) {
      section.problem("times", "there are more than " + MOST_LINES + " lines in this test");
      return;
    }
    for (int i = 0; i < times; i++) {
      Duration own = at.plus(every.multipliedBy(i));
      Duration there = inTime || own.compareTo(late) > 0 ? own : late;
      found.add(new Recording.Line(start.plus(own), start.plus(there), fields, also));
    }
  }

  private Recording.Node node(Section section) {
    String name = section.requiredString("node", "Its name.");
    List<Recording.Said> said = new ArrayList<>();
    for (Section one : section.sections("says", "What its agent says, in order of time.")) {
      Recording.Said step = said(one);
      if (!said.isEmpty() && step.from().isBefore(said.getLast().from())) {
        one.problem("from", "is before the one above it; write them in order of time");
      }
      said.add(step);
    }
    if (said.isEmpty()) {
      section.problem("says", "is missing; write such as [{from: 0s, behind: 5s}]");
    }
    return new Recording.Node(name, said);
  }

  private Recording.Said said(Section section) {
    Instant from = start.plus(section.value("from", OFFSET, EVER.negated(), "From when on."));
    boolean moves = !section.isAbsent("behind");
    boolean stands = !section.isAbsent("complete_to");
    Duration behind =
        section.value("behind", TestFileReader.DURATION, Duration.ZERO, "By so long.");
    Duration to = section.value("complete_to", OFFSET, Duration.ZERO, "Up to this time.");
    boolean silent = section.bool("silent", false, "Nothing more.");
    if ((moves ? 1 : 0) + (stands ? 1 : 0) + (silent ? 1 : 0) != 1) {
      section.problem("write one of `behind: 5s`, `complete_to: 10m` and `silent: true`");
    }
    return moves
        ? new Recording.Said.Behind(from, behind)
        : stands
            ? new Recording.Said.Stands(from, start.plus(to))
            : new Recording.Said.Silent(from);
  }
}
