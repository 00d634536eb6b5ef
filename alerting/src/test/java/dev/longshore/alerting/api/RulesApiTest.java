package dev.longshore.alerting.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.alerting.alert.Labels;
import dev.longshore.alerting.eval.RuleGroupView;
import dev.longshore.shared.clock.Loop;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.ops.OpsConfig;
import dev.longshore.shared.ops.OpsServer;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.ManualClock;
import dev.longshore.testkit.RecordedExit;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Filters and numbers of Prometheus 3's rule API, as its documentation and source have them.
final class RulesApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ManualClock clock = new ManualClock();
  private final Loop loop =
      new Loop(
          "test",
          clock,
          failure -> {
            throw new AssertionError(failure);
          });
  private final HttpClient http = HttpClient.newHttpClient();
  private OpsServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new OpsServer(
            "api.listen",
            new OpsConfig("127.0.0.1", 0),
            clock,
            new Supervisor(clock, new RecordedExit()),
            new Meters(),
            List.of(),
            _ -> {});
    new RulesApi(loop, this::groups).addTo(server, "/am");
    server.start();
    loop.start();
  }

  @AfterEach
  void stop() {
    server.close();
    loop.close();
    http.close();
  }

  private List<RuleGroupView> groups() {
    return List.of(
        new RuleGroupView(
            "pods",
            "/etc/rules/pods.yml",
            Duration.ofSeconds(30),
            0,
            "main",
            null,
            Duration.ZERO,
            List.of(alerting("PodNotReady", "page"), alerting("QueueGrows", "warning"))),
        new RuleGroupView(
            "recorded",
            "/etc/rules/recorded.yml",
            Duration.ofMinutes(1),
            0,
            "main",
            null,
            Duration.ZERO,
            List.of(
                new RuleGroupView.RecordingRuleView(
                    "pods:ready", "sum(up)", Labels.EMPTY, "recorded.yml:3"))));
  }

  private RuleGroupView.RuleView alerting(String name, String severity) {
    Labels labels = Labels.of(Map.of("severity", severity));
    return new RuleGroupView.AlertingRuleView(
        name,
        "up == 0",
        Duration.ofMinutes(5),
        Duration.ofSeconds(90),
        labels,
        Labels.EMPTY,
        "pods.yml:3",
        "firing",
        "ok",
        null,
        List.of(),
        false,
        clock.now(),
        "",
        "main",
        clock.now(),
        Duration.ofMillis(2),
        List.of(
            new RuleGroupView.ActiveAlertView(
                Labels.of(Map.of("alertname", name)).fingerprint(),
                Labels.of(Map.of("alertname", name)),
                Labels.EMPTY,
                "firing",
                clock.now(),
                clock.now(),
                "0.25")));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/am" + path))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private List<String> rules(String query) throws Exception {
    JsonNode answer = JSON.readTree(get("/api/v1/rules?" + query).body());
    assertThat(answer.path("status").asText()).isEqualTo("success");
    return answer.at("/data/groups").findValuesAsText("query").isEmpty()
        ? List.of()
        : answer.at("/data/groups").findParents("query").stream()
            .map(rule -> rule.path("name").asText())
            .toList();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void rulesAreFoundByFileAndByTheirLabels() throws Exception {
    assertThat(rules("file[]=".replace("[]", "%5B%5D") + encoded("/etc/rules/recorded.yml")))
        .containsExactly("pods:ready");
    assertThat(rules("match%5B%5D=" + encoded("{severity=\"page\"}")))
        .containsExactly("PodNotReady");
    assertThat(
            rules(
                "match%5B%5D="
                    + encoded("{severity=\"page\"}")
                    + "&match%5B%5D="
                    + encoded("{severity=~\"warn.*\"}")))
        .containsExactly("PodNotReady", "QueueGrows");
    assertThat(rules("match%5B%5D=up")).isEmpty();
  }

  @Test
  void aSelectorThatMatchesEverythingIsRefused() throws Exception {
    for (String selector : List.of("{}", "{severity=~\".*\"}", "{severity", "")) {
      HttpResponse<String> answer = get("/api/v1/rules?match%5B%5D=" + encoded(selector));
      assertThat(answer.statusCode()).as(selector).isEqualTo(400);
      assertThat(answer.body()).contains("\"bad_data\"", "invalid parameter \\\"match[]\\\": ");
    }
  }

  /// Each was asked of Prometheus 3.5, which takes and refuses the same.
  @Test
  void selectorsAreReadAsPromqlAndNotAsAlertmanagersMatchers() throws Exception {
    for (String selector :
        List.of(
            "{severity='page'}",
            "{severity=`page`}",
            " { 'severity' =~ \"p\\x61g\\u0065\" , }",
            "{severity=\"page\",severity!='warning'}")) {
      assertThat(rules("match%5B%5D=" + encoded(selector)))
          .as(selector)
          .containsExactly("PodNotReady");
    }
    for (String selector :
        List.of("{\"http.requests\"}", "{'up',job=\"x\"}", "up{}", "a:b{c=\"}\"}")) {
      assertThat(rules("match%5B%5D=" + encoded(selector))).as(selector).isEmpty();
    }
    Map<String, String> refused =
        Map.of(
            "{", "1:2: parse error: unexpected end of input inside braces",
            "up{", "1:4: parse error: unexpected end of input inside braces",
            "{severity=\"page\"", "unexpected end of input inside braces",
            "{severity=page}", "a value in quotes belongs here",
            "{severity=\"page\"}}", "unexpected character: '}'",
            "{severity=\"\\q\"}", "unknown escape sequence",
            "{severity=\"page", "unterminated quoted string",
            "sum(up)", "1:4: parse error: unexpected character: '('");
    for (Map.Entry<String, String> it : refused.entrySet()) {
      HttpResponse<String> answer = get("/api/v1/rules?match%5B%5D=" + encoded(it.getKey()));
      assertThat(answer.statusCode()).as(it.getKey()).isEqualTo(400);
      assertThat(JSON.readTree(answer.body()).path("error").asText())
          .startsWith("invalid parameter \"match[]\": 1:")
          .contains(it.getValue());
    }
  }

  @Test
  void alertsAreLeftOutOnRequest() throws Exception {
    JsonNode rule =
        JSON.readTree(get("/api/v1/rules?exclude_alerts=true").body()).at("/data/groups/0/rules/0");
    assertThat(rule.has("alerts")).isTrue();
    assertThat(rule.path("alerts").isNull()).isTrue();
    assertThat(get("/api/v1/rules?exclude_alerts=maybe").statusCode()).isEqualTo(400);
  }

  @Test
  void anAlertThatIsKeptFiringSaysSinceWhen() throws Exception {
    JsonNode alert = JSON.readTree(get("/api/v1/alerts").body()).at("/data/alerts/0");
    assertThat(alert.path("keepFiringSince").asText()).isEqualTo(clock.now().toString());
    assertThat(alert.path("value").asText()).isEqualTo("2.5e-01");
  }

  @Test
  void grafanaLearnsThatThisIsNoOtherServer() throws Exception {
    assertThat(get("/api/v1/status/buildinfo").body())
        .contains("\"status\":\"success\"", "\"version\":\"3.");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1e+00",
    "0, 0e+00",
    "-0.0, -0e+00",
    "0.25, 2.5e-01",
    "1234567, 1.234567e+06",
    "-100, -1e+02",
    "1e-310, 1e-310",
    "1.7976931348623157E308, 1.7976931348623157e+308",
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf",
  })
  void numbersAreWrittenAsGoWritesThem(double value, String text) {
    assertThat(RulesApi.scientific(value)).isEqualTo(text);
  }

  @Test
  void groupsComeInPages() throws Exception {
    JsonNode first = JSON.readTree(get("/api/v1/rules?group_limit=1").body()).path("data");
    assertThat(first.at("/groups")).hasSize(1);
    assertThat(first.at("/groups/0/name").asText()).isEqualTo("pods");
    String token = first.path("groupNextToken").asText();
    // As Prometheus makes it: SHA-1 of "/etc/rules/recorded.yml;recorded".
    assertThat(token).isEqualTo("e7fbe66c15b1edcb61d64faa7f6e9fade7179fef");

    JsonNode second =
        JSON.readTree(get("/api/v1/rules?group_limit=1&group_next_token=" + token).body())
            .path("data");
    assertThat(second.at("/groups")).hasSize(1);
    assertThat(second.at("/groups/0/name").asText()).isEqualTo("recorded");
    assertThat(second.has("groupNextToken")).isFalse();
    assertThat(get("/api/v1/rules?group_limit=2").body()).doesNotContain("groupNextToken");
    assertThat(get("/api/v1/rules?group_limit=1&type=record").body())
        .contains("pods:ready")
        .doesNotContain("groupNextToken");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "group_limit=0|invalid parameter \"group_limit\": group_limit needs to be greater than 0",
        "group_limit=x|invalid parameter \"group_limit\": group_limit needs to be a valid number: 'x' is"
            + " none",
        "group_next_token=a|invalid parameter \"group_next_token\": group_limit needs to be present in"
            + " order to paginate over the groups",
        "group_limit=1&group_next_token=a|invalid parameter \"group_next_token\": invalid"
            + " group_next_token 'a'. were rule groups changed?",
      })
  void aPageThatThereIsNotIsRefused(String query, String error) throws Exception {
    HttpResponse<String> answer = get("/api/v1/rules?" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.path("errorType").asText()).isEqualTo("bad_data");
    assertThat(body.path("error").asText()).isEqualTo(error);
  }
}
