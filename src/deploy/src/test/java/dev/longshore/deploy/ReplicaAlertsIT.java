package dev.longshore.deploy;

import static org.awaitility.Awaitility.await;

import dev.longshore.deploy.AlertTimeline.Scrape;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The alerts on replicas of alerting fire while their database is away, and end when it is back:
/// the metrics of a real process before, during and after, under the chart's own rules.
@Tag("prometheus")
@Tag("postgres")
final class ReplicaAlertsIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String POD = "alerting-0";
  private static final String LEADER = "longshore_alerting_leader";
  private static final String FAILURES = "longshore_alerting_lease_failures_total";

  @TempDir Path folder;

  private int port;
  private AlertTimeline timeline;
  private PostgresServer postgres;
  private AlertingProcess replica;
  private double failures;

  @BeforeEach
  void start() throws Exception {
    timeline = new AlertTimeline(folder, "longshore-alerting");
    port = FreePorts.one();
    postgres = PostgresServer.create();
    Files.writeString(
        folder.resolve("alertmanager.yml"), "route: {receiver: none}\nreceivers: [{name: none}]\n");
    Path password = Files.writeString(folder.resolve("password"), PostgresServer.PASSWORD);
    Files.writeString(
        folder.resolve("alerting.yaml"),
        """
        routing: alertmanager.yml
        state:
          postgres: {url: "%s", username: %s, passwordFile: "%s", advertise: "%s"}
        api: {listen: "127.0.0.1:%d"}
        """
            .formatted(
                postgres.createDatabase("longshore"),
                PostgresServer.USER,
                password,
                address(),
                port));
    launch();
    awaitLeads();
    phase();
  }

  /// A replica that has the lease and is not up yet ends when its database goes.
  private void awaitLeads() {
    await()
        .atMost(SOON)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> replica.get("/status").contains("\"epoch\""));
    awaitValue(LEADER, 1);
  }

  private String address() {
    return "http://127.0.0.1:" + port;
  }

  private void launch() throws IOException {
    replica =
        AlertingProcess.start(
            folder.resolve("alerting.yaml"), folder.resolve("log"), URI.create(address()));
  }

  @AfterEach
  void stop() throws Exception {
    replica.close();
    postgres.close();
  }

  @Test
  void withoutLeaderWhileNoReplicaThatStartsReachesTheDatabase() throws Exception {
    postgres.stop();
    replica.close();
    launch();
    awaitValue(FAILURES, 1);
    phase();
    postgres.start();
    awaitLeads();
    phase();

    timeline.assertFiring("LongshoreAlertingWithoutLeader", false, true, false);
  }

  @Test
  void replicaCutOffWhileItsDatabaseDoesNotAnswer() throws Exception {
    postgres.stop();
    awaitValue(FAILURES, 45);
    timeline.answers(POD, scrape(), scrape(), AlertTimeline.SHORT);
    postgres.start();
    await().atMost(SOON).pollInterval(Duration.ofSeconds(2)).until(this::failsNoMore);
    phase();

    timeline.assertFiring("LongshoreAlertingReplicaCutOff", false, true, false);
  }

  private boolean failsNoMore() {
    double before = failures;
    failures = value(scrape(), FAILURES);
    return failures == before;
  }

  private void phase() {
    Scrape scrape = scrape();
    timeline.answers(POD, scrape, scrape, AlertTimeline.LONG);
  }

  private void awaitValue(String name, double least) {
    await().atMost(SOON).until(() -> value(scrape(), name) >= least);
  }

  private static double value(Scrape scrape, String name) {
    return Double.parseDouble(scrape.values().getOrDefault(name, "-1"));
  }

  /// No values while it does not answer.
  private Scrape scrape() {
    Map<String, String> values = new LinkedHashMap<>();
    try {
      for (String line : replica.get("/metrics").lines().toList()) {
        int space = line.lastIndexOf(' ');
        if (line.startsWith("longshore_") && space > 0) {
          values.put(line.substring(0, space), line.substring(space + 1));
        }
      }
    } catch (IOException e) {
      // It starts.
    }
    return new Scrape(Clock.system().epochMillis() / 1000.0, values);
  }
}
