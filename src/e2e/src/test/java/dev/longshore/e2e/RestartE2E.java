package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.Search;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that is killed or asked to end, at any time, goes on where it was: no line is lost,
/// none is there twice.
final class RestartE2E {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);
  private static final int LINES_A_ROUND = 4_000;

  /// After this `docker stop` kills.
  private static final Duration DOCKER_STOP = Duration.ofSeconds(10);

  @TempDir Path folder;

  private final Elastic elastic =
      new Elastic(ElasticsearchServer.shared().config(), Clock.system());
  private final Search search = new Search(elastic);
  private final String dataStream =
      "logs-kubernetes.container_logs-restart_" + Long.toString(System.nanoTime(), 36);
  private Path log = Path.of("unset");
  private int written;

  @BeforeEach
  void createLog() throws IOException {
    Path container = folder.resolve("pods/shop_checkout-7d9f_0a1b/checkout");
    Files.createDirectories(container);
    log = container.resolve("0.log");
  }

  @AfterEach
  void close() {
    elastic.close();
  }

  private AgentHome home() throws IOException {
    return home(ElasticsearchServer.shared().url());
  }

  private AgentHome home(URI elasticsearch) throws IOException {
    return new AgentHome(
        folder,
        """
        tail:
          paths: ["%s/pods/*/*/*.log"]
        kubernetes:
          enabled: false
        elasticsearch:
          urls: ["%s"]
          dataStream: %s
        """
            .formatted(folder, elasticsearch, dataStream));
  }

  @Test
  void losesAndDoublesNothingWhenItIsKilledAgainAndAgain() throws Exception {
    AgentHome home = home();
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    for (int round = 0; round < 6; round++) {
      write(LINES_A_ROUND / 2);
      try (AgentProcess agent = home.start()) {
        long killAt = random.nextLong(LINES_A_ROUND);
        await()
            .ignoreExceptionsInstanceOf(IOException.class)
            .atMost(Duration.ofSeconds(60))
            .until(() -> !agent.isAlive() || indexed() >= written - killAt);
        write(LINES_A_ROUND / 2);
        assertThat(agent.isAlive()).as(agent.log()).isTrue();
        agent.kill();
      }
    }
    try (AgentProcess agent = home.start()) {
      awaitAll(agent);
      assertThat(agent.terminate(Duration.ofSeconds(30))).isZero();
    }
    assertEveryLineOnce();
  }

  @Test
  void goesOnWhereItWasAfterSigterm() throws Exception {
    AgentHome home = home();
    write(LINES_A_ROUND);
    try (AgentProcess agent = home.start()) {
      awaitAll(agent);
      assertThat(agent.terminate(Duration.ofSeconds(30))).as(agent.log()).isZero();
    }
    write(1);
    try (AgentProcess agent = home.start()) {
      awaitAll(agent);
      assertThat(agent.get("/status")).contains("\"read\" : 1,");
      assertThat(agent.terminate(Duration.ofSeconds(30))).isZero();
    }
    assertEveryLineOnce();
  }

  @Test
  void endsInTimeAndLosesNothingWhenElasticsearchIsAway() throws Exception {
    endsWithout(URI.create("http://127.0.0.1:" + FreePorts.one()));
  }

  @Test
  void endsInTimeAndLosesNothingWhenElasticsearchTakesRequestsAndSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      // The kernel accepts connections and bytes; nobody reads them.
      endsWithout(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
    }
  }

  /// With the default `drainTimeout`.
  private void endsWithout(URI elasticsearch) throws Exception {
    write(LINES_A_ROUND);
    try (AgentProcess agent = home().start()) {
      awaitAll(agent);
      assertThat(agent.terminate(DOCKER_STOP)).as(agent.log()).isZero();
    }
    write(LINES_A_ROUND);
    try (AgentProcess agent = home(elasticsearch).start()) {
      await()
          .ignoreExceptionsInstanceOf(IOException.class)
          .atMost(Duration.ofSeconds(60))
          .until(() -> agent.get("/status").contains("\"read\" : " + LINES_A_ROUND + ","));
      write(LINES_A_ROUND);
      assertThat(agent.terminate(DOCKER_STOP)).as(agent.log()).isZero();
      assertThat(agent.log()).contains("\"drained\":false");
    }
    try (AgentProcess agent = home().start()) {
      awaitAll(agent);
      assertThat(agent.terminate(DOCKER_STOP)).as(agent.log()).isZero();
    }
    assertEveryLineOnce();
  }

  private void write(int lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(STAMP.format(Instant.now()))
          .append(" stdout F line ")
          .append(written++)
          .append('\n');
    }
    Files.write(
        log,
        text.toString().getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private long indexed() throws IOException {
    return search.count(dataStream, "*");
  }

  private void awaitAll(AgentProcess agent) {
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(agent.isAlive()).as(agent.log()).isTrue();
              assertThat(indexed()).as(() -> agent.log()).isEqualTo(written);
            });
  }

  private void assertEveryLineOnce() throws IOException {
    search.refresh(dataStream);
    BitSet once = new BitSet();
    long found =
        search.each(
            Search.Query.all(dataStream, "*", "message"),
            hit -> {
              String message = String.valueOf(hit.text("message"));
              once.set(Integer.parseInt(message.substring("line ".length())));
              return true;
            });
    assertThat(once.cardinality()).as("lines that are there").isEqualTo(written);
    assertThat(found).as("documents").isEqualTo(written);
  }
}
