package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The alerts on ourselves are rules that Prometheus takes, over metrics that there are, and each
/// says what to do; the dashboards show metrics and fields that there are.
class OwnAlertsTest {
  private static final Map<String, Set<String>> METRICS =
      Map.of(
          "longshore-agent",
          MetricNames.of("agent"),
          "longshore-alerting",
          MetricNames.of("alerting"));

  @TempDir Path folder;

  @Test
  @Tag("prometheus")
  void prometheusTakesTheRules() throws Exception {
    for (String chart : METRICS.keySet()) {
      JsonNode rule =
          ChartsTest.only(
              "PrometheusRule", new Chart(chart).render(ChartsTest.example(chart, "all-on")));
      Path file = folder.resolve(chart + ".json");
      new ObjectMapper().writeValue(file.toFile(), rule.get("spec"));

      assertThat(promtool("check", "rules", "--lint=all", "--lint-fatal", file.toString()))
          .contains("SUCCESS");
    }
  }

  @Test
  void anAlertFiresOnMetricsThatThereAreAndSaysWhatItMeans() {
    METRICS.forEach(
        (chart, known) -> {
          JsonNode groups =
              YamlDocuments.one(new Chart(chart).folder().resolve("alerts.yaml")).get("groups");
          for (JsonNode alert : groups.get(0).get("rules")) {
            String name = alert.get("alert").asText();
            assertThat(MetricNames.in(alert.get("expr").asText())).as(name).isSubsetOf(known);
            assertThat(alert.at("/labels/severity").asText()).isIn("warning", "critical");
            assertThat(alert.at("/annotations/summary").asText()).as(name).isNotEmpty();
            assertThat(alert.at("/annotations/description").asText()).as(name).isNotEmpty();
          }
        });
  }

  @Test
  void eachAlertOnTheAgentIsSeenToFireAndToEnd() throws IOException {
    assertSeen(
        "longshore-agent",
        15,
        List.of("AgentAlertsIT", "AgentLossAlertsIT", "AgentMetadataAlertsIT"));
  }

  @Test
  void eachAlertOnAlertingIsSeenToFireAndToEnd() throws IOException {
    assertSeen("longshore-alerting", 10, List.of("AlertingAlertsIT", "ReplicaAlertsIT"));
  }

  private static void assertSeen(String chart, int more, List<String> classes) throws IOException {
    StringBuilder tests = new StringBuilder();
    Path sources = ProjectFolder.find().resolve("src/deploy/src/test/java/dev/longshore/deploy");
    for (String test : classes) {
      tests.append(Files.readString(sources.resolve(test + ".java")));
    }

    assertThat(
            YamlDocuments.one(new Chart(chart).folder().resolve("alerts.yaml"))
                .findValuesAsText("alert"))
        .hasSizeGreaterThan(more)
        .allSatisfy(alert -> assertThat(tests.toString()).contains('"' + alert + '"'));
  }

  @Test
  void anAlertThatIsSwitchedOffIsNotThere() {
    JsonNode rule =
        ChartsTest.only(
            "PrometheusRule",
            new Chart("longshore-agent").render(ChartsTest.example("longshore-agent", "all-on")));

    assertThat(rule.findValuesAsText("alert"))
        .contains("LongshoreAgentLostLogs")
        .doesNotContain("LongshoreAgentWithoutApiServer");
  }

  @Test
  void grafanasDashboardsShowMetricsThatThereAre() throws IOException {
    for (String product : List.of("agent", "alerting")) {
      Path file = ProjectFolder.find().resolve("dashboards/grafana").resolve(product + ".json");
      JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
      List<String> queries = new ArrayList<>();
      for (JsonNode panel : dashboard.get("panels")) {
        assertThat(panel.get("title").asText()).isNotEmpty();
        for (JsonNode target : panel.get("targets")) {
          queries.add(target.get("expr").asText());
        }
      }
      dashboard.at("/templating/list").findValuesAsText("definition").forEach(queries::add);

      assertThat(queries)
          .hasSizeGreaterThan(10)
          .allSatisfy(
              it ->
                  assertThat(MetricNames.in(it))
                      .isNotEmpty()
                      .isSubsetOf(METRICS.get("longshore-" + product)));
    }
  }

  @Test
  void kibanasObjectsShowFieldsThatThereAreAndReferToEachOther() throws IOException {
    Path file = ProjectFolder.find().resolve("dashboards/kibana/longshore.ndjson");
    Set<String> ids = new java.util.TreeSet<>();
    List<JsonNode> objects = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode object = new ObjectMapper().readTree(line);
      objects.add(object);
      assertThat(ids.add(object.get("type").asText() + " " + object.get("id").asText())).isTrue();
    }
    for (JsonNode object : objects) {
      for (JsonNode reference : object.get("references")) {
        assertThat(ids)
            .contains(reference.get("type").asText() + " " + reference.get("id").asText());
      }
      boolean dead = object.get("references").toString().contains("longshore-dead-letters");
      boolean nodes = object.get("references").toString().contains("\"longshore-fleet\"");
      JsonNode mappings =
          mappings(
              dead
                  ? "dead-letters-template.json"
                  : nodes ? "fleet-template.json" : "logs-template.json");
      List<String> fields = new ArrayList<>(object.findValuesAsText("sourceField"));
      object.at("/attributes/columns").forEach(it -> fields.add(it.asText()));
      for (String field : fields) {
        if (!field.equals("___records___")) {
          JsonNode at = mappings;
          for (String part : field.split("\\.", -1)) {
            at = at.path("properties").path(part);
          }
          assertThat(at.isMissingNode()).as("%s in the mappings", field).isFalse();
        }
      }
    }
    assertThat(objects).extracting(it -> it.get("type").asText()).contains("dashboard", "lens");
  }

  private static JsonNode mappings(String template) throws IOException {
    Path file =
        ProjectFolder.find()
            .resolve("src/shared/src/main/resources/dev/longshore/shared/elastic")
            .resolve(template);
    return new ObjectMapper().readTree(file.toFile()).get("mappings");
  }

  private static String promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "promtool is not installed; Debian: apt-get install prometheus", e);
    }
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
