package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Watermark;
import dev.longshore.shared.elastic.Watermarks;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node that can't reach Elasticsearch for a while: the other nodes' errors are told at once and
/// say which node is behind, and its own errors count when they come, once, at their own time. Two
/// real agents, real Elasticsearch, alerting as it is shipped.
final class LateNodeE2E {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int ERRORS = 4;

  /// A node that is further behind is named in messages.
  private static final Duration NAMED = Duration.ofSeconds(31);

  @TempDir Path folder;

  private final String suffix = Long.toString(Clock.system().nanoTime(), 36);
  private final String cluster = "dock-" + suffix;
  private final String stream = "logs-kubernetes.container_logs-late_" + suffix;
  private final URI elasticsearch = ElasticsearchServer.shared().url();
  private final TcpRelay relay = TcpRelay.start(elasticsearch);
  private final Elastic elastic =
      new Elastic(ElasticsearchServer.shared().config(), Clock.system());
  private final Watermarks watermarks = new Watermarks(elastic);

  @AfterEach
  void close() {
    relay.close();
    elastic.close();
  }

  @Test
  void aNodeThatIsBehindIsNamedAndItsLinesCountWhenTheyCome() throws Exception {
    Path near = log("near", "checkout");
    Path far = log("far", "billing");
    write(near, "INFO checkout is up", 1);
    write(far, "INFO billing is up", 1);
    try (AlertingHome alerting = new AlertingHome(folder.resolve("alerting"));
        AgentProcess nearAgent = agent("near", elasticsearch);
        AgentProcess farAgent = agent("far", relay.url())) {
      alerting.rules(rules());
      alerting.routing(
          alerting.routing("1s", "3s").replace("[alertname]", "[alertname, container]"));
      alerting.start(
          URI.create("http://127.0.0.1:1"),
          "elasticsearch: {urls: [\"%s\"], cluster: %s}".formatted(elasticsearch, cluster));
      within(() -> assertThat(behind("far")).isLessThan(NAMED));

      relay.away(true);
      write(far, "ERROR invoice is not open", ERRORS);
      within(() -> assertThat(behind("far")).isGreaterThan(NAMED));
      write(near, "ERROR payment refused by the bank", ERRORS);
      within(
          () ->
              assertThat(alerting.slack.view("team"))
                  .contains("Errors · checkout", "far is ", " behind"));
      assertThat(alerting.slack.view("team")).doesNotContain("billing");

      relay.away(false);
      within(
          () ->
              assertThat(alerting.slack.view("team"))
                  .containsSubsequence("Errors · billing", "value " + ERRORS));
      within(
          () ->
              assertThat(alerting.slack.topLevel("team"))
                  .as(alerting.slack.view("team"))
                  .hasSize(2)
                  .allMatch(message -> message.visible().contains("RESOLVED")));
      assertThat(nearAgent.terminate(Duration.ofSeconds(30))).isZero();
      assertThat(farAgent.terminate(Duration.ofSeconds(30))).isZero();
    }
  }

  private String rules() {
    return """
        groups:
          - name: shop
            interval: 1s
            rules:
              - alert: Errors
                logs:
                  query: log.level:error
                  index: %s
                  by: [kubernetes.container.name]
                  within: 10s
                  frequency: {num_events: %d}
        """
        .formatted(stream, ERRORS);
  }

  private AgentProcess agent(String node, URI url) throws IOException {
    return new AgentHome(
            Files.createDirectories(folder.resolve(node)),
            """
            node: {name: %s}
            cluster: {name: %s}
            tail: {paths: ["%s/pods/*/*/*.log"]}
            kubernetes: {enabled: false}
            elasticsearch: {urls: ["%s"], dataStream: %s}
            """
                .formatted(node, cluster, folder.resolve(node), url, stream))
        .start();
  }

  /// How long ago the time is up to which the node said that its lines can be found.
  private Duration behind(String node) throws IOException {
    Instant upTo =
        watermarks.all(cluster).stream()
            .filter(watermark -> watermark.node().equals(node) && watermark.watermark() != null)
            .map(Watermark::watermark)
            .findFirst()
            .orElse(Instant.EPOCH);
    return Duration.between(upTo, Clock.system().now());
  }

  private Path log(String node, String container) throws IOException {
    Path pod = folder.resolve(node).resolve("pods/shop_" + container + "-7d9f_0a1b");
    return Files.createDirectories(pod.resolve(container)).resolve("0.log");
  }

  private static void within(ThrowingRunnable check) {
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(check);
  }

  private static void write(Path log, String message, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      Files.writeString(
          log,
          STAMP.format(Clock.system().now()) + " stdout F " + message + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
