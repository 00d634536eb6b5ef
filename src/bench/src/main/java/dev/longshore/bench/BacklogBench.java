package dev.longshore.bench;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `longshore bench --backlog`: what a line of a backlog costs, by how many containers have it and
/// how large it is. It should not depend on either.
final class BacklogBench implements Row {
  private static final String CONTAINERS = "--containers";
  private static final String SIZES = "--sizes";
  private static final String FULL = "--full";
  private static final String TEN_GB = "10GB";

  /// Asking about 1,000 containers costs the agent some milliseconds.
  private static final Duration EVERY = Duration.ofSeconds(1);

  private static final Duration FIRST_EVERY = Duration.ofMillis(50);

  /// Of a line of the corpus, about.
  private static final long LINE_BYTES = 200;

  private static final double MICROS = 1e6;
  private static final Aim SPREAD = Aim.atMost(1.2, "1.20");

  @Override
  public String option() {
    return "--backlog";
  }

  @Override
  public String key() {
    return "backlog";
  }

  @Override
  public String summary() {
    return "cost per line of backlogs of 10 to 1,000 containers, and how far apart they are";
  }

  @Override
  public int runs(Scale scale) {
    return 1;
  }

  @Override
  public List<Option> options() {
    return List.of(
        Option.of(
            CONTAINERS, Option.Kind.COUNTS, "10,100,1000", "10,1000", "2,4", "how many have it"),
        Option.of(SIZES, Option.Kind.SIZES, "100MB,1GB", "100MB", "2MB", "how large it is in all"),
        Option.flag(FULL, "measures 10 GB as well"));
  }

  /// A backlog that was shipped.
  ///
  /// @param micros of CPU per line, the agent's start included
  /// @param runningMicros the same from the first lines indexed on
  private record Shipped(double micros, double runningMicros) {}

  @Override
  public Report measure(Settings settings) throws IOException, InterruptedException {
    List<String> sizes = new ArrayList<>(settings.list(SIZES));
    if (settings.has(FULL)) {
      sizes.add(TEN_GB);
    }
    List<String> names = new ArrayList<>();
    List<Shipped> all = new ArrayList<>();
    for (String size : sizes) {
      for (String containers : settings.list(CONTAINERS)) {
        names.add(size + "." + containers);
        all.add(ship(Option.count(containers), Option.bytes(size)));
        Bench.step("  %.2f µs per line", all.getLast().micros());
      }
    }
    double[] micros = all.stream().mapToDouble(Shipped::micros).sorted().toArray();
    double[] running = all.stream().mapToDouble(Shipped::runningMicros).sorted().toArray();
    Report report = new Report(spread(micros));
    for (int i = 0; i < all.size(); i++) {
      String[] parts = names.get(i).split("\\.", -1);
      String name = String.format(Locale.ROOT, "%s in %s containers", parts[0], parts[1]);
      double one = all.get(i).micros();
      double ratio = one / micros[0];
      report.add(
          "microsPerLine." + names.get(i),
          one,
          name + ", CPU per line",
          "%.2f µs, %.2f of the cheapest",
          one,
          ratio);
      report.add(
          "microsPerLineRunning." + names.get(i),
          all.get(i).runningMicros(),
          name + ", without the start",
          "%.2f µs",
          all.get(i).runningMicros());
    }
    return report
        .add(
            "dearestToCheapest",
            spread(micros),
            SPREAD,
            "dearest to cheapest",
            "%.2f",
            spread(micros))
        .add(
            "dearestToCheapestRunning",
            spread(running),
            "dearest to cheapest, without the start",
            "%.2f",
            spread(running));
  }

  private static double spread(double[] sorted) {
    return sorted[sorted.length - 1] / sorted[0];
  }

  private static Shipped ship(long containers, long bytes) throws IOException {
    long lines = Math.max(containers, bytes / LINE_BYTES);
    Bench.step("%,d lines of %,d containers", lines, containers);
    Path folder = ProjectFolder.find().resolve(".longshore/bench");
    try (BenchNode node = new BenchNode(folder, BenchNode.containers(containers));
        SinkProcess sink = SinkProcess.start(folder.resolve("sink.log"))) {
      LogCorpus corpus = new LogCorpus(node.logs(), lines);
      corpus.write();
      try (AgentRun agent = node.start(sink.url(), "", List.of(), List.of())) {
        AgentRun.Progress first = agent.untilIndexed(1, FIRST_EVERY);
        AgentRun.Progress done = agent.untilAllIndexed(corpus.records(), EVERY);
        agent.end();
        double perLine = MICROS / corpus.lines();
        double whole = done.cost().cpuSeconds();
        double share = (double) (done.records() - first.records()) / done.records();
        return new Shipped(whole * perLine, (whole - first.cost().cpuSeconds()) * perLine / share);
      }
    }
  }
}
