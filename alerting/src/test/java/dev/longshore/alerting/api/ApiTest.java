package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.alerting.alert.Alert;
import dev.longshore.testkit.ManualClock;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Clients of Alertmanager's API v2 get what they get from Alertmanager.
final class ApiTest extends ApiFixture {
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
  void theRootOfTheApiIsWhereAlertmanagerHasIt() throws Exception {
    HttpResponse<String> moved = answer("/api/v2");
    assertThat(moved.statusCode()).isEqualTo(301);
    assertThat(moved.headers().firstValue("Location")).hasValue(PREFIX + "/api/v2/");
    for (String path : List.of("/api/v2/", "/api/v2/swagger.json")) {
      HttpResponse<String> absent = answer(path);
      assertThat(absent.statusCode()).as(path).isEqualTo(404);
      assertThat(JSON.readTree(absent.body()))
          .isEqualTo(
              JSON.readTree(
                  "{\"code\":404,\"message\":\"path %s was not found\"}".formatted(PREFIX + path)));
    }
    assertThat(delete("/api/v2/alert")).isEqualTo(404);
    assertThat(get("/api/v2/alerts/")).isEmpty();
  }

  @Test
  void theSoundAlertsAreTakenWhenOthersAreRefused() throws Exception {
    HttpResponse<String> answer =
        post(
            "/api/v2/alerts",
            """
            [{"labels":{}}, {"labels":{"alertname":"PodDown"}}, {"labels":{"alertname":5}},
             {"labels":{"alertname":"Late"},"startsAt":"2026-11-23T07:00:00Z","endsAt":"2026-11-23T06:30:00Z"},
             {"labels":{"alertname":"Long","text":"%s"}}, {"labels":{"alertname":"When"},"startsAt":"soon"},
             {"labels":{"alertname":"Tomorrow"},"startsAt":"2026-11-24T06:00:00Z"},
             {"labels":{"alertname":"Number"},"endsAt":1795413600},
             {"labels":{"alertname":"Unnamed"},"annotations":{"":"x"}}]
            """
                .formatted("x".repeat(70_000)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).asText())
        .contains("alert 0: at least one label pair required")
        .contains("alert 2: labels.alertname is not a text")
        .contains("alert 3: start time must be before end time")
        .contains("alert 4: the labels of Long have 70017 bytes; at most 65536")
        .contains("alert 5: startsAt is 'soon'")
        .contains("alert 6: start time must be before end time")
        .contains("alert 7: endsAt is not a text")
        .contains("alert 8: an annotation has no name");
    assertThat(get("/api/v2/alerts")).hasSize(1);
  }

