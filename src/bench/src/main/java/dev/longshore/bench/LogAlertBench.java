package dev.longshore.bench;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// `longshore bench --log-alert`: from an error line that a container writes to its message in
/// Slack, over the real agent and the real Elasticsearch; 50 containers that fail at random times,
/// each a message of its own. Once with the defaults of everything, once as fast as is sensible.
final class LogAlertBench {
  private static final int TRIES = 50;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  private static final String STREAM = "logs-kubernetes.container_logs-bench_alert";

  /// @param spread the time in which all containers fail
  private record Setting(String name, Duration spread, String interval, String groupWait) {}

  private static final List<Setting> SETTINGS =
      List.of(
          new Setting("interval 1s, group_wait 0s", Duration.ofMinutes(1), "1s", "0s"),
          new Setting("interval 1m, group_wait 30s", Duration.ofMinutes(5), "1m", "30s"));

  private final Clock clock = Clock.system();
  private final Path dir;
  private final URI elasticsearch;
  private final int opsPort = FreePorts.one();

  private LogAlertBench(Path dir, URI elasticsearch) throws IOException {
    this.dir = dir;
    this.elasticsearch = elasticsearch;
  }

  static void run() throws IOException, InterruptedException {
    Path dir =
        Files.createTempDirectory(
            Files.createDirectories(ProjectFolder.find().resolve("target")), "log-alert-bench");
    try (ElasticsearchServer server =
        ElasticsearchServer.start(it -> System.err.println("▸ " + it))) {
      LogAlertBench bench = new LogAlertBench(dir, server.url());
      Files.writeString(dir.resolve("agent.yaml"), bench.agent());
      try (AgentProcess agent =
          AgentProcess.start(
              dir.resolve("agent.yaml"),
              dir.resolve("agent.log"),
              URI.create("http://127.0.0.1:" + bench.opsPort),
              List.of(),
              Map.of())) {
        for (Setting setting : SETTINGS) {
          bench.measure(setting);
        }
        agent.terminate(Duration.ofSeconds(30));
      }
    }
  }

  private void measure(Setting setting) throws IOException, InterruptedException {
    Path home = Files.createDirectories(dir.resolve("alerting-" + setting.interval()));
    int port = FreePorts.one();
    try (SlackServer slack = SlackServer.start(clock)) {
      slack.openAll();
      Files.writeString(home.resolve("rules.yml"), rules(setting));
      Files.writeString(home.resolve("alertmanager.yml"), routing(setting, slack));
      Files.writeString(home.resolve("alerting.yaml"), configuration(home, port));
      // The data stream is there, and the agent has said how far it is.
      write(log("warm-" + setting.interval()), "INFO up");
      try (AlertingProcess alerting =
          AlertingProcess.start(
              home.resolve("alerting.yaml"),
              home.resolve("log"),
              URI.create("http://127.0.0.1:" + port))) {
        alerting.awaitReady();
        clock.sleep(Duration.ofSeconds(15));
        print(setting, tries(setting, slack));
        alerting.terminate();
      }
    }
  }

  /// How long each took, sorted.
  private List<Duration> tries(Setting setting, SlackServer slack)
      throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(50);
    long[] at = random.longs(TRIES, 0, setting.spread().toNanos()).sorted().toArray();
    List<Instant> written = new ArrayList<>();
    long started = clock.nanoTime();
    for (int i = 0; i < TRIES; i++) {
      clock.sleep(Duration.ofNanos(Math.max(0, started + at[i] - clock.nanoTime())));
      written.add(clock.now());
      write(log(pod(setting, i)), "ERROR payment " + i + " was refused by the bank");
    }
    List<Duration> took = new ArrayList<>();
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    for (int i = 0; i < TRIES; i++) {
      String channel = pod(setting, i);
      List<SlackMessage> messages = posted(slack, channel);
      while (messages.isEmpty()) {
        if (clock.nanoTime() - deadline > 0) {
          throw new IOException("no message of " + channel + " within " + PATIENCE);
        }
        clock.sleep(Duration.ofMillis(50));
        messages = posted(slack, channel);
      }
      took.add(Duration.between(written.get(i), messages.getFirst().postedAt()));
    }
    took.sort(Duration::compareTo);
    return took;
  }

  private static List<SlackMessage> posted(SlackServer slack, String channel) {
    boolean there = slack.calls().stream().anyMatch(call -> call.channel().endsWith(channel));
    return there ? slack.topLevel(channel) : List.of();
  }

  private static void print(Setting setting, List<Duration> took) {
    System.out.printf(
        Locale.ROOT,
        "%-30s %d tries  p50 %.1f s  p95 %.1f s  at most %.1f s%n",
        setting.name(),
        took.size(),
        took.get(took.size() / 2).toMillis() / 1e3,
        took.get((int) Math.ceil(took.size() * 0.95) - 1).toMillis() / 1e3,
        took.getLast().toMillis() / 1e3);
  }

  private static String pod(Setting setting, int number) {
    return "till-" + setting.interval() + "-" + number;
  }

  private Path log(String pod) throws IOException {
    Path container =
        Files.createDirectories(dir.resolve("pods").resolve("shop_" + pod + "_0a1b/app"));
    return container.resolve("0.log");
  }

  private void write(Path log, String message) throws IOException {
    Files.writeString(
        log,
        STAMP.format(clock.now()) + " stdout F " + message + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static String rules(Setting setting) {
    return """
        groups:
          - name: shop
            interval: %s
            rules:
              - alert: PaymentRefused
                logs: {query: 'log.level:error', index: %s, by: [kubernetes.pod.name], any: {}}
                annotations: {summary: 'payments are refused'}
        """
        .formatted(setting.interval(), STREAM);
  }

  private static String routing(Setting setting, SlackServer slack) {
    return """
        route: {receiver: team, group_by: [alertname, pod], group_wait: %s}
        receivers:
          - name: team
            slack_configs:
              - {channel: '#{{ .GroupLabels.pod }}', app_token: %s, app_url: '%s'}
        """
        .formatted(setting.groupWait(), SlackServer.TOKEN, slack.apiUrl());
  }

  private String agent() {
    return """
        node: {name: dock-1}
        cluster: {name: bench}
        tail: {paths: ["%s/pods/*/*/*.log"]}
        kubernetes: {enabled: false}
        buffer: {dir: "%s"}
        elasticsearch: {urls: ["%s"], dataStream: %s}
        ops: {listen: "127.0.0.1:%d"}
        """
        .formatted(dir, dir.resolve("buffer"), elasticsearch, STREAM, opsPort);
  }

  private String configuration(Path home, int port) {
    return """
        rules: [rules.yml]
        routing: alertmanager.yml
        elasticsearch: {urls: ["%s"], cluster: bench}
        state: {dir: "%s"}
        api: {listen: "127.0.0.1:%d"}
        """
        .formatted(elasticsearch, home.resolve("state"), port);
  }
}
