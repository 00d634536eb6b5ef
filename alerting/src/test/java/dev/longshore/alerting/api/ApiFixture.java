package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longshore.alerting.acknowledge.AcknowledgementStore;
import dev.longshore.alerting.acknowledge.Acknowledgements;
import dev.longshore.alerting.acknowledge.AcknowledgementsMetrics;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.alerting.alert.AlertGroup;
import dev.longshore.alerting.alert.AlertSink;
import dev.longshore.alerting.alert.Fingerprint;
import dev.longshore.alerting.alert.GroupListener;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.alert.Matchers;
import dev.longshore.alerting.route.Dispatcher;
import dev.longshore.alerting.route.Route;
import dev.longshore.alerting.route.Routing;
import dev.longshore.alerting.silence.SilenceStore;
import dev.longshore.alerting.silence.Silences;
import dev.longshore.alerting.silence.SilencesMetrics;
import dev.longshore.alerting.state.Database;
import dev.longshore.alerting.state.StateWriter;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.RecordedExit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The API on a port, with alerts that are posted to it, a route for pages, and a clock that is
/// moved.
abstract class ApiFixture {
  static final String PREFIX = "/am";
  static final long INTAKE_BYTES = 16 << 20;
  static final JsonMapper JSON = new JsonMapper();

  @TempDir Path dir;
  final ManualClock clock = new ManualClock();
  final Loop loop =
      new Loop(
          "test",
          clock,
          e -> {
            throw new AssertionError(e);
          });
  final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();
  final Map<String, Labels> receivers = new LinkedHashMap<>();
  boolean full;
  volatile boolean leads = true;
  final HttpClient http = HttpClient.newHttpClient();
  String reloadProblem = "";
  Database database;
  Dispatcher dispatcher;
  OpsServer server;

  @BeforeEach
  void start() throws Exception {
    receivers.put("team", Labels.EMPTY);
    receivers.put("pages", Labels.of("owner", "sre"));
    database = Database.open(dir, List.of(SilenceStore.SCHEMA, AcknowledgementStore.SCHEMA), clock);
    StateWriter state =
        new StateWriter(database, clock, loop, Runnable::run, new SimpleMeterRegistry());
    Silences silences =
        new Silences(
            new SilenceStore(state),
            clock,
            loop,
            new Random(7),
            () -> {},
            new SilencesMetrics(new SimpleMeterRegistry()));
    Acknowledgements acknowledgements =
        new Acknowledgements(
            new AcknowledgementStore(state),
            clock,
            loop,
            id -> dispatcher.group(id),
            id -> dispatcher.refresh(id),
            new Deaf(),
            (_, _, _, _) -> {},
            new AcknowledgementsMetrics(new SimpleMeterRegistry()));
    Route root =
        new Route(
            Route.ROOT,
            List.of(),
            "team",
            new Route.Grouping(false, List.of("alertname")),
            false,
            Route.Timing.STANDARD,
            List.of(),
            List.of(),
            List.of(
                new Route(
                    "{}/{severity=\"page\"}",
                    Matchers.parse("severity=page"),
                    "pages",
                    Route.Grouping.NONE,
                    true,
                    Route.Timing.STANDARD,
                    List.of(),
                    List.of(),
                    List.of()),
                new Route(
                    "{}/{audit=\"yes\"}",
                    Matchers.parse("audit=yes"),
                    "team",
                    Route.Grouping.NONE,
                    false,
                    Route.Timing.STANDARD,
                    List.of(),
                    List.of(),
                    List.of())));
    dispatcher =
        new Dispatcher(
            new Routing(root, List.of(), Map.of()),
            clock,
            loop,
            silences::silencing,
            acknowledgements,
            (_, _, _, _) -> {});
    Meters meters = new Meters();
    server =
        new OpsServer(
            "api.listen",
            new OpsConfig("127.0.0.1", 0),
            clock,
            new Supervisor(clock, new RecordedExit()),
            meters,
            List.of(),
            _ -> {});
    new Api(
            loop,
            clock,
            this::put,
            () -> {},
            alerts::values,
            () -> dispatcher,
            silences,
            acknowledgements,
            () -> new Api.InForce(receivers, "route: {receiver: team}", Duration.ofMinutes(5)),
            () -> reloadProblem,
            INTAKE_BYTES,
            new ApiMetrics(meters.registry()))
        .whileLeading(() -> leads)
        .addTo(server, PREFIX);
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
    http.close();
  }

  private List<AlertSink.Refusal> put(List<Alert> posted) {
    List<AlertSink.Refusal> refusals = new ArrayList<>();
    for (Alert alert : posted) {
      if (full) {
        refusals.add(new AlertSink.Refusal(alert.fingerprint(), alert.name() + " does not fit"));
      } else {
        alerts.put(alert.fingerprint(), alert);
        dispatcher.put(alert);
      }
    }
    return refusals;
  }

  String silence(String name, String value) throws Exception {
    HttpResponse<String> made =
        post(
            "/api/v2/silences",
            silenceJson("").replace("\"alertname\"", "\"" + name + "\"").replace("PodDown", value));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return JSON.readTree(made.body()).path("silenceID").asText();
  }

  static String silenceJson(String id) {
    return """
    {%s"matchers":[{"name":"alertname","value":"PodDown","isRegex":false}],
     "startsAt":"2026-11-23T06:00:00.000Z","endsAt":"2026-11-23T07:00:00.000Z",
     "createdBy":"operator","comment":"maintenance"}
    """
        .formatted(id);
  }

  void postAlert(String labels) throws Exception {
    assertThat(post("/api/v2/alerts", "[{\"labels\":" + labels + "}]").statusCode()).isEqualTo(200);
  }

  static JsonNode byName(JsonNode alerts, String name) {
    for (JsonNode alert : alerts) {
      if (alert.path("labels").path("alertname").asText().equals(name)) {
        return alert;
      }
    }
    throw new AssertionError(name + " is not in " + alerts);
  }

  JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = answer(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> answer(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  int delete(String path) throws Exception {
    HttpRequest delete = HttpRequest.newBuilder(uri(path)).DELETE().build();
    return http.send(delete, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return post(path, "application/json", body);
  }

  HttpResponse<String> post(String path, String type, String body) throws Exception {
    return post(path, type, body.getBytes(StandardCharsets.UTF_8));
  }

  HttpResponse<String> post(String path, String type, byte[] body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + PREFIX + path);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static final class Deaf implements GroupListener {
    @Override
    public void flush(AlertGroup group, Instant now) {}

    @Override
    public void changed(AlertGroup group, Instant now) {}
  }
}
