package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.ProjectFolder;
import dev.longshore.testkit.PrometheusServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every query of Grafana's dashboards is one that a real Prometheus evaluates, and ratios of two
/// metrics find both sides.
@Tag("prometheus")
final class GrafanaDashboardsIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path dir;

  private static JsonNode dashboard(String product) throws IOException {
    Path file = ProjectFolder.find().resolve("dashboards/grafana").resolve(product + ".json");
    return JSON.readTree(file.toFile());
  }

  private static JsonNode ask(PrometheusServer prometheus, String expression) throws IOException {
    String query = expression.replaceAll("\\$\\w+", ".*");
    return JSON.readTree(
            prometheus.get(
                "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)))
        .path("data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent", "alerting"})
  void everyQueryIsEvaluated(String product) throws IOException {
    try (PrometheusServer prometheus = PrometheusServer.start(dir, List.of(), List.of())) {
      for (JsonNode panel : dashboard(product).path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          assertThat(ask(prometheus, target.path("expr").asText()).path("resultType").asText())
              .as(panel.path("title").asText())
              .isIn("vector", "scalar");
        }
      }
    }
  }

  @Test
  void everyPanelHasAUnitAndAPlaceOfItsOwn() throws IOException {
    for (String product : List.of("agent", "alerting")) {
      TreeSet<String> places = new TreeSet<>();
      for (JsonNode panel : dashboard(product).path("panels")) {
        String title = panel.path("title").asText();
        JsonNode at = panel.path("gridPos");
        assertThat(places.add(at.path("x") + " " + at.path("y"))).as(title).isTrue();
        if (!panel.path("type").asText().equals("table")) {
          assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title).isNotEmpty();
        }
      }
    }
  }

  @Test
  void freeDiskAndFullBuffersAreRatiosByNode() throws Exception {
    Map<String, Double> series =
        Map.of(
            "longshore_agent_buffer_volume_free_bytes{node=\"worker-1\"}", 25.0,
            "longshore_agent_buffer_volume_size_bytes{node=\"worker-1\"}", 100.0,
            "longshore_agent_buffer_disk_bytes{node=\"worker-1\"}", 3.0,
            "longshore_agent_buffer_disk_max_bytes{node=\"worker-1\"}", 4.0);
    try (PrometheusServer prometheus = PrometheusServer.start(dir, List.of(), List.of())) {
      series.forEach(prometheus::set);
      await()
          .until(
              () ->
                  !ask(prometheus, "longshore_agent_buffer_disk_max_bytes")
                      .path("result")
                      .isEmpty());
      Map<String, String> expected =
          Map.of("Free disk, by node", "0.25", "How full the buffers are", "0.75");
      for (JsonNode panel : dashboard("agent").path("panels")) {
        String value = expected.get(panel.path("title").asText());
        if (value != null) {
          JsonNode answer = ask(prometheus, panel.at("/targets/0/expr").asText());
          assertThat(answer.at("/result/0/metric/node").asText()).isEqualTo("worker-1");
          assertThat(answer.at("/result/0/value/1").asText()).isEqualTo(value);
        }
      }
    }
  }
}
