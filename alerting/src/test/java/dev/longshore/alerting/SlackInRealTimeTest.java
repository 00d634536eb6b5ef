package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.slack.SlackAct;
import dev.longshore.testkit.slack.SlackMessage;
import dev.longshore.testkit.slack.SlackServer;
import dev.longshore.testkit.slack.SlackUser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerting as it runs, with its threads and its state on disk: a press in Slack is acknowledged in
/// time and shows in the message within seconds, also one on a message of the process before.
final class SlackInRealTimeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHOWS_WITHIN = Duration.ofSeconds(5);
  private static final SlackUser JANE = SlackUser.of("U0JANE", "jane.doe");

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();
  private final SlackServer slack = SlackServer.start(Clock.system());
  private Alerting alerting;

  @BeforeEach
  void open() throws Exception {
    slack.open("alerts");
    slack.know(JANE);
    Files.writeString(dir.resolve("bot-token"), SlackServer.TOKEN);
    Files.writeString(dir.resolve("app-token"), SlackServer.APP_TOKEN);
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        global:
          slack_app_url: %s
          slack_app_token_file: bot-token
          slack_app_level_token_file: app-token
        route: {receiver: shop, group_by: [alertname], group_wait: 0s, group_interval: 5m}
        receivers:
          - name: shop
            slack_configs: [{channel: '#alerts', send_resolved: true, answers: {enabled: true}}]
        """
            .formatted(slack.apiUrl()));
    Files.writeString(
        dir.resolve("alerting.yaml"),
        """
        routing: alertmanager.yml
        state: {dir: "%s"}
        api: {listen: "127.0.0.1:0", externalUrl: "http://longshore.example"}
        """
            .formatted(dir.resolve("state")));
    start();
  }

  private void start() throws Exception {
    alerting =
        Alerting.of(AlertingConfig.load(dir.resolve("alerting.yaml"), Map.of()), Clock.system());
    alerting.start();
    await().atMost(PATIENCE).until(() -> slack.acts().connections() == 2);
  }

  @AfterEach
  void stop() {
    alerting.close();
    slack.close();
    http.close();
    assertThat(slack.acts().protocolErrors()).isEmpty();
  }

  private SlackMessage card() {
    return slack.topLevel("alerts").getFirst();
  }

  @Test
  void aPressIsAcknowledgedInTimeAndShowsInTheMessageAlsoAfterARestart() throws Exception {
    post("[{\"labels\":{\"alertname\":\"CheckoutDown\"}}]");
    await().atMost(PATIENCE).until(() -> slack.topLevel("alerts").size() == 1);
    SlackAct acknowledge = slack.acts().press(card(), "Acknowledge", JANE);
    await()
        .atMost(SHOWS_WITHIN)
        .until(() -> card().visible().contains("acknowledged by *jane.doe*"));
    assertThat(acknowledge.isAcknowledged()).isTrue();
    await()
        .atMost(PATIENCE)
        .until(() -> get("/status").at("/slackApps/0/connections").asInt() == 2);

    alerting.close();
    await().atMost(PATIENCE).until(() -> slack.acts().connections() == 0);
    start();
    SlackAct end = slack.acts().press(card(), "End acknowledgement", JANE);
    await().atMost(SHOWS_WITHIN).until(() -> card().visible().contains("[Acknowledge]"));
    assertThat(end.isAcknowledged()).isTrue();
    assertThat(slack.topLevel("alerts")).hasSize(1);
  }

  private JsonNode get(String path) throws Exception {
    return JSON.readTree(
        http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private void post(String alerts) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/v2/alerts"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(alerts))
            .build();
    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + alerting.port() + path);
  }
}
