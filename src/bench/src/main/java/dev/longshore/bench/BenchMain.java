package dev.longshore.bench;

import dev.longshore.testkit.ClaimedFolder;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `longshore bench`: measures, prints each figure beside its ratio and its aim, and writes it as
/// JSON where that is asked for.
///
/// The first argument names what is measured; without one it is [ThroughputBench]. `--all` measures
/// each [Row]. `--jmh …` runs JMH's benchmarks of single stages instead; what is behind goes to
/// JMH.
public final class BenchMain {
  private static final String ALL = "--all";
  private static final String HELP = "--help";
  private static final String RUNS = "--runs";
  private static final String JSON = "--json";
  private static final String SCALE = "--scale";
  private static final String WITHOUT = "--without";
  private static final String DOCUMENTS = "--documents";

  private static final Option RUNS_OPTION =
      Option.of(RUNS, Option.Kind.COUNT, "", "", "", "how often; told is the median run");
  private static final Option JSON_OPTION =
      Option.of(
          JSON, Option.Kind.FILE, "", "", "", "where the figures go; others in the file stay");

  private static final List<Row> ROWS =
      List.of(
          new ThroughputBench(),
          new SteadyBench(),
          new RateBench(),
          new TrickleBench(),
          new StartBench(),
          new BacklogBench(),
          new ChainBench());

  private static final List<TableBench> TABLES =
      List.of(
          new TableBench(
              "--alerting",
              "CPU and memory of alerting with 1,000 rules and 5,000 alerts",
              List.of(),
              settings -> AlertingBench.run()),
          new TableBench(
              "--log-rules",
              "time and Elasticsearch's CPU of each kind of log rule",
              List.of(
                  Option.of(
                      DOCUMENTS,
                      Option.Kind.COUNT,
                      Long.toString(LogRulesBench.DOCUMENTS),
                      "",
                      "",
                      "documents that they look through")),
              settings -> LogRulesBench.run(settings.count(DOCUMENTS))),
          new TableBench(
              "--log-alert",
              "seconds from an error line to its message in Slack",
              List.of(),
              settings -> LogAlertBench.run()),
          new TableBench(
              "--backtest",
              "three log rules over a week of logs",
              List.of(),
              settings -> BacktestBench.run()));

  private static final List<Option> ALL_OPTIONS =
      List.of(
          Option.of(
              SCALE, Option.Kind.SCALE, "short", "", "", "how long each takes: whole, short, tiny"),
          Option.of(WITHOUT, Option.Kind.TEXTS, "", "", "", "keys that are left out"),
          RUNS_OPTION,
          JSON_OPTION);

  private BenchMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length > 0 && arguments[0].equals("--jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
      return;
    }
    try {
      run(List.of(arguments));
    } catch (UsageException e) {
      System.err.println("longshore bench: " + e.getMessage());
      System.exit(2);
    }
    // Threads of the in-memory API server would keep the process for a while.
    System.exit(0);
  }

  private static void run(List<String> arguments) throws IOException, InterruptedException {
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    Bench named = named(first);
    if (first.equals(HELP)) {
      help();
    } else if (first.equals(ALL)) {
      all(rest);
    } else if (named == null) {
      one(ROWS.getFirst(), arguments);
    } else {
      one(named, rest);
    }
  }

  private static @Nullable Bench named(String option) {
    List<Bench> all = new ArrayList<>(ROWS);
    all.addAll(TABLES);
    return all.stream().filter(bench -> bench.option().equals(option)).findFirst().orElse(null);
  }

  private static void one(Bench bench, List<String> arguments)
      throws IOException, InterruptedException {
    List<Option> options = options(bench);
    if (arguments.contains(HELP)) {
      help(bench, options);
      return;
    }
    Settings settings = Settings.parse(arguments, options, Scale.WHOLE);
    try (ClaimedFolder _ = claim()) {
      switch (bench) {
        case TableBench table -> table.work().run(settings);
        case Row row -> measure(row, settings, Scale.WHOLE);
      }
    }
  }

  /// The folder in which benches run, one at a time.
  private static ClaimedFolder claim() throws IOException {
    Path folder = ProjectFolder.find().resolve(".longshore/bench");
    return ClaimedFolder.claim(folder)
        .orElseThrow(
            () ->
                new UsageException(
                    "another bench uses %s; wait for it, or run this one in another clone"
                        .formatted(folder)));
  }

  private static List<Option> options(Bench bench) {
    List<Option> options = new ArrayList<>(bench.options());
    if (bench instanceof Row) {
      options.add(RUNS_OPTION);
      options.add(JSON_OPTION);
    }
    return options;
  }

  private static void all(List<String> arguments) throws IOException, InterruptedException {
    if (arguments.contains(HELP)) {
      System.out.println("longshore bench --all: each row, a short time each");
      ALL_OPTIONS.forEach(option -> System.out.println(option.help()));
      return;
    }
    Settings given = Settings.parse(arguments, ALL_OPTIONS, Scale.WHOLE);
    Scale scale = given.scale(SCALE);
    List<String> without = given.list(WITHOUT);
    for (String key : without) {
      if (ROWS.stream().noneMatch(row -> row.key().equals(key))) {
        throw new UsageException(
            "no row '" + key + "'; there are: " + ROWS.stream().map(Row::key).toList());
      }
    }
    try (ClaimedFolder _ = claim()) {
      for (Row row : ROWS) {
        if (!without.contains(row.key())) {
          measure(row, given.with(Settings.parse(List.of(), row.options(), scale)), scale);
        }
      }
    }
  }

  private static void measure(Row row, Settings settings, Scale scale)
      throws IOException, InterruptedException {
    int runs = settings.has(RUNS) ? (int) settings.count(RUNS) : row.runs(scale);
    List<Report> reports = new ArrayList<>();
    for (int run = 1; run <= runs; run++) {
      Bench.step("%s: run %d of %d", row.key(), run, runs);
      reports.add(row.measure(settings));
    }
    reports.sort(Comparator.comparingDouble(Report::headline));
    Report median = reports.get(reports.size() / 2);
    System.out.println(row.key());
    median.print(System.out);
    System.out.println();
    Path file = settings.file(JSON);
    if (file != null) {
      new FigureFile(file).put(row.key(), median.json().put("runs", runs));
    }
  }

  private static void help() {
    System.out.println("longshore bench [ROW] [OPTIONS]; OPTIONS of a row: bench ROW --help");
    ROWS.forEach(BenchMain::helpLine);
    System.out.printf("  %-18s %s%n", ALL, "all of these, a short time each");
    TABLES.forEach(BenchMain::helpLine);
    System.out.printf("  %-18s %s%n", "--jmh [REGEX]", "JMH's benchmarks of single stages");
  }

  private static void helpLine(Bench bench) {
    System.out.printf("  %-18s %s%n", bench.option(), bench.summary());
  }

  private static void help(Bench bench, List<Option> options) {
    System.out.println("longshore bench " + bench.option() + ": " + bench.summary());
    options.forEach(option -> System.out.println(option.help()));
  }
}
