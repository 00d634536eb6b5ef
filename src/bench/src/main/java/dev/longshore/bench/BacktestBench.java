package dev.longshore.bench;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// `longshore bench --backtest`: a week of generated logs in a real Elasticsearch, and three rules
/// looked back at with `longshore alerting backtest`, as users run it; what it says and how long it
/// takes.
final class BacktestBench {

  /// About one a second.
  private static final long LINES = 800_000;

  private static final int TENTHS = 10;

  private BacktestBench() {}

  static void run() throws IOException, InterruptedException {
    Clock clock = Clock.system();
    Path root = ProjectFolder.find();
    Path dir = Files.createTempDirectory(root.resolve("target"), "backtest-bench");
    try (ElasticsearchServer server = ElasticsearchServer.start(BacktestBench::step);
        Elastic elastic = new Elastic(server.config(), clock)) {
      Instant end = clock.now();
      step("putting a week of logs");
      long started = clock.nanoTime();
      int[] told = {0};
      long lines =
          new LogWeek(elastic, end)
              .put(
                  LINES,
                  done -> {
                    if ((int) (done * TENTHS) > told[0]) {
                      told[0] = (int) (done * TENTHS);
                      step("  " + told[0] * TENTHS + "%");
                    }
                  });
      step(
          String.format(
              Locale.ROOT, "%,d lines in %.0f s", lines, (clock.nanoTime() - started) / 1e9));
      Files.writeString(dir.resolve("rules.yml"), rules());
      Files.writeString(
          dir.resolve("alerting.yaml"),
          "rules: [rules.yml]\nelasticsearch: {urls: ['%s']}\n".formatted(server.url()));
      backtest(root, dir, end.minus(LogWeek.WEEK), end, clock);
    }
  }

  private static String rules() {
    return """
      groups:
        - name: shop
          interval: 1m
          rules:
            - alert: ManyErrors
              logs:
                query: log.level:error
                index: %1$s
                by: [kubernetes.namespace, service.name]
                within: 5m
                frequency: {num_events: 50}
              for: 2m
            - alert: ErrorsSpike
              logs:
                query: log.level:error
                index: %1$s
                by: [kubernetes.namespace, service.name]
                within: 15m
                spike: {spike_height: 4, threshold_cur: 12}
            - alert: NewError
              logs:
                query: log.level:error
                index: %1$s
                within: 15m
                new_error: {unseen_for: 3d}
      """
        .formatted(LogWeek.STREAM);
  }

  private static void backtest(Path root, Path dir, Instant since, Instant until, Clock clock)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root.resolve("alerting/src/main/jvm/alerting.jvmflags"));
    command.add("-jar");
    command.add(root.resolve("alerting/target/longshore-alerting.jar").toString());
    command.addAll(List.of("backtest", "--config", dir.resolve("alerting.yaml").toString()));
    command.addAll(List.of("--since", since.toString(), "--until", until.toString()));
    step("longshore alerting " + String.join(" ", command.subList(4, command.size())));
    long started = clock.nanoTime();
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    step(
        String.format(
            Locale.ROOT, "exit code %d after %.0f s", code, (clock.nanoTime() - started) / 1e9));
    if (code != 0) {
      throw new IOException("the backtest ended with exit code " + code);
    }
  }

  private static void step(String text) {
    System.err.println("▸ " + text);
  }
}
