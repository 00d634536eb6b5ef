package dev.longshore.agent.command;

import dev.longshore.agent.command.LineSample.Drawn;
import dev.longshore.agent.command.LineSample.Line;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.agent.filter.FilterRule;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.command.Arguments;
import dev.longshore.shared.command.Arguments.Wrong;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.units.Durations;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `longshore agent top --config F`: which workloads and which patterns of lines fill the index,
/// and what a rule of `filters` would save for each.
///
/// It goes by a random sample of what Elasticsearch has of a period, so it sees all nodes, costs
/// the agents nothing, and needs a user who may read logs. Shares are of documents and of the bytes
/// of their `message`.
final class TopCommand {
  static final Duration PERIOD = Duration.ofHours(1);
  static final int DOCUMENTS = 10_000;
  private static final int MOST_DOCUMENTS = 100_000;
  private static final int ROWS = 10;
  private static final int SAMPLED = 10;
  private static final int LONGEST_SHOWN = 110;

  private final Map<String, String> environment;
  private final Clock clock;
  private final PrintStream out;

  TopCommand(Map<String, String> environment, Clock clock, PrintStream out) {
    this.environment = environment;
    this.clock = clock;
    this.out = out;
  }

  int run(List<String> words) throws Wrong, IOException {
    Arguments arguments =
        new Arguments(
            words,
            Set.of("--config", "--data-stream", "--namespace", "--since", "--sample"),
            Set.of(),
            0);
    String file = arguments.value("--config");
    if (file == null) {
      throw new Wrong("option --config is required; it says where Elasticsearch is");
    }
    Duration period = period(arguments.value("--since"));
    int most = documents(arguments.value("--sample"));
    AgentConfig config = AgentConfig.load(Path.of(file), environment);
    String dataStream = arguments.value("--data-stream", config.ship().dataStream());
    try (Elastic elastic = new Elastic(config.elastic(), clock)) {
      Drawn drawn =
          new LineSample(elastic, dataStream, arguments.value("--namespace", ""))
              .draw(clock.epochMillis(), period, most);
      out.printf(
          "%s, the last %s: %,d documents, %,d of them looked at%n",
          dataStream, Durations.format(period), drawn.documents(), drawn.lines().size());
      if (!drawn.lines().isEmpty()) {
        print(drawn.lines());
      }
    }
    return Commands.OK;
  }

  private static Duration period(@Nullable String text) throws Wrong {
    try {
      Duration period = text == null ? PERIOD : Durations.parse(text);
      if (period.compareTo(Duration.ofMinutes(1)) >= 0) {
        return period;
      }
    } catch (IllegalArgumentException e) {
      // Said below, for all ways to be wrong.
    }
    throw new Wrong("--since " + text + " is no duration of a minute or more, such as 30m or 24h");
  }

  private static int documents(@Nullable String text) throws Wrong {
    try {
      int documents = text == null ? DOCUMENTS : Integer.parseInt(text);
      if (documents >= 1 && documents <= MOST_DOCUMENTS) {
        return documents;
      }
    } catch (NumberFormatException e) {
      // Said below, for all ways to be wrong.
    }
    throw new Wrong("--sample " + text + " is no number from 1 to " + MOST_DOCUMENTS);
  }

  private void print(List<Line> lines) {
    Map<String, List<Line>> workloads = new LinkedHashMap<>();
    Map<String, LinePattern> patterns = new LinkedHashMap<>();
    for (Line line : lines) {
      String workload = workload(line);
      workloads.computeIfAbsent(workload, _ -> new ArrayList<>()).add(line);
      patterns
          .computeIfAbsent(
              workload + "\n" + line.level() + "\n" + line.pattern(), _ -> new LinePattern(line))
          .add(line);
    }
    double allDocuments = documents(lines);
    double allBytes = bytes(lines);
    out.printf("%n%-48s %14s %7s %7s%n", "WORKLOAD", "DOCUMENTS", "SHARE", "TEXT");
    workloads.entrySet().stream()
        .sorted(Comparator.comparingDouble(workload -> -bytes(workload.getValue())))
        .limit(ROWS)
        .forEach(
            workload ->
                out.printf(
                    "%-48s %,14.0f %s %s%n",
                    workload.getKey(),
                    documents(workload.getValue()),
                    share(documents(workload.getValue()), allDocuments),
                    share(bytes(workload.getValue()), allBytes)));
    List<LinePattern> largest =
        patterns.values().stream()
            .sorted(Comparator.comparingDouble(pattern -> -pattern.bytes()))
            .limit(ROWS)
            .toList();
    for (int i = 0; i < largest.size(); i++) {
      LinePattern pattern = largest.get(i);
      String workload = workload(pattern.first());
      out.printf(
          "%n%d. %s, %s: %s of the documents, %s of the text%n   %s%n",
          i + 1,
          workload,
          pattern.level().equals("none") ? "no level" : pattern.level(),
          share(pattern.documents(), allDocuments).strip(),
          share(pattern.bytes(), allBytes).strip(),
          shown(pattern.first().pattern()));
      FilterRule rule = pattern.rule(i + 1);
      double[] saved = LinePattern.saved(rule, workloads.getOrDefault(workload, List.of()));
      out.printf(
          "   this rule saves %s of the documents, %s of the text; with `sample 1/%d` %s, %s%n   %s%n",
          share(saved[0], allDocuments).strip(),
          share(saved[1], allBytes).strip(),
          SAMPLED,
          share(saved[0] * (SAMPLED - 1) / SAMPLED, allDocuments).strip(),
          share(saved[1] * (SAMPLED - 1) / SAMPLED, allBytes).strip(),
          LinePattern.yaml(rule));
    }
    out.printf(
        "%nRules go under `filters` of the agent's configuration; `longshore agent filter` tries them on"
            + " recorded lines.%n");
  }

  private static String workload(Line line) {
    return line.namespace()
        + "/"
        + line.workload()
        + (line.owner().isEmpty() ? " (container)" : " (" + line.owner() + ")");
  }

  private static double documents(List<Line> lines) {
    return lines.stream().mapToDouble(Line::weight).sum();
  }

  private static double bytes(List<Line> lines) {
    return lines.stream().mapToDouble(Line::weightedBytes).sum();
  }

  private static String share(double part, double whole) {
    return "%6.1f%%".formatted(whole == 0 ? 0.0 : 100 * part / whole);
  }

  private static String shown(String pattern) {
    return pattern.length() <= LONGEST_SHOWN ? pattern : pattern.substring(0, LONGEST_SHOWN) + "…";
  }
}
