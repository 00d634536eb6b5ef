package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.example;
import static dev.longshore.deploy.ChartsTest.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.testkit.ProjectFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people bend of our pods reaches them, beside what the chart says and never in its place,
/// but for `podSpec`, which is laid over everything.
class ChartPodTest {
  static Stream<Chart> products() {
    return Stream.of(new Chart("longshore-agent"), new Chart("longshore-alerting"));
  }

  @ParameterizedTest
  @MethodSource("products")
  void everyValueOfAPodReachesIt(Chart chart) {
    JsonNode workload = workload(chart, bent(chart), Map.of());
    JsonNode pod = workload.at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");

    assertThat(workload.at("/metadata/annotations/reloader.stakater.com~1auto").asText())
        .isEqualTo("true");
    assertThat(workload.at("/spec/revisionHistoryLimit").asInt()).isEqualTo(3);
    assertThat(workload.at("/spec/updateStrategy").toString()).isEqualTo("{\"type\":\"OnDelete\"}");
    assertThat(pod.at("/initContainers").findValuesAsText("name")).contains("wait-for-proxy");
    assertThat(pod.at("/containers/1/name").asText()).isEqualTo("oauth2-proxy");
    assertThat(container.at("/command/0").asText()).isEqualTo("/opt/java/bin/java");
    assertThat(container.at("/args/0").asText()).isEqualTo("--config");
    assertThat(container.at("/args/2").asText()).isEqualTo("--check");
    assertThat(container.at("/lifecycle/preStop/exec/command")).hasSize(2);
    assertThat(pod.at("/hostNetwork").asBoolean()).isTrue();
    assertThat(pod.at("/dnsPolicy").asText()).isEqualTo("ClusterFirstWithHostNet");
    assertThat(pod.at("/dnsConfig/options/0/name").asText()).isEqualTo("ndots");
    assertThat(pod.at("/hostAliases/0/ip").asText()).isEqualTo("192.0.2.10");
    assertThat(pod.at("/runtimeClassName").asText()).isEqualTo("gvisor");
    assertThat(pod.at("/schedulerName").asText()).isEqualTo("descheduled");
    assertThat(pod.at("/topologySpreadConstraints/0/maxSkew").asInt()).isEqualTo(1);
    assertThat(pod.at("/shareProcessNamespace").asBoolean()).isTrue();
    assertThat(pod.at("/hostUsers").asBoolean(true)).isFalse();
    assertThat(pod.at("/volumes").findValues("configMap").toString()).contains("own-configuration");
  }

  @ParameterizedTest
  @MethodSource("products")
  void withoutThemAPodHasNoneOfIt(Chart chart) {
    JsonNode workload = workload(chart, example(chart.name(), "minimal"), Map.of());
    JsonNode pod = workload.at("/spec/template/spec");

    for (String key :
        List.of(
            "initContainers",
            "hostNetwork",
            "dnsPolicy",
            "dnsConfig",
            "hostAliases",
            "runtimeClassName",
            "schedulerName",
            "topologySpreadConstraints")) {
      assertThat(pod.has(key)).as(key).isFalse();
    }
    assertThat(pod.at("/containers")).hasSize(1);
    assertThat(workload.at("/metadata/annotations").isMissingNode()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("products")
  void podSpecIsLaidOverWhatTheChartSays(Chart chart) {
    JsonNode pod =
        workload(
                chart,
                example(chart.name(), "minimal"),
                Map.of(
                    "podSpec.terminationGracePeriodSeconds",
                    "90",
                    "podSpec.securityContext.supplementalGroups[0]",
                    "4"))
            .at("/spec/template/spec");

    assertThat(pod.at("/terminationGracePeriodSeconds").asInt()).isEqualTo(90);
    assertThat(pod.at("/securityContext/supplementalGroups/0").asInt()).isEqualTo(4);
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
  }

  @ParameterizedTest
  @MethodSource("products")
  void anOwnConfigMapTakesThePlaceOfTheCharts(Chart chart) {
    List<Manifest> manifests = chart.render(bent(chart));

    assertThat(manifests)
        .noneMatch(
            it ->
                it.kind().equals("ConfigMap")
                    && (it.body().at("/data/agent.yaml").isTextual()
                        || it.body().at("/data/alerting.yaml").isTextual()));
  }

  @Test
  void templatesOfMessagesAreMountedAndNamedByTheRouting() {
    Chart alerting = new Chart("longshore-alerting");
    Path bent = bent(new Chart("longshore-alerting"));
    List<Manifest> manifests = alerting.render(bent, Map.of("existingConfigMap", ""));
    Manifest templates = find(manifests, "ConfigMap", "longshore-longshore-alerting-templates");
    Manifest configuration = find(manifests, "ConfigMap", "longshore-longshore-alerting");

    assertThat(templates.body().at("/data/slack.tmpl").asText())
        .isEqualTo("{{ define \"slack.title\" }}{{ .CommonLabels.alertname }}{{ end }}");
    assertThat(
            YamlDocuments.parse(configuration.body().at("/data/routing.yaml").asText())
                .getFirst()
                .at("/templates/0")
                .asText())
        .isEqualTo("/etc/longshore/templates/*.tmpl");
    assertThat(only("StatefulSet", manifests).findValuesAsText("mountPath"))
        .contains("/etc/longshore/templates");
  }

  @Test
  void whatGoesBesideAlertingIsMade() {
    List<Manifest> manifests =
        new Chart("longshore-alerting").render(bent(new Chart("longshore-alerting")));

    assertThat(only("PodDisruptionBudget", manifests).at("/spec/maxUnavailable").asInt())
        .isEqualTo(1);
    JsonNode ingress = only("Ingress", manifests);
    assertThat(ingress.at("/spec/rules").findValuesAsText("host"))
        .containsExactly("alerts.example.com", "alerts.example.org");
    assertThat(ingress.at("/spec/tls/0/hosts")).hasSize(2);
    assertThat(
            only("StatefulSet", manifests)
                .at("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted")
                .asText())
        .isEqualTo("Delete");
    assertThat(
            only("ServiceMonitor", manifests)
                .at("/spec/endpoints/0/relabelings/0/targetLabel")
                .asText())
        .isEqualTo("team");
  }

  /// Values that bend everything of a chart's pod.
  static Path bent(Chart chart) {
    return ProjectFolder.find()
        .resolve("src/deploy/src/test/resources/values/" + chart.name() + "-bent.yaml");
  }

  private static JsonNode workload(Chart chart, Path values, Map<String, ?> settings) {
    String kind = chart.name().equals("longshore-agent") ? "DaemonSet" : "StatefulSet";
    return only(kind, chart.render(values, settings));
  }

  private static Manifest find(List<Manifest> manifests, String kind, String name) {
    return manifests.stream()
        .filter(it -> it.kind().equals(kind) && it.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
