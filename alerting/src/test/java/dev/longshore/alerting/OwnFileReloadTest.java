package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Promise: alerting as it runs takes what of its own file needs no start, says what does, and
/// keeps what it has where the file is broken.
final class OwnFileReloadTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;

  private final HttpClient http = HttpClient.newHttpClient();
  private Alerting alerting;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        route: {receiver: nobody, group_by: [alertname], group_wait: 0s}
        receivers: [{name: nobody}]
        """);
    alerting = Alerting.of(AlertingConfig.load(write("4h", "state"), Map.of()), Clock.system());
    alerting.start();
  }

  @AfterEach
  void stop() {
    alerting.close();
    http.close();
  }

  private Path write(String timeout, String state) throws IOException {
    return Files.writeString(
        dir.resolve("alerting.yaml"),
        """
        routing: alertmanager.yml
        acknowledgements: {timeout: %s}
        state: {dir: "%s"}
        api: {listen: "127.0.0.1:0"}
        """
            .formatted(timeout, dir.resolve(state)));
  }

  @Test
  void whatNeedsNoStartIsTakenAndTheRestIsNamed() throws Exception {
    assertThat(lasts("First")).isBetween(Duration.ofMinutes(239), Duration.ofMinutes(240));

    write("10m", "elsewhere");
    assertThat(send("/-/reload", "").statusCode()).isEqualTo(200);

    assertThat(lasts("Second")).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    assertThat(get("/status").path("atNextStart").toString()).isEqualTo("[\"state\"]");
  }

  @Test
  void aBrokenFileChangesNothingAndIsAnAlert() throws Exception {
    write("soon", "state");
    HttpResponse<String> reply = send("/-/reload", "");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body()).contains("acknowledgements.timeout");
    assertThat(lasts("First")).isBetween(Duration.ofMinutes(239), Duration.ofMinutes(240));
    assertThat(get("/api/v2/alerts").toString())
        .contains("LongshoreConfigurationBroken")
        .contains(dir.resolve("alerting.yaml").toString());

    write("4h", "state");
    assertThat(send("/-/reload", "").statusCode()).isEqualTo(200);
    assertThat(get("/api/v2/alerts").toString()).doesNotContain("LongshoreConfigurationBroken");
  }

  /// How long an acknowledgement lasts that is made now and says nothing.
  private Duration lasts(String alert) throws Exception {
    send("/api/v2/alerts", "[{\"labels\":{\"alertname\":\"%s\"}}]".formatted(alert));
    for (JsonNode group : get("/api/v2/alerts/groups")) {
      if (group.at("/labels/alertname").asText().equals(alert)) {
        JsonNode made =
            JSON.readTree(
                send(
                        "/acknowledgements",
                        "{\"group\":\"%s\",\"createdBy\":\"ann\"}"
                            .formatted(group.path("id").asText()))
                    .body());
        return Duration.between(Instant.now(), Instant.parse(made.path("endsAt").asText()));
      }
    }
    throw new AssertionError("no group has the alert " + alert);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(
        http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private HttpResponse<String> send(String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + alerting.port() + path);
  }
}
