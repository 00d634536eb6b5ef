package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What people do about alerts by the API: silences, as Alertmanager has them, and
/// acknowledgements.
final class SilencesApiTest extends ApiFixture {
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

  /// Compiled, the first of these takes more than all memory, and the second more than the stack;
  /// the last does at a match with an alert, where all of them are listed.
  @ParameterizedTest
  @ValueSource(strings = {"(((x{100}){100}){100}){100}", "((((", "\\\\pL{5000}", "a(.?){1000}"})
  void anExpressionThatIsTooLargeToCompileIsRefused(String part) throws Exception {
    String expression = part.equals("((((") ? "(".repeat(1200) + "x" + ")".repeat(1200) : part;
    String matcher = "{\"name\":\"alertname\",\"value\":\"PodDown\",\"isRegex\":false}";
    String large = "{\"name\":\"team\",\"value\":\"%s\",\"isRegex\":true}".formatted(expression);

    assertThat(post("/api/v2/silences", silenceJson("").replace(matcher, large)))
        .satisfies(it -> assertThat(it.statusCode()).isEqualTo(400))
        .satisfies(it -> assertThat(it.body()).contains("accepted"));
    for (String query : List.of("filter=" + encoded("a=~\"" + expression + "\""), "receiver=")) {
      String asked = query.equals("receiver=") ? query + encoded(expression) : query;
      assertThat(answer("/api/v2/alerts?" + asked).statusCode()).as(part).isEqualTo(400);
    }
  }

  @Test
  void aSlashTooManyIsNoOtherPlaceAsInAlertmanager() throws Exception {
    HttpResponse<String> made = post("/api/v2/silences/", silenceJson(""));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    String id = JSON.readTree(made.body()).path("silenceID").asText();
    for (String path :
        List.of(
            "/api/v2/alerts/",
            "/api/v2/alerts/groups/",
            "/api/v2/silences/",
            "/api/v2/silence/" + id + "/",
            "/api/v2/receivers/",
            "/api/v2/status/")) {
      assertThat(answer(path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(answer("/api//v2/./silences?expired=false").headers().firstValue("Location"))
        .hasValue(PREFIX + "/api/v2/silences?expired=false");
    assertThat(post("//api/v2/alerts", "[{\"labels\":{\"alertname\":\"PodDown\"}}]").statusCode())
        .isEqualTo(200);
    assertThat(get("/api/v2/alerts/")).hasSize(1);
    assertThat(delete("/api/v2/silence/" + id + "/")).isEqualTo(200);
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
}
