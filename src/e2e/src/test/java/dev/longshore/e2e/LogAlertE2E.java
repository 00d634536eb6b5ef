package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ElasticsearchServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An error that a container logs becomes a message in Slack that says how often and where, and is
/// resolved when it no longer happens: real agent, real Elasticsearch, alerting as it is shipped.
final class LogAlertE2E {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void anErrorLineBecomesOneMessageThatIsResolved() throws Exception {
    String suffix = Long.toString(Clock.system().nanoTime(), 36);
    String cluster = "dock-" + suffix;
    String stream = "logs-kubernetes.container_logs-alert_" + suffix;
    URI elasticsearch = ElasticsearchServer.shared().url();
    Path container =
        Files.createDirectories(folder.resolve("pods/shop_checkout-7d9f_0a1b/checkout"));
    Path log = container.resolve("0.log");
    write(log, "INFO checkout is up");
    AgentHome agentHome =
        new AgentHome(
            folder,
            """
            cluster: {name: %s}
            tail: {paths: ["%s/pods/*/*/*.log"]}
            kubernetes: {enabled: false}
            elasticsearch: {urls: ["%s"], dataStream: %s}
            """
                .formatted(cluster, folder, elasticsearch, stream));
    try (AlertingHome alerting = new AlertingHome(folder.resolve("alerting"));
        AgentProcess agent = agentHome.start()) {
      alerting.rules(
          """
          groups:
            - name: shop
              interval: 1s
              rules:
                - alert: CheckoutFails
                  logs:
                    query: log.level:error
                    index: %s
                    by: [kubernetes.namespace]
                    within: 10s
                    frequency: {num_events: 3}
                  labels: {severity: page}
                  annotations: {summary: "{{ $value }} errors in {{ $labels.namespace }}"}
          """
              .formatted(stream));
      alerting.start(
          URI.create("http://127.0.0.1:1"),
          "elasticsearch: {urls: [\"%s\"], cluster: %s}".formatted(elasticsearch, cluster));
      for (int i = 0; i < 4; i++) {
        write(log, "ERROR payment refused by the bank, order " + i);
      }
      within(
          () ->
              assertThat(alerting.slack.view("team"))
                  .contains("FIRING 1 · CheckoutFails", "errors in shop", "payment refused"));
      assertThat(alerting.slack.topLevel("team")).hasSize(1);
      within(() -> assertThat(alerting.slack.view("team")).contains("RESOLVED · CheckoutFails"));
      assertThat(alerting.slack.topLevel("team")).hasSize(1);
      assertThat(agent.terminate(Duration.ofSeconds(30))).isZero();
    }
  }

  private static void within(ThrowingRunnable check) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(check);
  }

  private static void write(Path log, String message) throws Exception {
    Files.writeString(
        log,
        STAMP.format(Clock.system().now()) + " stdout F " + message + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
