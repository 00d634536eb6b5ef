package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PrometheusServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who asks Longshore for its rules and alerts gets what the Prometheus on the PATH answers for the
/// same rule file, member by member; times and durations alone differ.
@Tag("prometheus")
final class RulesApiIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String RULES =
      """
      groups:
        - name: pods
          interval: 1s
          limit: 20
          rules:
            - alert: PodNotReady
              expr: pod_ready == 0
              labels: {severity: page, team: shop}
              annotations: {summary: '{{ $labels.pod }} is <not> ready: {{ $value }}'}
            - alert: QueueGrows
              expr: queue_length > 0.001
              for: 1h
              keep_firing_for: 90s
              labels: {severity: warning}
            - alert: NeverFires
              expr: pod_ready > 5
            - alert: ManyToMany
              expr: pod_ready / on (nothing) group_left () pod_ready
        - name: recorded
          interval: 1s
          rules:
            - record: pods:ready
              expr: sum(pod_ready)
              labels: {team: shop}
      """;

  /// What says when, and how long it took.
  private static final Set<String> TIMES =
      Set.of("lastEvaluation", "evaluationTime", "activeAt", "keepFiringSince");

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();
  private PrometheusServer prometheus;
  private Alerting alerting;

  @BeforeEach
  void start() throws Exception {
    Path rules = Files.writeString(dir.resolve("rules.yml"), RULES);
    prometheus = PrometheusServer.start(dir, List.of(rules), List.of());
    prometheus.set("pod_ready{pod=\"cart\"}", 0);
    prometheus.set("pod_ready{pod=\"web\"}", 1);
    prometheus.set("queue_length{queue=\"mail\"}", 0.00125);
    Files.writeString(
        dir.resolve("alertmanager.yml"), "route: {receiver: none}\nreceivers: [{name: none}]\n");
    Path config =
        Files.writeString(
            dir.resolve("alerting.yaml"),
            """
            rules: ["%s"]
            routing: alertmanager.yml
            prometheus: [{name: main, url: "%s"}]
            state: {dir: "%s"}
            api: {listen: "127.0.0.1:%d"}
            """
                .formatted(rules, prometheus.url(), dir.resolve("state"), FreePorts.one()));
    alerting = Alerting.of(AlertingConfig.load(config, Map.of()), Clock.system());
    alerting.start();
    await().atMost(PATIENCE).until(() -> alerts(ours("/api/v1/alerts")).size() == 2);
    await().atMost(PATIENCE).until(() -> alerts(theirs("/api/v1/alerts")).size() == 2);
    await()
        .atMost(PATIENCE)
        .until(() -> theirs("/api/v1/rules").findValuesAsText("health").contains("err"));
    await()
        .atMost(PATIENCE)
        .until(() -> ours("/api/v1/rules").findValuesAsText("health").contains("err"));
  }

  @AfterEach
  void stop() {
    alerting.close();
    prometheus.close();
    http.close();
  }

  private JsonNode ours(String path) throws IOException, InterruptedException {
    return JSON.readTree(answer(path).body());
  }

  private HttpResponse<String> answer(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + alerting.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode theirs(String path) throws IOException {
    return JSON.readTree(prometheus.get(path));
  }

  private static Set<String> alerts(JsonNode answer) {
    Set<String> names = new TreeSet<>();
    answer.at("/data/alerts").forEach(it -> names.add(it.at("/labels/alertname").asText()));
    return names;
  }

  /// Without what differs between two that evaluate at different times; and of recording rules, how
  /// it goes, which Longshore leaves to Prometheus.
  private static JsonNode timeless(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.path("type").asText().equals("recording")) {
        object.remove("health");
      }
      if (object.has("lastError")) {
        object.put("lastError", object.path("lastError").asText().replaceAll("^.*: ", ""));
      }
      TIMES.forEach(
          name -> {
            if (object.has(name)) {
              object.put(name, object.path(name).getNodeType().toString());
            }
          });
    }
    node.forEach(RulesApiIT::timeless);
    return node;
  }

  @Test
  void rulesAndAlertsAreThoseOfPrometheus() throws Exception {
    JsonNode theirRules = timeless(theirs("/api/v1/rules"));
    JsonNode ourRules = timeless(ours("/api/v1/rules"));

    assertThat(names(ourRules)).isEqualTo(names(theirRules));
    // The first to page with tokens writes one that is empty.
    ((ObjectNode) theirRules.path("data"))
        .remove(List.of("groupNextToken", "groupNextToken:omitempty"));
    assertThat(ourRules).isEqualTo(theirRules);
    assertThat(timeless(ours("/api/v1/alerts"))).isEqualTo(timeless(theirs("/api/v1/alerts")));
    assertThat(Instant.parse(ours("/api/v1/alerts").at("/data/alerts/0/activeAt").asText()))
        .isBefore(Clock.system().now());
  }

  /// The rules in an answer; groups without one are shown by old servers, and not by new ones.
  private static Set<String> names(JsonNode answer) {
    Set<String> names = new TreeSet<>();
    answer.findParents("query").forEach(rule -> names.add(rule.path("name").asText()));
    return names;
  }

  /// What Prometheus 3 answers; an older one knows a part of the parameters and passes over others.
  @Test
  void filtersGiveWhatTheyGiveInPrometheus() throws Exception {
    Map<String, Set<String>> expected =
        Map.of(
            "type=alert", Set.of("PodNotReady", "QueueGrows", "NeverFires", "ManyToMany"),
            "type=record", Set.of("pods:ready"),
            "rule_name[]=QueueGrows&rule_name[]=pods:ready", Set.of("QueueGrows", "pods:ready"),
            "rule_group[]=recorded", Set.of("pods:ready"),
            "type=alert&rule_group[]=recorded", Set.of(),
            "rule_name[]=None", Set.of(),
            "match[]={team=\"shop\"}", Set.of("PodNotReady", "pods:ready"));
    String version = theirs("/api/v1/status/buildinfo").at("/data/version").asText();
    for (Map.Entry<String, Set<String>> filter : expected.entrySet()) {
      String query = encoded(filter.getKey());
      assertThat(names(ours("/api/v1/rules?" + query))).as(query).isEqualTo(filter.getValue());
      if (version.startsWith("3.")) {
        assertThat(names(theirs("/api/v1/rules?" + query))).as(query).isEqualTo(filter.getValue());
      }
    }
    assertThat(answer("/api/v1/rules?type=none").statusCode()).isEqualTo(400);
    assertThat(ours("/api/v1/rules?type=none"))
        .isEqualTo(
            JSON.readTree(
                """
                {"status": "error", "errorType": "bad_data",
                 "error": "invalid parameter \\"type\\": not supported value \\"none\\""}
                """));
  }

  private static String encoded(String query) {
    return query
        .replace("[", "%5B")
        .replace("]", "%5D")
        .replace("{", "%7B")
        .replace("}", "%7D")
        .replace("\"", "%22");
  }
}
