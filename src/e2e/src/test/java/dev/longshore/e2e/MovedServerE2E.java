package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.PrometheusStandIn;
import dev.longshore.testkit.TcpRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A name that points elsewhere is followed within ten seconds, also while the server at the old
/// address still answers and the connections to it are always busy. The names are those of a hosts
/// file, which the JVM takes in DNS' place, with the same cache before it.
final class MovedServerE2E {
  private static final Duration FOLLOWED = Duration.ofSeconds(10);

  @TempDir Path folder;

  private Map<String, String> environment = Map.of();

  @BeforeEach
  void hosts() throws IOException {
    pointTo("127.0.0.1");
    environment = Map.of("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + folder.resolve("hosts"));
  }

  private void pointTo(String address) throws IOException {
    Path written = Files.writeString(folder.resolve("hosts.new"), address + " moving.test\n");
    Files.move(
        written,
        folder.resolve("hosts"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private static TcpRelay second(TcpRelay first, URI target) throws IOException {
    InetAddress address = InetAddress.getByName("127.0.0.2");
    return TcpRelay.start(target, new InetSocketAddress(address, first.url().getPort()));
  }

  private static URI url(TcpRelay relay) {
    return URI.create("http://moving.test:" + relay.url().getPort());
  }

  @Test
  void theAgentFollowsElasticsearch() throws Exception {
    URI elasticsearch = ElasticsearchServer.shared().url();
    Path container = Files.createDirectories(folder.resolve("pods/shop_cart-7d9f_0a1b/cart"));
    try (TcpRelay first = TcpRelay.start(elasticsearch);
        TcpRelay second = second(first, elasticsearch);
        AgentProcess agent = agent(url(first));
        Chatter _ = new Chatter(container.resolve("0.log"))) {
      within(Duration.ofSeconds(60), () -> assertThat(first.accepted()).isPositive());

      pointTo("127.0.0.2");

      within(FOLLOWED, () -> assertThat(second.accepted()).isPositive());
      assertThat(agent.terminate(Duration.ofSeconds(30))).isZero();
    }
  }

  @Test
  void alertingFollowsPrometheus() throws Exception {
    try (PrometheusStandIn prometheus =
            PrometheusStandIn.start(_ -> PrometheusStandIn.Reply.vector());
        TcpRelay first = TcpRelay.start(prometheus.url());
        TcpRelay second = second(first, prometheus.url());
        AlertingHome alerting = new AlertingHome(folder.resolve("alerting"))) {
      alerting.rules(
          """
          groups:
            - name: shop
              interval: 1s
              rules:
                - {alert: Down, expr: up == 0}
          """);
      alerting.environment.putAll(environment);
      alerting.start(url(first), "");
      within(Duration.ofSeconds(60), () -> assertThat(prometheus.questions()).isNotEmpty());

      pointTo("127.0.0.2");

      within(FOLLOWED, () -> assertThat(second.accepted()).isPositive());
      assertThat(first.accepted()).as("connections before").isPositive();
    }
  }

  @Test
  void aNameThatDnsComesToKnowIsFoundAtOnce() throws Exception {
    URI elasticsearch = ElasticsearchServer.shared().url();
    Path container = Files.createDirectories(folder.resolve("pods/shop_cart-7d9f_0a1b/cart"));
    try (TcpRelay first = TcpRelay.start(elasticsearch);
        AgentProcess agent = agent(URI.create("http://unknown.test:" + first.url().getPort()));
        Chatter _ = new Chatter(container.resolve("0.log"))) {
      within(
          Duration.ofSeconds(60),
          () -> assertThat(agent.log()).contains("DNS does not know the host"));

      Files.writeString(
          folder.resolve("hosts"), "127.0.0.1 unknown.test\n", StandardOpenOption.APPEND);

      within(FOLLOWED.dividedBy(2), () -> assertThat(first.accepted()).isPositive());
    }
  }

  private AgentProcess agent(URI elasticsearch) throws IOException {
    return new AgentHome(
            folder,
            """
            cluster: {name: moved}
            tail: {paths: ["%s/pods/*/*/*.log"]}
            kubernetes: {enabled: false}
            elasticsearch: {urls: ["%s"], dataStream: logs-kubernetes.container_logs-moved_%s}
            """
                .formatted(folder, elasticsearch, Long.toString(System.nanoTime(), 36)))
        .start(environment);
  }

  private static void within(Duration patience, ThrowingRunnable check) {
    await().atMost(patience).pollInterval(Duration.ofMillis(50)).untilAsserted(check);
  }

  /// Writes a line ten times a second, so that no connection is ever idle for long.
  private static final class Chatter implements AutoCloseable {
    private final Thread thread;

    Chatter(Path log) {
      this.thread = Thread.ofVirtual().start(() -> write(log));
    }

    private static void write(Path log) {
      Clock clock = Clock.system();
      try {
        while (true) {
          Files.writeString(
              log,
              clock.now() + " stdout F still here\n",
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
          clock.sleep(Duration.ofMillis(100));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        // It is closed.
      }
    }

    @Override
    public void close() {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
