package dev.longshore.bench;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `longshore bench`: bytes and lines per CPU second of the whole agent process, its peak resident
/// memory, and how it compares with `gzip -1` on the same files in the same run.
///
/// `longshore bench --alerting` measures alerting instead: see [AlertingBench].
///
/// `longshore bench --log-rules [DOCUMENTS]` asks each kind of log rule over a day of documents,
/// and `longshore bench --log-alert` takes the time from an error line to its message: see
/// [LogRulesBench] and [LogAlertBench].
///
/// `longshore bench --backtest` looks back with log rules at a week of logs: see [BacktestBench].
///
/// `longshore bench --chain [LINES]` ships the corpus into a real Elasticsearch, and says what a
/// line costs both, on the wire and on the disk: see [ChainBench].
///
/// `longshore bench --jmh …` runs JMH's benchmarks of single stages instead; what is behind goes to
/// JMH.
public final class BenchMain {
  private static final long LINES = 3_000_000;

  private BenchMain() {}

  /// @param lines how many lines the corpus has
  /// @param runs how often it is shipped; the figures are those of the run with the median CPU time
  /// @param json where the figures are written, or null
  private record Options(long lines, int runs, @Nullable Path json) {
    static Options parse(List<String> arguments) {
      long lines = LINES;
      int runs = 1;
      Path json = null;
      for (int i = 0; i < arguments.size(); i += 2) {
        String option = arguments.get(i);
        if (i + 1 == arguments.size()) {
          throw new IllegalArgumentException("no value behind '" + option + "'");
        }
        String value = arguments.get(i + 1);
        switch (option) {
          case "--lines" -> lines = number(option, value, LogCorpus.CONTAINERS.size());
          case "--runs" -> runs = (int) number(option, value, 1);
          case "--json" -> json = Path.of(value);
          default ->
              throw new IllegalArgumentException(
                  "no option '" + option + "'; there are --lines N, --runs N and --json FILE");
        }
      }
      return new Options(lines, runs, json);
    }

    private static long number(String option, String value, long least) {
      try {
        long number = Long.parseLong(value.replace("_", ""));
        if (number >= least) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, for both ways to be wrong.
      }
      throw new IllegalArgumentException(
          option + " '" + value + "' is not a number of at least " + least);
    }
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length > 0 && arguments[0].equals("--jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
      return;
    }
    if (arguments.length == 1 && arguments[0].equals("--alerting")) {
      AlertingBench.run();
      return;
    }
    if (arguments.length > 0 && arguments[0].equals("--log-rules")) {
      LogRulesBench.run(
          arguments.length > 1
              ? Options.number("--log-rules", arguments[1], 1)
              : LogRulesBench.DOCUMENTS);
      return;
    }
    if (arguments.length == 1 && arguments[0].equals("--log-alert")) {
      LogAlertBench.run();
      return;
    }
    if (arguments.length == 1 && arguments[0].equals("--backtest")) {
      BacktestBench.run();
      return;
    }
    if (arguments.length > 0 && arguments[0].equals("--chain")) {
      ChainBench.run(
          arguments.length > 1
              ? Options.number("--chain", arguments[1], LogCorpus.CONTAINERS.size())
              : ChainBench.LINES);
      System.exit(0);
    }
    Options options;
    try {
      options = Options.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("longshore bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    Figures figures = measure(options);
    figures.print(System.out);
    Path json = options.json();
    if (json != null) {
      Files.writeString(json, figures.json());
    }
    // Threads of the in-memory API server would keep the process for a while.
    System.exit(0);
  }

  private static Figures measure(Options options) throws IOException, InterruptedException {
    step("writing %,d lines", options.lines());
    try (Rig rig = new Rig(ProjectFolder.find().resolve(".longshore/bench"), options.lines())) {
      LogCorpus corpus = rig.corpus();
      step("gzip -1 on the same %,d MB", corpus.bytes() / 1_000_000);
      double gzipCpuSeconds = GzipMeasure.cpuSeconds(corpus.files());
      List<Figures> runs = new ArrayList<>();
      for (int run = 1; run <= options.runs(); run++) {
        step("the agent, to a sink on loopback, run %d of %d", run, options.runs());
        Rig.Run shipped = rig.ship(List.of());
        Figures figures =
            new Figures(
                corpus.bytes(),
                corpus.lines(),
                corpus.records(),
                shipped.cost(),
                shipped.seconds(),
                gzipCpuSeconds);
        step("  %s", figures.inShort());
        runs.add(figures);
      }
      runs.sort(Comparator.comparingDouble(Figures::bytesPerCpuSecond));
      return runs.get(runs.size() / 2);
    }
  }

  private static void step(String text, Object... values) {
    System.err.println("▸ " + String.format(Locale.ROOT, text, values));
  }
}