  /// As Alertmanager reads it, which is written in Go.
  @Test
  void whatScriptsPostIsTakenThoughItIsNotWhatPrometheusPosts() throws Exception {
    byte[] body =
        """
        [{"labels":{"alertname":"Null","team":null},"annotations":{"summary":null}},
         {"Labels":{"alertname":"Case"},"generatorUrl":"http://cron"},
         {"labels":{"alertname":"Local"},"startsAt":"2026-11-23T05:59:00"},
         {"labels":{"alertname":"Day"},"startsAt":"2026-11-23","endsAt":null},
         {"labels":{"alertname":"Space"},"startsAt":"2026-11-23 05:58:00"},
         {"labels":{"alertname":"Comma"},"startsAt":"2026-11-23T05:57:00,25+01:00"},
         {"labels":{"alertname":"Soon"},"startsAt":"2026-11-23T06:03:00Z"},
         {"labels":{"alertname":"Long","text":"%s"},"annotations":{"description":"%s"}},
         {"labels":{"alertname":"Latin1-ä"}}]
        """
            .formatted("x".repeat(10_000), "y".repeat(100_000))
            .getBytes(StandardCharsets.ISO_8859_1);
    HttpResponse<String> answer = post("/api/v2/alerts", "application/json", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

    JsonNode listed = get("/api/v2/alerts");
    assertThat(listed).hasSize(9);
    assertThat(byName(listed, "Null").path("labels").size()).isEqualTo(1);
    assertThat(byName(listed, "Case").path("generatorURL").asText()).isEqualTo("http://cron");
    assertThat(byName(listed, "Local").path("startsAt").asText())
        .isEqualTo("2026-11-23T05:59:00.000Z");
    assertThat(byName(listed, "Space").path("startsAt").asText())
        .isEqualTo("2026-11-23T05:58:00.000Z");
    assertThat(byName(listed, "Comma").path("startsAt").asText())
        .isEqualTo("2026-11-23T04:57:00.250Z");
    assertThat(byName(listed, "Day").path("startsAt").asText())
        .isEqualTo("2026-11-23T00:00:00.000Z");
    assertThat(byName(listed, "Long").at("/annotations/description").asText()).hasSize(100_000);
    assertThat(byName(listed, "Latin1-\ufffd").path("startsAt").asText())
        .isEqualTo("2026-11-23T06:00:00.000Z");
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedUnread() throws Exception {
    assertThat(post("/api/v2/alerts", "x".repeat(Api.MAX_BODY_BYTES + 1)).statusCode())
        .isEqualTo(413);
    assertThat(post("/api/v2/alerts", "{\"a\":").statusCode()).isEqualTo(400);
    assertThat(post("/api/v2/alerts", "{}").statusCode()).isEqualTo(400);
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
    assertThat(get("/api/v2/alerts?active=False&receiver=&silenced=")).hasSize(1);
    assertThat(get("/api/v2/alerts?active=True&receiver=&inhibited=")).hasSize(2);
    assertThat(byName(get("/api/v2/alerts"), "PodDown").path("status").path("state").asText())
        .isEqualTo("suppressed");
    assertThat(answer("/api/v2/alerts?filter=" + encoded("=")).statusCode()).isEqualTo(400);
    assertThat(answer("/api/v2/alerts?silenced=maybe").statusCode()).isEqualTo(400);
    assertThat(answer("/api/v2/alerts?receiver=" + encoded("(")).statusCode()).isEqualTo(400);
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
    assertThat(groups.get(1).path("labels").path("alertname").asText()).isEqualTo("PodDown");
    assertThat(groups.get(1).path("alerts")).hasSize(2);
    assertThat(groups.get(0).path("receiver").path("name").asText()).isEqualTo("pages");
    assertThat(get("/api/v2/alerts/groups?receiver=pages")).hasSize(1);
  }

  @Test
  void groupsComeInAlertmanagersOrderAndAnAlertNamesAllItsReceivers() throws Exception {
    postAlert("{\"alertname\":\"PodDown\"}");
    postAlert("{\"alertname\":\"DiskFull\"}");
    postAlert("{\"alertname\":\"Leak\",\"severity\":\"page\",\"audit\":\"yes\"}");

    JsonNode groups = get("/api/v2/alerts/groups");

    assertThat(groups.findValues("receiver"))
        .extracting(it -> it.path("name").asText())
        .containsExactly("pages", "team", "team", "team");
    assertThat(groups.findValues("labels").stream().map(JsonNode::toString))
        .containsSubsequence("{\"alertname\":\"DiskFull\"}", "{\"alertname\":\"PodDown\"}");
    for (int group : List.of(0, 1)) {
      assertThat(groups.get(group).at("/alerts/0/receivers").findValuesAsText("name"))
          .containsExactly("pages", "team");
    }
    assertThat(groups.get(2).at("/alerts/0/receivers").findValuesAsText("name"))
        .containsExactly("team");
  }

  @Test
  void receiversAreFoundByTheirLabels() throws Exception {
    postAlert("{\"alertname\":\"PodDown\"}");
    postAlert("{\"alertname\":\"DiskFull\",\"severity\":\"page\"}");
    String owner = "receiver_matchers=" + encoded("owner=\"sre\"");

    assertThat(get("/api/v2/receivers?" + owner).toString())
        .isEqualTo("[{\"name\":\"pages\",\"labels\":{\"name\":\"pages\",\"owner\":\"sre\"}}]");
    assertThat(get("/api/v2/alerts?" + owner)).hasSize(1);
    assertThat(get("/api/v2/alerts/groups?" + owner)).hasSize(1);
    assertThat(get("/api/v2/alerts?receiver_matchers=" + encoded("name=team"))).hasSize(1);
    assertThat(get("/api/v2/alerts?" + owner + "&receiver_matchers=name%3Dteam")).isEmpty();
    HttpResponse<String> refused = answer("/api/v2/alerts?receiver_matchers=owner");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("receiver_matchers: 'owner'");
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
    assertThat(get("/api/v2/receivers"))
        .extracting(it -> it.path("name").asText())
        .containsExactly("team", "pages");
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
}
