package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.AlertingProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PostgresServer;
import dev.longshore.testkit.slack.SlackAct;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackServer;
import dev.longshore.testkit.slack.SlackUser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers in Slack go on while the leader moves: the next leader has the connections, and knows
/// the messages and the acknowledgements of the one before.
@Tag("postgres")
final class SlackReplicasE2E {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final SlackUser JANE = SlackUser.of("U0JANE", "jane.doe");

  @TempDir Path dir;
  private final SlackServer slack = SlackServer.start(Clock.system());
  private final List<AlertingProcess> replicas = new ArrayList<>();
  private PostgresServer postgres;

  @BeforeEach
  void open() throws Exception {
    slack.open("alerts");
    slack.know(JANE);
    postgres = PostgresServer.create();
    String url = postgres.createDatabase("longshore");
    for (int i = 0; i < 2; i++) {
      replicas.add(start("alerting-" + i, url));
    }
    for (AlertingProcess replica : replicas) {
      replica.awaitReady();
    }
  }

  private AlertingProcess start(String name, String url) throws IOException {
    Path home = Files.createDirectories(dir.resolve(name));
    int port = FreePorts.one();
    Files.writeString(
        home.resolve("alertmanager.yml"),
        """
        global: {slack_app_url: "%s", slack_app_token: %s, slack_app_level_token: %s}
        route: {receiver: shop, group_by: [alertname], group_wait: 0s, group_interval: 1m}
        receivers:
          - name: shop
            slack_configs: [{channel: '#alerts', answers: {enabled: true}}]
        """
            .formatted(slack.apiUrl(), SlackServer.TOKEN, SlackServer.APP_TOKEN));
    Files.writeString(home.resolve("password"), PostgresServer.PASSWORD);
    Files.writeString(
        home.resolve("alerting.yaml"),
        """
        routing: alertmanager.yml
        state:
          postgres: {url: "%s", username: %s, passwordFile: "%s", advertise: "http://127.0.0.1:%d"}
        api: {listen: "127.0.0.1:%d", externalUrl: "http://longshore.example"}
        """
            .formatted(url, PostgresServer.USER, home.resolve("password"), port, port));
    return AlertingProcess.start(
        home.resolve("alerting.yaml"), home.resolve("log"), URI.create("http://127.0.0.1:" + port));
  }

  @AfterEach
  void close() throws Exception {
    replicas.forEach(AlertingProcess::close);
    postgres.close();
    slack.close();
    assertThat(slack.acts().protocolErrors()).isEmpty();
  }

  private AlertingProcess leader() {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> replicas.stream().filter(SlackReplicasE2E::leads).findFirst().orElse(null),
            it -> it != null);
  }

  private static boolean leads(AlertingProcess replica) {
    try {
      return JSON.readTree(replica.get("/status")).path("role").asText().equals("leader");
    } catch (IOException e) {
      return false;
    }
  }

  private SlackMessage card() {
    return slack.topLevel("alerts").getFirst();
  }

  private void awaitConnections() {
    await().atMost(PATIENCE).until(() -> slack.acts().connections() == 2);
  }

  @Test
  void thePressAfterTheLeaderWasKilledIsAnsweredByTheNext() throws Exception {
    AlertingProcess leader = leader();
    awaitConnections();
    assertThat(
            leader
                .send("POST", "/api/v2/alerts", "[{\"labels\": {\"alertname\": \"CheckoutDown\"}}]")
                .statusCode())
        .isEqualTo(200);
    await().atMost(PATIENCE).until(() -> slack.topLevel("alerts").size() == 1);
    SlackAct acknowledge = slack.acts().press(card(), "Acknowledge", JANE);
    await().atMost(PATIENCE).until(() -> card().visible().contains("acknowledged by *jane.doe*"));
    assertThat(acknowledge.isAcknowledged()).isTrue();

    leader.kill();
    await().atMost(PATIENCE).until(() -> slack.acts().connections() == 0);
    awaitConnections();
    SlackAct end = slack.acts().press(card(), "End acknowledgement", JANE);
    await().atMost(PATIENCE).until(() -> card().visible().contains("[Acknowledge]"));

    assertThat(end.isAcknowledged()).isTrue();
    assertThat(slack.topLevel("alerts")).hasSize(1);
  }
}
