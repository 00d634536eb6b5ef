package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Alerting as it runs escalates on its own clock, and an acknowledgement by the API stops that
/// within two seconds.
final class EscalationInRealTimeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(2);

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();

  /// What receivers were told, as `firing bob CheckoutDown`.
  private final List<String> told = new CopyOnWriteArrayList<>();

  private HttpServer hook;
  private Alerting alerting;

  @BeforeEach
  void start() throws Exception {
    hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hook.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    hook.createContext(
        "/",
        exchange -> {
          JsonNode payload = JSON.readTree(exchange.getRequestBody().readAllBytes());
          told.add(
              payload.path("status").asText()
                  + " "
                  + payload.path("receiver").asText()
                  + " "
                  + payload.at("/commonLabels/alertname").asText());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    hook.start();
    String webhook =
        "webhook_configs: [{url: \"http://127.0.0.1:%d/\"}]".formatted(hook.getAddress().getPort());
    Files.writeString(
        dir.resolve("alertmanager.yml"),
        """
        route: {receiver: page, group_by: [alertname], group_wait: 0s, group_interval: 5m}
        receivers:
          - {name: page, HOOK}
          - {name: alice, HOOK}
          - {name: bob, HOOK}
        """
            .replace("HOOK", webhook));
    Files.writeString(
        dir.resolve("oncall.yml"),
        """
        people:
          - {name: alice, receivers: [alice]}
          - {name: bob, receivers: [bob]}
        rotations:
          - {name: shop, layers: [{people: [alice], start: 2026-01-01}]}
        escalations:
          - name: shop
            receivers: [page]
            steps: [{rotations: [shop]}, {after: 5s, people: [bob]}]
        """);
    Path config =
        Files.writeString(
            dir.resolve("alerting.yaml"),
            """
            routing: alertmanager.yml
            oncall: oncall.yml
            state: {dir: "%s"}
            api: {listen: "127.0.0.1:0", externalUrl: "http://longshore.example"}
            """
                .formatted(dir.resolve("state")));
    alerting = Alerting.of(AlertingConfig.load(config, Map.of()), Clock.system());
    alerting.start();
  }

  @AfterEach
  void stop() {
    alerting.close();
    hook.stop(0);
    http.close();
  }

  @Test
  void anAcknowledgementStopsItWithinTwoSecondsAndTheOtherGroupGoesOn() throws Exception {
    fire("CheckoutDown");
    await().atMost(PATIENCE).until(() -> told.contains("firing alice CheckoutDown"));
    assertThat(get("/oncall").at("/rotations/0/person").asText()).isEqualTo("alice");

    String group = get("/api/v2/alerts/groups").at("/0/id").asText();
    post("/acknowledgements", "{\"group\":\"%s\",\"createdBy\":\"alice\"}".formatted(group));
    await()
        .atMost(STOPS_WITHIN)
        .until(() -> get("/oncall").at("/escalations/0/state").asText().equals("stopped"));

    fire("CartDown");
    await().atMost(PATIENCE).until(() -> told.contains("firing bob CartDown"));
    assertThat(told)
        .containsExactlyInAnyOrder(
            "firing page CheckoutDown",
            "firing alice CheckoutDown",
            "firing page CartDown",
            "firing alice CartDown",
            "firing bob CartDown");
  }

  private void fire(String name) throws Exception {
    post("/api/v2/alerts", "[{\"labels\":{\"alertname\":\"%s\"}}]".formatted(name));
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(
        http.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private void post(String path, String body) throws Exception {
    HttpResponse<String> reply =
        http.send(
            HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + alerting.port() + path);
  }
}
