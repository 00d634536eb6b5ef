package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With a login, probes, Prometheus and `helm test` still reach a release; secrets are files.
final class WebChartTest {

  private static JsonNode one(List<Manifest> all, String kind, String part) {
    return all.stream()
        .filter(it -> it.kind().equals(kind) && it.name().contains(part))
        .findFirst()
        .orElseThrow()
        .body();
  }

  @ParameterizedTest
  @CsvSource({
    "longshore-agent,    DaemonSet,   PodMonitor,     9601, /etc/longshore-web",
    "longshore-alerting, StatefulSet, ServiceMonitor, 9094, /etc/longshore/web"
  })
  void whatLooksAtAReleaseWithALoginHasAPortOfItsOwn(
      String chart, String workload, String monitor, int port, String folder) {
    List<Manifest> all = new Chart(chart).render(ChartsTest.example(chart, "all-on"));

    JsonNode container = one(all, workload, chart).at("/spec/template/spec/containers").path(0);
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("probes");
    }
    assertThat(container.path("ports").findValuesAsText("containerPort"))
        .contains(Integer.toString(port));
    assertThat(container.path("volumeMounts").findValuesAsText("mountPath")).contains(folder);
    assertThat(container.path("env").toString())
        .doesNotContain("ELASTICSEARCH_PASSWORD", "ELASTICSEARCH_API_KEY");
    assertThat(one(all, monitor, chart).toString()).contains("\"port\":\"probes\"");
    assertThat(all)
        .filteredOn(it -> it.kind().equals("Pod"))
        .allSatisfy(test -> assertThat(test.body().toString()).contains(":" + port + "/"));
    assertThat(one(all, "Service", chart).at("/spec/ports").toString())
        .contains("\"name\":\"probes\"");
    assertThat(one(all, "ConfigMap", chart).toString())
        .contains("passwordFile", folder + "/web.yaml", folder + "/prometheus-token");
  }

  @ParameterizedTest
  @CsvSource({
    "longshore-agent,    PodMonitor,     podMonitor,     ops",
    "longshore-alerting, ServiceMonitor, serviceMonitor, api"
  })
  void metricsStayBehindTheLoginWhereThatIsWanted(
      String chart, String kind, String monitor, String port) {
    List<Manifest> all =
        new Chart(chart)
            .render(
                ChartsTest.example(chart, "all-on"),
                Map.of(
                    "web.protectMetrics",
                    "true",
                    monitor + ".scheme",
                    "https",
                    monitor + ".tlsConfig.insecureSkipVerify",
                    "true",
                    monitor + ".authorization.credentials.name",
                    "prometheus"));

    assertThat(one(all, kind, chart).toString())
        .contains(
            "\"port\":\"" + port + "\"",
            "\"scheme\":\"https\"",
            "\"insecureSkipVerify\":true",
            "\"credentials\":{\"name\":\"prometheus\"}");
  }

  @ParameterizedTest
  @CsvSource({"longshore-agent", "longshore-alerting"})
  void aTokenWithoutASecretIsRefused(String chart) {
    assertThatThrownBy(
            () ->
                new Chart(chart)
                    .render(
                        ChartsTest.example(chart, "minimal"),
                        Map.of("web.tokens[0].name", "prometheus", "web.tokens[0].key", "t")))
        .hasMessageContaining("web.tokens needs web.existingSecret");
  }

  /// The values of docs/security.md for metrics behind Kubernetes' own rights.
  @Test
  void aProxyInThePodNamesWhoAsks(@TempDir Path folder) throws IOException {
    String page =
        Markdown.read(ProjectFolder.find().resolve("docs/security.md")).snippets().stream()
            .map(Markdown.Snippet::text)
            .filter(it -> it.contains("kube-rbac-proxy"))
            .findFirst()
            .orElseThrow();
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"), page + "elasticsearch: {urls: ['http://es:9200']}\n");

    List<Manifest> all = new Chart("longshore-agent").render(values);

    JsonNode pod = one(all, "DaemonSet", "agent").at("/spec/template/spec");
    assertThat(pod.at("/containers/1/args").toString())
        .contains("http://127.0.0.1:" + pod.at("/containers/0/ports/0/containerPort").asInt());
    assertThat(one(all, "ConfigMap", "agent").toString())
        .contains("userHeader: x-remote-user", "- 127.0.0.1");
    assertThat(one(all, "ClusterRole", "agent").toString())
        .contains("tokenreviews", "subjectaccessreviews");
  }
}
