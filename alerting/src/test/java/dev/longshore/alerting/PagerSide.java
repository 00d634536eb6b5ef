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

/// Longshore or an Alertmanager, with the webhooks that it calls, so that a test can give both the
/// same file and the same posts.
abstract class PagerSide implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final int port = FreePorts.one();

  private final HttpServer webhooks;

  /// By receiver and grouping labels, what was told and taken, one after the other.
  private final Map<String, List<String>> told = new TreeMap<>();

  private final List<String> repeated = new ArrayList<>();

  /// What a webhook answers.
  interface Answers {
    int status(String receiver, JsonNode payload);
  }

  /// An alert that is posted.
  ///
  /// @param labels as JSON writes members
  record Posted(String name, String labels) {}

  private PagerSide(Answers answers) throws IOException {
    webhooks = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhooks.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    webhooks.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String receiver = exchange.getRequestURI().getPath().substring(1);
            JsonNode payload = JSON.readTree(exchange.getRequestBody().readAllBytes());
            int status = answers.status(receiver, payload);
            if (status == 200) {
              take(receiver, payload);
            }
            exchange.sendResponseHeaders(status, -1);
          }
        });
    webhooks.start();
  }

  /// The Alertmanager on the PATH, and those that the environment's `LONGSHORE_ALERTMANAGERS`
  /// names, separated by colons.
  static Stream<String> alertmanagers() {
    List<String> programs = new ArrayList<>();
    programs.add(PrometheusServer.find("prometheus-alertmanager").toString());
    String more = System.getenv().getOrDefault("LONGSHORE_ALERTMANAGERS", "");
    Stream.of(more.split(":", -1)).filter(it -> !it.isEmpty()).forEach(programs::add);
    return programs.stream();
  }

  /// @param routing Alertmanager's file up to the receivers, of which each is a webhook
  /// @param receivers their names, each with more keys of its webhook, such as `send_resolved`
  static PagerSide alertmanager(
      String program, Path dir, String routing, Map<String, String> receivers, Answers answers)
      throws IOException {
    return new Alertmanager(
        program, Files.createDirectories(dir.resolve("alertmanager")), routing, receivers, answers);
  }

  /// The same file in Longshore.
  static PagerSide longshore(
      Path dir, String routing, Map<String, String> receivers, Answers answers) throws Exception {
    return new Longshore(
        Files.createDirectories(dir.resolve("longshore")), routing, receivers, answers);
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
        told.computeIfAbsent(receiver + " " + payload.path("groupLabels"), _ -> new ArrayList<>());
    if (states.isEmpty() || !states.getLast().equals(state)) {
      states.add(state);
    } else {
      repeated.add(receiver);
    }
  }

  synchronized Map<String, List<String>> told() {
    Map<String, List<String>> copy = new TreeMap<>();
    told.forEach((key, states) -> copy.put(key, List.copyOf(states)));
    return copy;
  }

  /// How often a receiver was told what it knew.
  synchronized long repeats(String receiver) {
    return repeated.stream().filter(receiver::equals).count();
  }

  boolean hasTold(String receiver, String text) {
    return told().entrySet().stream()
        .filter(it -> it.getKey().startsWith(receiver + " "))
        .anyMatch(it -> it.getValue().toString().contains(text));
  }

  final Path write(Path folder, String routing, Map<String, String> receivers) throws IOException {
    StringBuilder text = new StringBuilder(routing);
    receivers.forEach(
        (name, keys) ->
            text.append("  - name: ")
                .append(name)
                .append("\n    webhook_configs: [{url: 'http://127.0.0.1:")
                .append(webhooks.getAddress().getPort())
                .append('/')
                .append(name)
                .append("'")
                .append(keys.isEmpty() ? "" : ", " + keys)
                .append("}]\n"));
    return Files.writeString(folder.resolve("alertmanager.yml"), text.toString());
  }

  void post(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /// Posts alerts to both.
  static void post(List<PagerSide> sides, Duration endsIn, Posted... alerts) throws Exception {
    Instant now = Clock.system().now();
    List<String> objects = new ArrayList<>();
    for (Posted alert : alerts) {
      objects.add(
          """
          {"labels": {"alertname": "%s", %s}, "annotations": {"summary": "down"},
           "startsAt": "%s", "endsAt": "%s"}"""
              .formatted(alert.name, alert.labels, now.minusMillis(100), now.plus(endsIn)));
    }
    for (PagerSide side : sides) {
      side.post("/api/v2/alerts", objects.toString());
    }
  }

  /// Waits until both have told a receiver something.
  static void toldBoth(List<PagerSide> sides, String receiver, String text) {
    await()
        .atMost(PATIENCE)
        .until(() -> sides.stream().allMatch(side -> side.hasTold(receiver, text)));
  }

  @Override
  public void close() {
    webhooks.stop(0);
  }

  private static final class Alertmanager extends PagerSide {
    private final Process process;

    Alertmanager(
        String program, Path folder, String routing, Map<String, String> receivers, Answers answers)
        throws IOException {
      super(answers);
      process =
          new ProcessBuilder(
                  program,
                  "--config.file=" + write(folder, routing, receivers),
                  "--storage.path=" + folder.resolve("data"),
                  "--web.listen-address=127.0.0.1:" + port,
                  "--cluster.listen-address=")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      URI ready = URI.create("http://127.0.0.1:" + port + "/-/ready");
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () ->
                  HTTP.send(
                              HttpRequest.newBuilder(ready).build(),
                              HttpResponse.BodyHandlers.discarding())
                          .statusCode()
                      == 200);
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
      super.close();
    }
  }

  private static final class Longshore extends PagerSide {
    private final Alerting alerting;

    Longshore(Path folder, String routing, Map<String, String> receivers, Answers answers)
        throws Exception {
      super(answers);
      write(folder, routing, receivers);
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
      alerting = Alerting.of(AlertingConfig.load(file, Map.of()), Clock.system());
      alerting.start();
    }

    @Override
    public void close() {
      alerting.close();
      super.close();
    }
  }
}
