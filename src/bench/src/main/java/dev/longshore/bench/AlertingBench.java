package dev.longshore.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.PrometheusStandIn;
import dev.longshore.testkit.PrometheusStandIn.Question;
import dev.longshore.testkit.PrometheusStandIn.Reply;
import dev.longshore.testkit.slack.SlackServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// `longshore bench --alerting`: what alerting costs with 1,000 rules each 30 s of which each has
/// five alerts that fire, in CPU time and resident memory. Its source and its Slack stand in, in
/// this process.
final class AlertingBench {
  private static final int GROUPS = 20;
  private static final int RULES = 50;
  private static final int ALERTS = 5;
  private static final Duration MEASURED = Duration.ofMinutes(5);
  private static final Duration WARM = Duration.ofMinutes(5);
  private static final Duration BETWEEN = Duration.ofSeconds(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private AlertingBench() {}

  static void run() throws IOException, InterruptedException {
    Clock clock = Clock.system();
    Path dir = Files.createTempDirectory(ProjectFolder.find().resolve("target"), "alerting-bench");
    int port = FreePorts.one();
    try (SlackServer slack = SlackServer.start(clock);
        PrometheusStandIn prometheus = PrometheusStandIn.start(AlertingBench::answer)) {
      slack.open("team");
      write(dir, port, slack, prometheus.url());
      try (AlertingProcess alerting =
          AlertingProcess.start(
              dir.resolve("alerting.yaml"),
              dir.resolve("log"),
              URI.create("http://127.0.0.1:" + port))) {
        alerting.awaitReady();
        long deadline = clock.nanoTime() + WARM.toNanos();
        while (firing(alerting) < GROUPS * RULES * ALERTS) {
          if (clock.nanoTime() - deadline > 0) {
            throw new IOException("only " + firing(alerting) + " alerts fire after " + WARM);
          }
          clock.sleep(BETWEEN);
        }
        ProcessCost before = ProcessCost.of(alerting.pid());
        long started = clock.nanoTime();
        clock.sleep(MEASURED);
        ProcessCost after = ProcessCost.of(alerting.pid());
        print(alerting, slack, before, after, (clock.nanoTime() - started) / 1e9);
        alerting.terminate();
      }
    }
  }

  private static void print(
      AlertingProcess alerting,
      SlackServer slack,
      ProcessCost before,
      ProcessCost after,
      double seconds)
      throws IOException {
    double cpu = after.cpuSeconds() - before.cpuSeconds();
    System.out.printf("rules                          %,d, each 30 s%n", GROUPS * RULES);
    System.out.printf("alerts that fire               %,d%n", firing(alerting));
    System.out.printf("messages in Slack              %,d%n", slack.topLevel("team").size());
    System.out.printf(
        "CPU until all fire             %.1f s, start of the JVM included%n", before.cpuSeconds());
    System.out.printf(
        "CPU then                       %.1f s in %.0f s: %.1f %% of one core%n",
        cpu, seconds, 100 * cpu / seconds);
    System.out.printf(
        "peak resident memory (VmHWM)   %.0f MiB%n", after.peakResidentBytes() / 1048576.0);
    alerting
        .get("/metrics")
        .lines()
        .filter(
            it ->
                it.matches(
                    "longshore_rule_(evaluation_failures|group_iterations_missed).* .*[1-9].*"))
        .forEach(System.out::println);
  }

  private static long firing(AlertingProcess alerting) throws IOException {
    JsonNode status = JSON.readTree(alerting.get("/status"));
    return status.path("alerts").path("firing").asLong();
  }

  private static Reply answer(Question question) {
    String number = question.query().replaceAll("\\D", "");
    List<String> samples = new ArrayList<>();
    for (int i = 0; i < ALERTS; i++) {
      samples.add(
          "{\"metric\":{\"__name__\":\"load\",\"namespace\":\"shop\",\"pod\":\"pod-%s-%d\"},\"value\":[%d.000,\"%d\"]}"
              .formatted(
                  number,
                  i,
                  question.time().getEpochSecond(),
                  question.time().getEpochSecond() % 100));
    }
    return Reply.vector(samples.toArray(String[]::new));
  }

  private static void write(Path dir, int port, SlackServer slack, URI prometheus)
      throws IOException {
    StringBuilder rules = new StringBuilder("groups:\n");
    for (int group = 0; group < GROUPS; group++) {
      rules.append("  - name: group-").append(group).append("\n    interval: 30s\n    rules:\n");
      for (int rule = 0; rule < RULES; rule++) {
        int number = group * RULES + rule;
        rules
            .append("      - alert: HighLoad")
            .append(number)
            .append('\n')
            .append("        expr: load_")
            .append(number)
            .append(" > 0\n")
            .append("        for: 30s\n        labels: {severity: page}\n")
            .append("        annotations:\n")
            .append("          summary: \"{{ $labels.pod }} is at {{ $value | humanize }}\"\n");
      }
    }
    AlertingFiles.write(dir, port, slack, prometheus, rules.toString(), "");
  }
}
