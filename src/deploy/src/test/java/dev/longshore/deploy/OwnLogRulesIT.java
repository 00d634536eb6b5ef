package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.Agent;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.ElasticsearchServer;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.RecordedExit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log rule on ourselves finds each of its lines where the agent or alerting logged it, and none
/// that somebody else wrote, whatever it says: lines read by a real agent, in a real Elasticsearch.
class OwnLogRulesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final String STREAM =
      "logs-kubernetes.container_logs-" + UUID.randomUUID().toString().substring(0, 8);

  private static final String AGENT = "longshore-agent-x7k2p";
  private static final String ALERTING = Chart.RELEASE + "-longshore-alerting-0";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ElasticsearchServer server = ElasticsearchServer.shared();
  private int lines;

  @AfterEach
  void close() {
    http.close();
  }

  @Test
  void onlyOurOwnLinesAreFound() throws Exception {
    List<JsonNode> rules = rules();
    Set<String> texts = new HashSet<>();
    for (JsonNode rule : rules) {
      texts.addAll(texts(rule));
    }
    for (String text : texts) {
      String line = JSON.writeValueAsString(Map.of("log.level", "warn", "message", text));
      write(Chart.NAMESPACE, AGENT, "agent", line);
      write(Chart.NAMESPACE, ALERTING, "alerting", line);
      // The same line of another namespace, of another pod, and of another container.
      write("evil", AGENT, "agent", line);
      write("evil", ALERTING, "alerting", line);
      write(Chart.NAMESPACE, "spoof", "agent", line);
      write(Chart.NAMESPACE, "spoof", "alerting", line);
      write(Chart.NAMESPACE, AGENT, "sidecar", line);
      // Lines of ours that say something else, and quote it.
      for (String pod : List.of(AGENT, ALERTING)) {
        String container = pod.equals(AGENT) ? "agent" : "alerting";
        write(Chart.NAMESPACE, pod, container, text);
        write(
            Chart.NAMESPACE,
            pod,
            container,
            JSON.writeValueAsString(Map.of("message", "said: " + text)));
        write(
            Chart.NAMESPACE,
            pod,
            container,
            JSON.writeValueAsString(Map.of("message", "starting", "error", text)));
      }
    }
    index();

    for (JsonNode rule : rules) {
      String query = rule.at("/logs/query").asText();
      assertThat(count(query))
          .as("%s: %s", rule.get("alert").asText(), query)
          .isEqualTo(texts(rule).size());
    }
  }

  private static List<JsonNode> rules() {
    Map<String, String> elasticsearch =
        Map.of(
            "elasticsearch.enabled", "true", "elasticsearch.urls[0]", "http://es.example.com:9200");
    String file =
        new Chart("longshore-alerting")
            .render(ChartsTest.example("longshore-alerting", "minimal"), elasticsearch).stream()
                .map(it -> it.body().at("/data/longshore.yaml").asText())
                .filter(it -> !it.isEmpty())
                .findFirst()
                .orElseThrow();
    List<JsonNode> rules = new ArrayList<>();
    YamlDocuments.parse(file).getFirst().at("/groups/0/rules").forEach(rules::add);
    assertThat(rules).isNotEmpty();
    return rules;
  }

  private static List<String> texts(JsonNode rule) {
    String query = rule.at("/logs/query").asText();
    String messages = query.substring(query.indexOf("json.message:"));
    return QUOTED.matcher(messages).results().map(it -> it.group(1)).toList();
  }

  private void write(String namespace, String pod, String container, String line)
      throws IOException {
    Path log =
        folder.resolve(
            "pods/%s_%s_0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/%s/0.log"
                .formatted(namespace, pod, container));
    Files.createDirectories(log.getParent());
    String entry = "2026-11-23T06:00:00.%09dZ stderr F %s%n".formatted(lines++, line);
    Files.writeString(log, entry, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void index() throws Exception {
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        node:
          name: node-1
        tail:
          paths: ["%s/pods/*/*/*.log"]
        kubernetes:
          enabled: false
        elasticsearch:
          urls: ["%s"]
          dataStream: %s
        buffer:
          dir: "%s"
          maxSize: 16MiB
          minFree: 1MiB
        ops:
          listen: "127.0.0.1:%d"
        """
            .formatted(folder, server.url(), STREAM, folder.resolve("buffer"), FreePorts.one()));
    Supervisor supervisor = new Supervisor(Clock.system(), new RecordedExit());
    Agent agent = Agent.of(AgentConfig.load(config, Map.of()), Clock.system(), supervisor);
    try (agent) {
      agent.start();
      await().atMost(Duration.ofSeconds(60)).until(() -> count("*") >= lines);
    }
  }

  private long count(String query) throws Exception {
    URI stream = server.url().resolve("/" + STREAM + "/_count?ignore_unavailable=true");
    String body =
        JSON.writeValueAsString(
            Map.of(
                "query", Map.of("query_string", Map.of("query", query, "analyze_wildcard", true))));
    var answer =
        http.send(
            HttpRequest.newBuilder(stream)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    return JSON.readTree(answer.body()).path("count").asLong(-1);
  }
}
