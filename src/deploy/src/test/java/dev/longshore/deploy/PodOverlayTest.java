package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.example;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What `podSpec` says is laid over the pod whatever it is, and what further values would put into
/// it a second time is refused before the API server does.
class PodOverlayTest {
  private static final String ADVICE = "lay it over the chart's with podSpec.";

  @TempDir Path folder;

  static List<Chart> products() {
    return List.of(new Chart("longshore-agent"), new Chart("longshore-alerting"));
  }

  @ParameterizedTest
  @MethodSource("products")
  void whatIsFalseOrEmptyOrNullCountsAsWell(Chart chart) throws IOException {
    JsonNode pod =
        pod(
            chart,
            """
            podSpec:
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 0
              tolerations: []
              nodeSelector: {kubernetes.io/os: null, pool: logs}
              containers:
                - name: %s
                  securityContext: {readOnlyRootFilesystem: false}
                  args: []
                  livenessProbe: null
            """
                .formatted(main(chart)));

    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.path("terminationGracePeriodSeconds").asInt(-1)).isZero();
    assertThat(pod.path("tolerations")).isEmpty();
    assertThat(pod.path("nodeSelector").toString()).isEqualTo("{\"pool\":\"logs\"}");
    JsonNode container = pod.at("/containers/0");
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
    assertThat(container.path("args")).isEmpty();
    assertThat(container.has("livenessProbe")).isFalse();
    assertThat(container.has("readinessProbe")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          extraVolumes     | [{name: tmp, emptyDir: {}}]     | extraVolumes has tmp
          extraVolumes     | [{name: config, emptyDir: {}}]  | extraVolumes has config
          extraVolumes     | [{name: state, emptyDir: {}}]   | extraVolumes has state
          extraContainers  | [{name: MAIN, image: proxy}]    | extraContainers or initContainers has MAIN
          initContainers   | [{name: MAIN, image: proxy}]    | extraContainers or initContainers has MAIN
          extraEnv         | [{name: REGION, value: a}, {name: REGION, value: b}] | extraEnv has REGION
          extraPorts       | [{name: PORT, containerPort: 1}] | extraPorts has PORT
          extraVolumeMounts | [{name: config, mountPath: /tmp}] | extraVolumeMounts has /tmp
          """)
  void whatThePodHasAlreadyIsRefusedByTheNameOfTheValue(
      String value, String content, String sentence) {
    for (Chart chart : products()) {
      String port = chart.name().equals("longshore-agent") ? "ops" : "api";
      assertThatThrownBy(
              () ->
                  pod(
                      chart,
                      (value + ": " + content).replace("MAIN", main(chart)).replace("PORT", port)))
          .hasMessageContaining(sentence.replace("MAIN", main(chart)).replace("PORT", port))
          .hasMessageContaining(ADVICE);
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void aMountOfNoVolumeIsRefused(Chart chart) {
    assertThatThrownBy(
            () -> pod(chart, "extraVolumeMounts: [{name: corporate-ca, mountPath: /ca}]"))
        .hasMessageContaining(
            "extraVolumeMounts mounts corporate-ca at /ca, and there is no such volume: add it to"
                + " extraVolumes");
  }

  @Test
  void aVolumeThatTakesThePlaceOfTheClaimIsNotRefused() throws IOException {
    JsonNode pod =
        pod(
            new Chart("longshore-alerting"),
            "persistence: {enabled: false}\npodSpec: {volumes: [{name: state, emptyDir: {medium:"
                + " Memory}}]}");

    assertThat(pod.path("volumes").toString())
        .contains("{\"emptyDir\":{\"medium\":\"Memory\"},\"name\":\"state\"}");
  }

  private static String main(Chart chart) {
    return chart.name().replace("longshore-", "");
  }

  private JsonNode pod(Chart chart, String more) throws IOException {
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"),
            Files.readString(example(chart.name(), "minimal")) + "\n" + more + "\n");
    return chart.render(values, Map.of()).stream()
        .filter(it -> Set.of("DaemonSet", "StatefulSet").contains(it.kind()))
        .findFirst()
        .orElseThrow()
        .body()
        .at("/spec/template/spec");
  }
}
