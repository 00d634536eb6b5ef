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
import java.net.InetAddress;
import java.net.Socket;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients of Alertmanager's API v2 get what they get from Alertmanager.
final class ApiTest {
  private static final String PREFIX = "/am";
  private static final long INTAKE_BYTES = 16 << 20;
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path dir;
  private final ManualClock clock = new ManualClock();
  private final Loop loop =
      new Loop(
          "test",
          clock,
          e -> {
            throw new AssertionError(e);
          });
  private final Map<Fingerprint, Alert> alerts = new LinkedHashMap<>();
  private boolean full;
  private volatile boolean leads = true;
  private final HttpClient http = HttpClient.newHttpClient();
  private String reloadProblem = "";
  private Database database;
  private Dispatcher dispatcher;
  private OpsServer server;

  @BeforeEach
  void start() throws Exception {
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
            () ->
                new Api.InForce(
                    List.of("team", "pages"), "route: {receiver: team}", Duration.ofMinutes(5)),
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

  @Test
  void whoMayNotLeadDoesNotSayThatItHasTakenSomething() throws Exception {
    leads = false;
    String alert = "[{\"labels\":{\"alertname\":\"PodDown\"}}]";
    assertThat(post("/api/v2/alerts", alert).statusCode()).isEqualTo(503);

    leads = true;
    assertThat(post("/api/v2/alerts", alert).statusCode()).isEqualTo(200);
  }

  @Test
  void aTimeWithMoreThanFourDigitsOfYearIsRefusedByItself() throws Exception {
    HttpResponse<String> answer =
        post(
            "/api/v2/alerts",
            """
            [{"labels":{"alertname":"FarAway"},"endsAt":"+999999999-12-31T23:59:59Z"},
             {"labels":{"alertname":"PodDown"}}]
            """);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("alert 0", "RFC 3339");
    assertThat(alerts.values()).extracting(Alert::name).containsExactly("PodDown");
  }

  @Test
  void whatIsPostedIsListedSortedByFingerprint() throws Exception {
    assertThat(
            post(
                    "/api/v2/alerts",
                    """
                    [{"labels":{"alertname":"PodDown","pod":"checkout-7d9f","empty":""},
                      "annotations":{"summary":"down"},"generatorURL":"http://prometheus/graph"},
                     {"labels":{"alertname":"DiskFull","severity":"page"},
                      "startsAt":"2026-11-23T05:00:00.5+00:00","endsAt":"0001-01-01T00:00:00Z"}]
                    """)
                .statusCode())
        .isEqualTo(200);

    JsonNode listed = get("/api/v2/alerts");
    assertThat(listed).hasSize(2);
    assertThat(listed.findValuesAsText("fingerprint")).isSorted();
    JsonNode pod = byName(listed, "PodDown");
    assertThat(pod.path("labels").size()).isEqualTo(2);
    assertThat(pod.path("startsAt").asText()).isEqualTo("2026-11-23T06:00:00.000Z");
    assertThat(pod.path("endsAt").asText()).isEqualTo("2026-11-23T06:05:00.000Z");
    assertThat(pod.path("status").path("state").asText()).isEqualTo("active");
    assertThat(pod.path("status").path("silencedBy").isArray()).isTrue();
    assertThat(pod.path("receivers").findValuesAsText("name")).containsExactly("team");
    assertThat(pod.path("generatorURL").asText()).isEqualTo("http://prometheus/graph");
    assertThat(byName(listed, "DiskFull").path("startsAt").asText())
        .isEqualTo("2026-11-23T05:00:00.500Z");
  }

  @Test
  void theSoundAlertsAreTakenWhenOthersAreRefused() throws Exception {
    HttpResponse<String> answer =
        post(
            "/api/v2/alerts",
            """
            [{"labels":{}}, {"labels":{"alertname":"PodDown"}}, {"labels":{"alertname":5}},
             {"labels":{"alertname":"Late"},"startsAt":"2026-11-23T07:00:00Z","endsAt":"2026-11-23T06:30:00Z"},
             {"labels":{"alertname":"Long","text":"%s"}}, {"labels":{"alertname":"When"},"startsAt":"soon"}]
            """
                .formatted("x".repeat(10_000)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).asText())
        .contains("alert 0: at least one label pair required")
        .contains("alert 2: labels.alertname is not a text")
        .contains("alert 3: start time must be before end time")
        .contains("alert 4: the label 'text' has 10004 bytes")
        .contains("alert 5: startsAt is 'soon'");
    assertThat(get("/api/v2/alerts")).hasSize(1);
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedUnread() throws Exception {
    assertThat(post("/api/v2/alerts", "x".repeat(Api.MAX_BODY_BYTES + 1)).statusCode())
        .isEqualTo(413);
    assertThat(post("/api/v2/alerts", "{\"a\":").statusCode()).isEqualTo(400);
    assertThat(post("/api/v2/alerts", "{}").statusCode()).isEqualTo(400);
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

  @Test
  void whatThereIsNoRoomForIsRefusedWithAWordAndWhenToTryAgain() throws Exception {
    full = true;
    HttpResponse<String> answer = post("/api/v2/alerts", "[{\"labels\":{\"alertname\":\"A\"}}]");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo("\"1 of 1 alerts are not taken, the others are: A does not fit\"");
    assertThat(answer.headers().firstValue("Retry-After")).contains("60");
  }

  @Test
  void aBodyThatIsNotSentAsJsonIsRefused() throws Exception {
    String alert = "[{\"labels\":{\"alertname\":\"A\"}}]";
    assertThat(post("/api/v2/alerts", "text/plain", alert).statusCode()).isEqualTo(415);
    assertThat(post("/api/v2/silences", "text/plain", "{}").statusCode()).isEqualTo(415);
    assertThat(alerts).isEmpty();
    assertThat(post("/api/v2/alerts", "application/json; charset=utf-8", alert).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aRequestWithTooManyAlertsIsRefusedAsAWhole() throws Exception {
    String many =
        "[" + "{\"labels\":{\"alertname\":\"A\"}},".repeat(PostedAlerts.MAX_ALERTS) + "{}]";
    HttpResponse<String> answer = post("/api/v2/alerts", many);
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("at most 10000 alerts");
    assertThat(alerts).isEmpty();
  }

  @Test
  void aRequestThatWouldTakeTooMuchMemoryIsRefusedAsAWhole() throws Exception {
    StringBuilder labels = new StringBuilder("{\"alertname\":\"A\"");
    for (int i = 0; i < 2000; i++) {
      labels.append(",\"").append(i).append("\":\"v").append(i).append('"');
    }
    String alert = "{\"labels\":" + labels + "}},";
    HttpResponse<String> answer = post("/api/v2/alerts", "[" + alert.repeat(200) + "{}]");
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(alerts).isEmpty();
    assertThat(post("/api/v2/alerts", "[" + alert.repeat(1) + "{}]").statusCode()).isEqualTo(400);
    assertThat(alerts).hasSize(1);
  }

  @Test
  void filtersByMatchersReceiverAndState() throws Exception {
    postAlert("{\"alertname\":\"PodDown\",\"team\":\"shop\"}");
    postAlert("{\"alertname\":\"DiskFull\",\"severity\":\"page\"}");
    silence("alertname", "PodDown");

    assertThat(get("/api/v2/alerts?filter=" + encoded("team=\"shop\""))).hasSize(1);
    assertThat(get("/api/v2/alerts?filter=" + encoded("team=shop") + "&filter=alertname!=PodDown"))
        .isEmpty();
    assertThat(get("/api/v2/alerts?receiver=page.*")).hasSize(1);
    assertThat(get("/api/v2/alerts?receiver=page")).isEmpty();
    assertThat(get("/api/v2/alerts?silenced=false")).hasSize(1);
    assertThat(get("/api/v2/alerts?active=false")).hasSize(1);
    assertThat(byName(get("/api/v2/alerts"), "PodDown").path("status").path("state").asText())
        .isEqualTo("suppressed");
    assertThat(answer("/api/v2/alerts?filter=" + encoded("=")).statusCode()).isEqualTo(400);
    assertThat(answer("/api/v2/alerts?silenced=maybe").statusCode()).isEqualTo(400);
    assertThat(answer("/api/v2/alerts?receiver=" + encoded("(")).statusCode()).isEqualTo(400);
  }

  @Test
  void aGroupIsAcknowledgedByItsId() throws Exception {
    postAlert("{\"alertname\":\"PodDown\"}");
    JsonNode group = get("/api/v2/alerts/groups").get(0);
    assertThat(group.has("acknowledgement")).isFalse();

    HttpResponse<String> made =
        post(
            "/acknowledgements",
            "{\"group\":\"%s\",\"createdBy\":\"alice\",\"comment\":\"looking\"}"
                .formatted(group.path("id").asText()));
    assertThat(made.statusCode()).isEqualTo(200);
    JsonNode acknowledged = get("/api/v2/alerts/groups").get(0).path("acknowledgement");
    assertThat(acknowledged.path("createdBy").asText()).isEqualTo("alice");
    assertThat(acknowledged.path("comment").asText()).isEqualTo("looking");
    assertThat(acknowledged.path("endsAt").asText()).isEqualTo("2026-11-23T10:00:00.000Z");
    JsonNode listed = get("/acknowledgements");
    assertThat(listed).singleElement().isEqualTo(JSON.readTree(made.body()));
    assertThat(listed.get(0).path("groupKey").asText()).isEqualTo("{}:{alertname=\"PodDown\"}");

    assertThat(delete("/acknowledgements/" + group.path("id").asText())).isEqualTo(200);
    assertThat(get("/acknowledgements")).isEmpty();
    assertThat(delete("/acknowledgements/" + group.path("id").asText())).isEqualTo(404);
  }

  @Test
  void anAcknowledgementThatIsNotSoundIsRefusedWithTheReason() throws Exception {
    HttpResponse<String> unknown =
        post("/acknowledgements", "{\"group\":\"cafe\",\"createdBy\":\"alice\"}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("there is no group with the id 'cafe'");
    assertThat(post("/acknowledgements", "{\"createdBy\":\"alice\"}").body())
        .contains("group in body is required");
    assertThat(post("/acknowledgements", "{\"group\":\"cafe\"}").body())
        .contains("createdBy in body is required");
    assertThat(post("/acknowledgements", "[]").statusCode()).isEqualTo(400);
  }

  @Test
  void whatHasEndedIsNotListed() throws Exception {
    postAlert("{\"alertname\":\"PodDown\"}");
    clock.advance(Duration.ofMinutes(5));
    assertThat(get("/api/v2/alerts")).isEmpty();
  }

  @Test
  void aQueryIsReadAsCurlSendsItUnencoded() throws Exception {
    post("/api/v2/alerts", "[{\"labels\":{\"alertname\":\"PodDown\",\"severity\":\"page\"}}]");
    try (Socket curl = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      curl.getOutputStream()
          .write(
              "GET /am/api/v2/alerts?filter={alertname=\"PodDown\"}&receiver=team|pages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .contains("\"alertname\":\"PodDown\"");
    }
  }

  @Test
  void groupsAreListedWithTheirReceivers() throws Exception {
    postAlert("{\"alertname\":\"PodDown\",\"pod\":\"checkout-7d9f\"}");
    postAlert("{\"alertname\":\"PodDown\",\"pod\":\"cart-5c4b\"}");
    postAlert("{\"alertname\":\"DiskFull\",\"severity\":\"page\"}");
    JsonNode groups = get("/api/v2/alerts/groups");
    assertThat(groups).hasSize(2);
    assertThat(groups.get(0).path("labels").path("alertname").asText()).isEqualTo("PodDown");
    assertThat(groups.get(0).path("alerts")).hasSize(2);
    assertThat(groups.get(1).path("receiver").path("name").asText()).isEqualTo("pages");
    assertThat(get("/api/v2/alerts/groups?receiver=pages")).hasSize(1);
  }

  @Test
  void aSilenceIsMadeListedReadAndExpired() throws Exception {
    String id = silence("alertname", "PodDown");
    JsonNode listed = get("/api/v2/silences");
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).path("id").asText()).isEqualTo(id);
    assertThat(listed.get(0).path("status").path("state").asText()).isEqualTo("active");
    assertThat(listed.get(0).path("matchers").get(0).path("isEqual").asBoolean()).isTrue();
    assertThat(get("/api/v2/silence/" + id).path("comment").asText()).isEqualTo("maintenance");
    assertThat(get("/api/v2/silences?filter=" + encoded("alertname=PodDown"))).hasSize(1);
    assertThat(get("/api/v2/silences?filter=" + encoded("alertname=DiskFull"))).isEmpty();

    HttpRequest delete = HttpRequest.newBuilder(uri("/api/v2/silence/" + id)).DELETE().build();
    assertThat(http.send(delete, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(get("/api/v2/silences").get(0).path("status").path("state").asText())
        .isEqualTo("expired");
    assertThat(get("/api/v2/silences?expired=false")).isEmpty();
    assertThat(answer("/api/v2/silence/none").statusCode()).isEqualTo(404);
  }

  @Test
  void silencesAreFilteredByTheirMatchersAsTheyAreWritten() throws Exception {
    String matcher = "{\"name\":\"alertname\",\"value\":\"PodDown\",\"isRegex\":false}";
    for (String other :
        List.of(
            "{\"name\":\"team\",\"value\":\"a|b\",\"isRegex\":true}",
            "{\"name\":\"instance\",\"value\":\"x\",\"isRegex\":false,\"isEqual\":false}",
            "{\"name\":\"instance\",\"value\":\"x\",\"isRegex\":false}")) {
      assertThat(post("/api/v2/silences", silenceJson("").replace(matcher, other)).statusCode())
          .isEqualTo(200);
    }
    assertThat(get("/api/v2/silences?filter=" + encoded("instance=\"x\""))).hasSize(1);
    assertThat(get("/api/v2/silences?filter=" + encoded("instance!=\"x\""))).hasSize(1);
    assertThat(get("/api/v2/silences?filter=" + encoded("team=~\"a|b\""))).hasSize(1);
    assertThat(get("/api/v2/silences?filter=" + encoded("team=\"a\""))).isEmpty();
    assertThat(get("/api/v2/silences?filter=" + encoded("nosuch=\"\""))).isEmpty();
  }

  @Test
  void anUnsoundSilenceIsRefusedWithTheReason() throws Exception {
    HttpResponse<String> noMatchers =
        post("/api/v2/silences", silenceJson("").replaceAll("\\{\"name\".*?\\}", ""));
    assertThat(noMatchers.statusCode()).isEqualTo(400);
    assertThat(noMatchers.body()).contains("at least one matcher");
    assertThat(post("/api/v2/silences", "{}").statusCode()).isEqualTo(400);
    assertThat(post("/api/v2/silences", silenceJson("\"id\":\"none\",")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void statusHasEveryMemberThatIsRequired() throws Exception {
    JsonNode status = get("/api/v2/status");
    assertThat(status.path("cluster").path("status").asText()).isEqualTo("disabled");
    assertThat(status.path("cluster").path("peers").isArray()).isTrue();
    assertThat(status.path("config").path("original").asText()).contains("receiver: team");
    for (String member :
        List.of("version", "revision", "branch", "buildUser", "buildDate", "goVersion")) {
      assertThat(status.path("versionInfo").has(member)).as(member).isTrue();
    }
    assertThat(Instant.parse(status.path("uptime").asText())).isEqualTo(ManualClock.START);
    assertThat(get("/api/v2/receivers").findValuesAsText("name")).containsExactly("team", "pages");
  }

  @Test
  void theOldApiIsGoneAndProbesAnswer() throws Exception {
    assertThat(answer("/api/v1/alerts").statusCode()).isEqualTo(410);
    assertThat(answer("/-/healthy").statusCode()).isEqualTo(200);
    assertThat(answer("/-/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void aReloadSaysWhatIsWrong() throws Exception {
    assertThat(post("/-/reload", "").statusCode()).isEqualTo(200);
    reloadProblem = "alertmanager.yml:3: unknown key";
    HttpResponse<String> failed = post("/-/reload", "");
    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(failed.body()).contains("alertmanager.yml:3");
    assertThat(answer("/-/reload").statusCode()).isEqualTo(405);
  }

  private String silence(String name, String value) throws Exception {
    HttpResponse<String> made =
        post(
            "/api/v2/silences",
            silenceJson("").replace("\"alertname\"", "\"" + name + "\"").replace("PodDown", value));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return JSON.readTree(made.body()).path("silenceID").asText();
  }

  private static String silenceJson(String id) {
    return """
    {%s"matchers":[{"name":"alertname","value":"PodDown","isRegex":false}],
     "startsAt":"2026-11-23T06:00:00.000Z","endsAt":"2026-11-23T07:00:00.000Z",
     "createdBy":"operator","comment":"maintenance"}
    """
        .formatted(id);
  }

  private void postAlert(String labels) throws Exception {
    assertThat(post("/api/v2/alerts", "[{\"labels\":" + labels + "}]").statusCode()).isEqualTo(200);
  }

  private static JsonNode byName(JsonNode alerts, String name) {
    for (JsonNode alert : alerts) {
      if (alert.path("labels").path("alertname").asText().equals(name)) {
        return alert;
      }
    }
    throw new AssertionError(name + " is not in " + alerts);
  }

  private JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = answer(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> answer(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private int delete(String path) throws Exception {
    HttpRequest delete = HttpRequest.newBuilder(uri(path)).DELETE().build();
    return http.send(delete, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return post(path, "application/json", body);
  }

  private HttpResponse<String> post(String path, String type, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + PREFIX + path);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static final class Deaf implements GroupListener {
    @Override
    public void flush(AlertGroup group, Instant now) {}

    @Override
    public void changed(AlertGroup group, Instant now) {}
  }
}
