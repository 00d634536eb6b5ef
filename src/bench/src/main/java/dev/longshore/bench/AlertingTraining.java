package dev.longshore.bench;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.PrometheusStandIn;
import dev.longshore.testkit.PrometheusStandIn.Question;
import dev.longshore.testkit.PrometheusStandIn.Reply;
import dev.longshore.testkit.Trees;
import dev.longshore.testkit.slack.SlackServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Alerting's training run: alerts begin to fire, are told to a Slack that stands in, and end; the
/// pages and the API are asked meanwhile.
final class AlertingTraining {
  private static final int RULES = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration BETWEEN = Duration.ofMillis(250);
  private static final Duration WRITING = Duration.ofMinutes(2);

  private static final List<String> ASKED =
      List.of("/", "/status", "/metrics", "/-/healthy", "/api/v2/alerts", "/api/v2/silences");

  private AlertingTraining() {}

  static void run(List<String> options) throws IOException, InterruptedException {
    Path folder = ProjectFolder.find().resolve("target/training-alerting");
    Trees.delete(folder);
    Files.createDirectories(folder);
    int port = FreePorts.one();
    try (SlackServer slack = SlackServer.start(Clock.system());
        PrometheusStandIn prometheus = PrometheusStandIn.start(AlertingTraining::firing)) {
      slack.open("team");
      write(folder, port, slack, prometheus.url());
      try (AlertingProcess alerting =
          AlertingProcess.start(
              folder.resolve("alerting.yaml"),
              folder.resolve("log"),
              URI.create("http://127.0.0.1:" + port),
              options,
              Map.of())) {
        alerting.awaitReady();
        await(alerting, slack, "FIRING " + RULES);
        prometheus.answers(_ -> Reply.vector());
        await(alerting, slack, "RESOLVED");
        alerting.terminate(WRITING);
      }
    }
    Trees.delete(folder);
  }

  private static void await(AlertingProcess alerting, SlackServer slack, String text)
      throws IOException, InterruptedException {
    Clock clock = Clock.system();
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    while (!slack.view("team").contains(text)) {
      if (clock.nanoTime() - deadline > 0) {
        throw new IOException(
            "no message with " + text + " within " + PATIENCE + "; there is:\n" + slack.view());
      }
      for (String path : ASKED) {
        alerting.get(path);
      }
      clock.sleep(BETWEEN);
    }
  }

  private static Reply firing(Question question) {
    String number = question.query().replaceAll("\\D", "");
    return Reply.vector(PrometheusStandIn.sample("0.5", "pod", "checkout-" + number));
  }

  private static void write(Path folder, int port, SlackServer slack, URI prometheus)
      throws IOException {
    StringBuilder rules = new StringBuilder("groups: [{name: shop, interval: 1s, rules: [\n");
    for (int rule = 0; rule < RULES; rule++) {
      rules
          .append("  {alert: HighLoad, expr: load_")
          .append(rule)
          .append(" > 0, labels: {severity: page},\n")
          .append("   annotations: {summary: \"{{ $labels.pod }}: {{ $value | humanize }}\"}},\n");
    }
    rules.append("]}]\n");
    String soon = ", group_wait: 3s, group_interval: 3s";
    AlertingFiles.write(folder, port, slack, prometheus, rules.toString(), soon);
  }
}
