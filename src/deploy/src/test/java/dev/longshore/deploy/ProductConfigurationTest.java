package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.agent.config.AgentConfig;
import dev.longshore.alerting.config.AlertingConfig;
import dev.longshore.alerting.config.AlertmanagerFile;
import dev.longshore.alerting.config.OnCallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The configuration files that the charts make are ones that the products take.
class ProductConfigurationTest {
  /// What the charts' Secrets and service links put into the environment.
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "NODE_NAME", "worker-1",
          "ELASTICSEARCH_SERVICE_HOST", "10.96.0.20",
          "ELASTICSEARCH_SERVICE_PORT", "9200",
          "PROMETHEUS_SERVICE_HOST", "10.96.0.21",
          "PROMETHEUS_SERVICE_PORT", "9090",
          "ELASTICSEARCH_USERNAME", "longshore",
          "PROMETHEUS_USERNAME", "reader",
          "POD_IP", "10.1.2.3");

  @TempDir Path folder;

  static java.util.stream.Stream<Path> agentExamples() {
    return new Chart("longshore-agent").exampleValues().stream();
  }

  static java.util.stream.Stream<Path> alertingExamples() {
    return new Chart("longshore-alerting").exampleValues().stream();
  }

  @ParameterizedTest
  @MethodSource("agentExamples")
  void theAgentTakesItsFile(Path values) throws IOException {
    Path file = write(values, "longshore-agent", "agent.yaml");

    AgentConfig config = AgentConfig.load(file, ENVIRONMENT);

    assertThat(config.buffer().dir()).hasToString("/var/lib/longshore/buffer");
    assertThat(config.nodeName()).isEqualTo("worker-1");
    if (values.toString().contains("service-links")) {
      assertThat(config.elastic().urls()).hasToString("[http://10.96.0.20:9200]");
    }
  }

  @Test
  void linksMayLeadIntoDockersFolderWhereItWasMoved() throws IOException {
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"),
            Files.readString(ChartsTest.example("longshore-agent", "minimal"))
                + "\nlogs:\n  dockerHostPath: /data/docker/containers\n");

    AgentConfig config =
        AgentConfig.load(write(values, "longshore-agent", "agent.yaml"), ENVIRONMENT);

    assertThat(config.tail().allowedLinkTargets())
        .containsExactly(Path.of("/data/docker/containers"));
  }

  @ParameterizedTest
  @MethodSource("alertingExamples")
  void alertingTakesItsFile(Path values) throws IOException {
    Path file = write(values, "longshore-alerting", "alerting.yaml");

    AlertingConfig config = AlertingConfig.load(file, ENVIRONMENT);

    assertThat(config.stateDir()).hasToString("/var/lib/longshore-alerting");
    assertThat(config.prometheus()).hasSize(1);
    if (values.toString().contains("service-links")) {
      assertThat(config.prometheus().getFirst().url()).hasToString("http://10.96.0.21:9090");
    }
  }

  @Test
  void alertingTakesTheRouting() throws IOException {
    Path routing =
        write(
            ChartsTest.example("longshore-alerting", "all-on"),
            "longshore-alerting",
            "routing.yaml");

    assertThat(AlertmanagerFile.load(routing).receivers()).hasSize(1);
  }

  @Test
  void alertingTakesTheOnCallFile() throws IOException {
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"),
            Files.readString(ChartsTest.example("longshore-alerting", "all-on"))
                + "\noncall:\n"
                + "  people: [{name: alice, receivers: [platform]}]\n"
                + "  rotations: [{name: shop, layers: [{people: [alice], start: \"2026-11-23\"}]}]\n");

    Path file = write(values, "longshore-alerting", "oncall.yaml");

    assertThat(OnCallFile.load(file, Set.of("platform")).rotations()).hasSize(1);
    assertThat(
            AlertingConfig.load(write(values, "longshore-alerting", "alerting.yaml"), ENVIRONMENT)
                .onCall())
        .hasFileName("oncall.yaml");
  }

  @Test
  void theAgentsSectionsAreThoseOfTheChart() throws IOException {
    JsonNode schema =
        new ObjectMapper()
            .readTree(new Chart("longshore-agent").folder().resolve("values.schema.json").toFile());
    String effective =
        AgentConfig.load(
                write(
                    ChartsTest.example("longshore-agent", "minimal"),
                    "longshore-agent",
                    "agent.yaml"),
                ENVIRONMENT)
            .effective();

    // `cluster`, `ops` and `web` are values of the chart's own.
    assertThat(schema.at("/properties/config/properties").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(
            YamlDocuments.parse(effective).getFirst().properties().stream()
                .map(Map.Entry::getKey)
                .filter(it -> !Set.of("cluster", "ops", "web").contains(it))
                .toList());
  }

  private Path write(Path values, String chart, String key) throws IOException {
    for (Manifest manifest : new Chart(chart).render(values)) {
      JsonNode text = manifest.body().path("data").path(key);
      if (manifest.kind().equals("ConfigMap") && text.isTextual()) {
        // Where the mounts are in a pod, the test has its folder.
        Path ca = Files.createDirectories(folder.resolve("ca"));
        for (String name : List.of("ca.crt", "tls.crt")) {
          Files.writeString(ca.resolve(name), "");
        }
        Path elasticsearch = Files.createDirectories(folder.resolve("elasticsearch"));
        for (String name : List.of("password", "apiKey")) {
          Files.writeString(elasticsearch.resolve(name), "c2VjcmV0\n");
        }
        Path web = Files.createDirectories(folder.resolve("web"));
        Files.writeString(web.resolve("web.yaml"), "basic_auth_users: {}\n");
        Files.writeString(web.resolve("prometheus-token"), "0123456789abcdef\n");
        Path heartbeat = Files.createDirectories(folder.resolve("heartbeat"));
        Files.writeString(heartbeat.resolve("url"), "https://hc.example.com/1\n");
        return Files.writeString(
            folder.resolve(key),
            text.asText()
                .replace("/etc/longshore/ca", ca.toString())
                .replace("/etc/longshore/elasticsearch", elasticsearch.toString())
                .replace("/etc/longshore/heartbeat", heartbeat.toString())
                .replaceAll("/etc/longshore[-/]web", web.toString()));
      }
    }
    throw new AssertionError("no ConfigMap of " + chart + " has " + key);
  }
}
