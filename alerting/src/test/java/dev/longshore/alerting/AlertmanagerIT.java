package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PrometheusServer;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Longshore and Alertmanager, with the same file and the same posts, notify the same receivers of
/// the same alerts. Alertmanager is the one on the PATH, and those that the environment's
/// `LONGSHORE_ALERTMANAGERS` names, separated by colons.
@Tag("prometheus")
final class AlertmanagerIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String ROUTING =
      """
      route:
        receiver: root
        group_by: [alertname]
        group_wait: 1s
        group_interval: 2s
        repeat_interval: 1h
        routes:
          - {receiver: everything, continue: true}
          - {matchers: ['case="sibling"'], receiver: sibling-1, continue: true}
          - {matchers: ['case="sibling"'], receiver: sibling-2}
          - {matchers: ['case="grouped"'], receiver: by-pod, group_by: [pod], group_wait: 500ms, continue: true}
          - {matchers: ['case="grouped"'], receiver: by-all, group_by: ['...'], continue: true}
          - {matchers: ['case="grouped"'], receiver: together, group_by: [case]}
          - {matchers: ['case="repeated"'], receiver: repeated, repeat_interval: 3s}
          - {matchers: ['case="ended"'], receiver: with-end, continue: true}
          - {matchers: ['case="ended"'], receiver: without-end}
          - {matchers: ['case="inhibited"'], receiver: inhibited}
          - {matchers: ['case="muted"'], receiver: muted, mute_time_intervals: [always], continue: true}
          - {matchers: ['case="muted"'], receiver: outside, active_time_intervals: [never], continue: true}
          - {matchers: ['case="muted"'], receiver: inside, active_time_intervals: [always]}
          - matchers: ['case="nested"']
            receiver: parent
            routes:
              - {matchers: ['pod=~"a.*"'], receiver: child}
              - {matchers: ['pod!="c"'], receiver: other-child, continue: true}
      inhibit_rules:
        - {source_matchers: [severity="critical"], target_matchers: [severity="warning"], equal: [node]}
      time_intervals:
        - {name: always, time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]}
        - {name: never, time_intervals: [{years: ["2001"]}]}
      receivers:
      """;

  private static final List<String> RECEIVERS =
      List.of(
          "root",
          "everything",
          "sibling-1",
          "sibling-2",
          "by-pod",
          "by-all",
          "together",
          "repeated",
          "with-end",
          "without-end",
          "inhibited",
          "muted",
          "outside",
          "inside",
          "parent",
          "child",
          "other-child");

  @TempDir Path dir;

  private final Clock clock = Clock.system();
  private final HttpClient http = HttpClient.newHttpClient();

  static Stream<String> alertmanagers() {
    List<String> programs = new ArrayList<>();
    programs.add(PrometheusServer.find("prometheus-alertmanager").toString());
    String more = System.getenv().getOrDefault("LONGSHORE_ALERTMANAGERS", "");
    Stream.of(more.split(":", -1)).filter(it -> !it.isEmpty()).forEach(programs::add);
    return programs.stream();
  }

  /// One of the two, with the webhooks that it calls.
  private abstract class Side implements AutoCloseable {
    final HttpServer webhooks;
    final int port = FreePorts.one();

    /// By receiver and grouping labels, what was told, one after the other.
    private final Map<String, List<String>> told = new TreeMap<>();

    private int repeats;

    Side() throws IOException {
      webhooks = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      webhooks.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      webhooks.createContext(
          "/",
          exchange -> {
            try (exchange) {
              take(
                  exchange.getRequestURI().getPath().substring(1),
                  JSON.readTree(exchange.getRequestBody().readAllBytes()));
              exchange.sendResponseHeaders(200, -1);
            }
          });
      webhooks.start();
    }

    private synchronized void take(String receiver, JsonNode payload) {
      if (payload.path("commonLabels").path("alertname").asText().startsWith("Longshore")) {
        return;
      }
      TreeSet<String> alerts = new TreeSet<>();
      for (JsonNode alert : payload.path("alerts")) {
        JsonNode labels = alert.path("labels");
        alerts.add(
            labels.path("alertname").asText()
                + "/"
                + labels.path("pod").asText()
                + " "
                + alert.path("status").asText());
      }
      String state =
          payload.path("status").asText() + " " + alerts + " " + payload.path("commonLabels");
      List<String> states =
          told.computeIfAbsent(
              receiver + " " + payload.path("groupLabels"), _ -> new ArrayList<>());
      if (states.isEmpty() || !states.getLast().equals(state)) {
        states.add(state);
      } else if (receiver.equals("repeated")) {
        repeats++;
      }
    }

    synchronized Map<String, List<String>> told() {
      Map<String, List<String>> copy = new TreeMap<>();
      told.forEach((key, states) -> copy.put(key, List.copyOf(states)));
      return copy;
    }

    synchronized int repeats() {
      return repeats;
    }

    Path routing(Path folder) throws IOException {
      StringBuilder text = new StringBuilder(ROUTING);
      for (String receiver : RECEIVERS) {
        text.append("  - name: ")
            .append(receiver)
            .append("\n    webhook_configs: [{url: 'http://127.0.0.1:")
            .append(webhooks.getAddress().getPort())
            .append('/')
            .append(receiver)
            .append("', send_resolved: ")
            .append(!receiver.equals("without-end"))
            .append("}]\n");
      }
      return Files.writeString(
          Files.createDirectories(folder).resolve("alertmanager.yml"), text.toString());
    }

    void post(String path, String body) throws IOException, InterruptedException {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Override
    public void close() {
      webhooks.stop(0);
    }
  }

  private final class AlertmanagerSide extends Side {
    private final Process process;

    AlertmanagerSide(String program) throws IOException {
      Path folder = dir.resolve("alertmanager");
      process =
          new ProcessBuilder(
                  program,
                  "--config.file=" + routing(folder),
                  "--storage.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--cluster.listen-address=")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () ->
                  http.send(
                              HttpRequest.newBuilder(
                                      URI.create("http://127.0.0.1:" + port + "/-/ready"))
                                  .build(),
                              HttpResponse.BodyHandlers.ofString())
                          .statusCode()
                      == 200);
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
      super.close();
    }
  }

  private final class LongshoreSide extends Side {
    private final Alerting alerting;

    LongshoreSide() throws Exception {
      Path folder = dir.resolve("longshore");
      routing(folder);
      Files.createDirectories(folder.resolve("rules"));
      Path file =
          Files.writeString(
              folder.resolve("alerting.yaml"),
              """
              rules: ["rules/*.yml"]
              routing: alertmanager.yml
              prometheus: [{name: main, url: "http://127.0.0.1:%d"}]
              state: {dir: "%s"}
              api: {listen: "127.0.0.1:%d"}
              """
                  .formatted(FreePorts.one(), folder.resolve("state"), port));
      alerting = Alerting.of(AlertingConfig.load(file, Map.of()), clock);
      alerting.start();
    }

    @Override
    public void close() {
      alerting.close();
      super.close();
    }
  }

  private record Posted(String name, String labels) {}

  private static Posted alert(String name, String labels) {
    return new Posted(name, labels);
  }

  private static void post(List<Side> sides, Duration endsIn, Posted... alerts) throws Exception {
    Instant now = Clock.system().now();
    List<String> objects = new ArrayList<>();
    for (Posted alert : alerts) {
      objects.add(
          """
          {"labels": {"alertname": "%s", %s}, "annotations": {"summary": "down"},
           "startsAt": "%s", "endsAt": "%s"}"""
              .formatted(alert.name, alert.labels, now.minusMillis(100), now.plus(endsIn)));
    }
    for (Side side : sides) {
      side.post("/api/v2/alerts", objects.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("alertmanagers")
  void notifyTheSameReceiversOfTheSameAlerts(String program) throws Exception {
    try (Side alertmanager = new AlertmanagerSide(program);
        Side longshore = new LongshoreSide()) {
      List<Side> sides = List.of(alertmanager, longshore);
      Instant now = clock.now();
      for (Side side : sides) {
        side.post(
            "/api/v2/silences",
            """
            {"matchers": [{"name": "case", "value": "silenced", "isRegex": false}], "createdBy": "ops",
             "comment": "planned", "startsAt": "%s", "endsAt": "%s"}"""
                .formatted(now, now.plusSeconds(600)));
      }
      post(
          sides,
          Duration.ofMinutes(5),
          alert("NodeDown", "\"severity\": \"critical\", \"node\": \"n1\""),
          alert("Silenced", "\"case\": \"silenced\", \"pod\": \"a\""));
      toldBoth(sides, "everything", "NodeDown");
      post(
          sides,
          Duration.ofMinutes(5),
          alert("Sibling", "\"case\": \"sibling\", \"pod\": \"a\""),
          alert("Grouped", "\"case\": \"grouped\", \"pod\": \"a\""),
          alert("Grouped", "\"case\": \"grouped\", \"pod\": \"b\""),
          alert("Repeated", "\"case\": \"repeated\", \"pod\": \"a\""),
          alert("Ended", "\"case\": \"ended\", \"pod\": \"a\""),
          alert("Ended", "\"case\": \"ended\", \"pod\": \"b\""),
          alert(
              "Inhibited", "\"case\": \"inhibited\", \"severity\": \"warning\", \"node\": \"n1\""),
          alert("Free", "\"case\": \"inhibited\", \"severity\": \"warning\", \"node\": \"n2\""),
          alert("Muted", "\"case\": \"muted\", \"pod\": \"a\""),
          alert("Nested", "\"case\": \"nested\", \"pod\": \"a1\""),
          alert("Nested", "\"case\": \"nested\", \"pod\": \"b\""),
          alert("Nested", "\"case\": \"nested\", \"pod\": \"c\""));
      toldBoth(sides, "with-end", "Ended");
      toldBoth(sides, "other-child", "Nested");
      post(sides, Duration.ofMinutes(5), alert("Grouped", "\"case\": \"grouped\", \"pod\": \"z\""));
      toldBoth(sides, "together", "Grouped/z");
      post(sides, Duration.ofMillis(-50), alert("Ended", "\"case\": \"ended\", \"pod\": \"a\""));
      toldBoth(sides, "with-end", "Ended/a resolved");
      post(
          sides,
          Duration.ofMillis(-50),
          alert("Ended", "\"case\": \"ended\", \"pod\": \"b\""),
          alert("Sibling", "\"case\": \"sibling\", \"pod\": \"a\""),
          alert("NodeDown", "\"severity\": \"critical\", \"node\": \"n1\""));
      toldBoth(sides, "with-end", "Ended/b resolved");
      toldBoth(sides, "sibling-2", "Sibling/a resolved");
      toldBoth(sides, "inhibited", "Inhibited/");
      await().atMost(PATIENCE).until(() -> sides.stream().allMatch(it -> it.repeats() >= 2));

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(longshore.told()).isEqualTo(alertmanager.told()));
      assertThat(longshore.told().keySet())
          .noneMatch(it -> it.startsWith("muted") || it.startsWith("outside"))
          .noneMatch(it -> it.contains("Silenced"));
    }
  }

  private static void toldBoth(List<Side> sides, String receiver, String text) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                sides.stream()
                    .allMatch(
                        side ->
                            side.told().entrySet().stream()
                                .filter(it -> it.getKey().startsWith(receiver + " "))
                                .anyMatch(it -> it.getValue().toString().contains(text))));
  }
}
