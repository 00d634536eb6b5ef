package dev.longshore.demo;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Alerting beside the agent: a log rule over what the agent indexes, and a Slack that stands in,
/// whose channel is shown as a person sees it.
final class AlertDesk implements AutoCloseable {
  /// The rule that the dock's burst makes true.
  static final String ALERT = "ErrorBurst";

  private static final String CHANNEL = "shop-alerts";

  /// What alerting says of itself: that the data stream is not there yet, for example.
  private static final String OWN_CHANNEL = "longshore";

  /// Two less than a terminal of the usual width has.
  private static final int WIDTH = 78;

  private static final String RESOLVED = "RESOLVED";

  private final SlackServer slack;
  private final AlertingProcess process;
  private final URI url;
  private String firing = "";

  private AlertDesk(SlackServer slack, AlertingProcess process, URI url) {
    this.slack = slack;
    this.process = process;
    this.url = url;
  }

  /// Writes the configuration and starts alerting.
  ///
  /// @param folder where its configuration, its log and its state go
  static AlertDesk start(Path folder, URI elasticsearch, String cluster, String dataStream)
      throws IOException, InterruptedException {
    SlackServer slack = SlackServer.start(Clock.system());
    try {
      slack.open(CHANNEL);
      slack.open(OWN_CHANNEL);
      int port = FreePorts.one();
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("rules.yml"), rules(dataStream));
      Files.writeString(folder.resolve("alertmanager.yml"), routing(slack));
      Path config = folder.resolve("alerting.yaml");
      Files.writeString(config, configuration(folder, elasticsearch, cluster, port));
      URI url = URI.create("http://127.0.0.1:" + port);
      AlertingProcess process = AlertingProcess.start(config, folder.resolve("alerting.log"), url);
      return new AlertDesk(slack, process, url);
    } catch (IOException | RuntimeException e) {
      slack.close();
      throw e;
    }
  }

  void awaitReady() throws IOException, InterruptedException {
    process.awaitReady();
  }

  /// The windows and waits are short, for a demo: in production `within: 5m` is a good beginning.
  private static String rules(String dataStream) {
    return """
        groups:
          - name: shop
            interval: 1s
            rules:
              - alert: %s
                logs:
                  query: log.level:error
                  index: %s
                  by: [kubernetes.namespace, kubernetes.container.name]
                  within: 10s
                  frequency: {num_events: 60}
                labels: {severity: page}
                annotations:
                  summary: '{{ $labels.container }} logged {{ $value }} errors in 10 seconds'
        """
        .formatted(ALERT, dataStream);
  }

  private static String routing(SlackServer slack) {
    return """
        route:
          receiver: shop
          group_by: [alertname]
          group_wait: 1s
          group_interval: 3s
          routes:
            - matchers: ['alertname=~"Longshore.+"']
              receiver: longshore
        receivers:
          - name: shop
            slack_configs:
              - {channel: '#%1$s', app_token: %3$s, app_url: '%4$s', send_resolved: true}
          - name: longshore
            slack_configs:
              - {channel: '#%2$s', app_token: %3$s, app_url: '%4$s', send_resolved: true}
        """
        .formatted(CHANNEL, OWN_CHANNEL, SlackServer.TOKEN, slack.apiUrl());
  }

  private static String configuration(Path folder, URI elasticsearch, String cluster, int port) {
    return """
        rules: ["rules.yml"]
        routing: alertmanager.yml
        elasticsearch:
          urls: ["%s"]
          cluster: %s
        state:
          dir: "%s"
        api:
          listen: "127.0.0.1:%d"
        """
        .formatted(elasticsearch, cluster, folder.resolve("state"), port);
  }

  /// Where its page and its API are.
  URI url() {
    return url;
  }

  /// Keeps how the channel looks, as long as something fires.
  ///
  /// @throws IOException when alerting has ended
  void look() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("alerting ended:\n" + process.log());
    }
    List<SlackMessage> messages = slack.topLevel(CHANNEL);
    if (!messages.isEmpty() && !messages.getLast().visible().contains(RESOLVED)) {
      firing = slack.view(CHANNEL);
    }
  }

  /// Waits until each message says that it is over.
  ///
  /// @return whether there is one and all are over
  boolean awaitResolved(Duration within) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    while (true) {
      look();
      List<SlackMessage> messages = slack.topLevel(CHANNEL);
      boolean over =
          !messages.isEmpty()
              && messages.stream().allMatch(message -> message.visible().contains(RESOLVED));
      if (over || System.nanoTime() - deadline >= 0) {
        return over;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /// Prints the channel as it was when something fired, and as it is now.
  void print(PrintStream out) {
    if (!firing.isEmpty()) {
      out.println("What Slack showed while it fired:");
      out.println(folded(firing));
    }
    out.println("What Slack shows now:");
    out.println(folded(slack.view(CHANNEL)));
  }

  /// Lines of at most 78 characters; what is left of one goes on below, as far in as it began.
  static String folded(String text) {
    StringBuilder folded = new StringBuilder();
    for (String line : text.indent(2).lines().toList()) {
      String begin = line.replaceFirst("^([\\s▌|>]{0,20}).*", "$1").replace('\t', ' ');
      String rest = line;
      while (rest.length() > WIDTH) {
        int at = rest.lastIndexOf(' ', WIDTH);
        int end = at <= begin.length() + 1 ? WIDTH : at;
        folded.append(rest, 0, end).append('\n');
        rest = begin + "  " + rest.substring(end).strip();
      }
      folded.append(rest).append('\n');
    }
    return folded.toString();
  }

  /// Says how many messages it took.
  void printVerdict(PrintStream out) {
    List<SlackMessage> messages = slack.topLevel(CHANNEL);
    out.printf(
        "✔ the error burst became %d %s in Slack, edited %dx, and resolved.%n",
        messages.size(),
        messages.size() == 1 ? "message" : "messages",
        messages.stream().mapToInt(SlackMessage::edits).sum());
  }

  @Override
  public void close() {
    process.close();
    slack.close();
  }
}
