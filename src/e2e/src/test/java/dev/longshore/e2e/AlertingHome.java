package dev.longshore.e2e;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PrometheusServer;
import dev.longshore.testkit.slack.SlackServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A folder with everything that alerting needs, a Slack that stands in, and the process itself.
final class AlertingHome implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Where the API is, below the host.
  static final String PREFIX = "/alertmanager";

  final Path dir;
  final SlackServer slack = SlackServer.start(Clock.system());
  final int port;

  /// Variables of the process, on top of this one's.
  final Map<String, String> environment = new HashMap<>();

  private final List<AlertingProcess> processes = new ArrayList<>();

  AlertingHome(Path dir) throws IOException {
    this.dir = dir;
    this.port = FreePorts.one();
    Files.createDirectories(dir.resolve("rules"));
    slack.open("team");
    slack.open("platform");
    routing(routing("1s", "3s"));
  }

  /// A route to the channel `team`, and for what Longshore says about itself to `platform`.
  String routing(String groupWait, String groupInterval) {
    return """
    global: {resolve_timeout: 5m}
    route:
      receiver: team
      group_by: [alertname]
      group_wait: %s
      group_interval: %s
      routes:
        - matchers: ['alertname=~"Longshore.+"']
          receiver: platform
    receivers:
      - name: team
        slack_configs:
          - {channel: '#team', app_token: %s, app_url: '%s', send_resolved: true}
      - name: platform
        slack_configs:
          - {api_url: '%s', send_resolved: true}
    """
        .formatted(
            groupWait, groupInterval, SlackServer.TOKEN, slack.apiUrl(), slack.webhook("platform"));
  }

  void routing(String text) throws IOException {
    Files.writeString(dir.resolve("alertmanager.yml"), text);
  }

  void rules(String text) throws IOException {
    Files.writeString(dir.resolve("rules/dock.yml"), text);
  }

  /// Writes the file and starts the process.
  ///
  /// @param more YAML behind the usual keys
  AlertingProcess start(URI prometheus, String more) throws IOException, InterruptedException {
    return launch(prometheus, more).awaitReady();
  }

  /// The same, without waiting for it.
  AlertingProcess launch(URI prometheus, String more) throws IOException {
    return launch(prometheus, more, List.of());
  }

  /// @param jvmOptions on top of alerting's own
  AlertingProcess launch(URI prometheus, String more, List<String> jvmOptions) throws IOException {
    Files.writeString(
        dir.resolve("alerting.yaml"),
        """
        rules: ["rules/*.yml"]
        evaluation: {interval: 1s}
        routing: alertmanager.yml
        prometheus: [{name: main, url: "%s"}]
        state: {dir: "%s"}
        api: {listen: "127.0.0.1:%d", prefix: %s}
        %s
        """
            .formatted(prometheus, dir.resolve("state"), port, PREFIX, more));
    AlertingProcess process =
        AlertingProcess.start(
            dir.resolve("alerting.yaml"), dir.resolve("log"), api(), jvmOptions, environment);
    processes.add(process);
    return process;
  }

  URI api() {
    return URI.create("http://127.0.0.1:" + port + PREFIX);
  }

  /// Runs amtool against it.
  CommandLine.Result amtool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(PrometheusServer.find("amtool").toString());
    command.add("--alertmanager.url=" + api());
    command.addAll(List.of(arguments));
    return CommandLine.run(Duration.ofSeconds(30), Map.of(), dir, command);
  }

  @Override
  public void close() {
    processes.forEach(AlertingProcess::close);
    slack.close();
  }
}
