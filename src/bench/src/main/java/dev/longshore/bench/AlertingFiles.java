package dev.longshore.bench;

import dev.longshore.testkit.slack.SlackServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/// The files of an alerting that tells the channel `team` of what rules find in one Prometheus.
final class AlertingFiles {
  private AlertingFiles() {}

  /// Writes them, `alerting.yaml` among them.
  ///
  /// @param port of the API
  /// @param rules the rule file
  /// @param timers further keys of the route, each with a comma before it; may be empty
  static void write(
      Path folder, int port, SlackServer slack, URI prometheus, String rules, String timers)
      throws IOException {
    Files.writeString(folder.resolve("rules.yml"), rules);
    Files.writeString(
        folder.resolve("alertmanager.yml"),
        """
        route: {receiver: team, group_by: [alertname]%s}
        receivers:
          - name: team
            slack_configs: [{channel: '#team', app_token: %s, app_url: '%s', send_resolved: true}]
        """
            .formatted(timers, SlackServer.TOKEN, slack.apiUrl()));
    Files.writeString(
        folder.resolve("alerting.yaml"),
        """
        rules: [rules.yml]
        routing: alertmanager.yml
        prometheus: [{name: main, url: "%s"}]
        state: {dir: "%s"}
        api: {listen: "127.0.0.1:%d"}
        """
            .formatted(prometheus, folder.resolve("state"), port));
  }
}
