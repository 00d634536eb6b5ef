package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.testkit.ProjectFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Values as people bring them from the charts of other agents and of Alertmanager make a pod that
/// runs: what they add is beside what the chart needs, and what they name is named alike
/// everywhere.
class UsualValuesTest {
  private static final Chart AGENT = new Chart("longshore-agent");
  private static final Chart ALERTING = new Chart("longshore-alerting");

  /// The values file of the usual.
  static Path usual(Chart chart) {
    return ProjectFolder.find()
        .resolve("src/deploy/src/test/resources/values")
        .resolve(chart.name() + "-usual.yaml");
  }

  static List<Chart> products() {
    return List.of(AGENT, ALERTING);
  }

  @ParameterizedTest
  @MethodSource("products")
  void everyMountHasItsVolumeAndNothingIsThereTwice(Chart chart) {
    List<Manifest> manifests = chart.render(usual(chart));
    JsonNode pod = pod(manifests);

    List<String> volumes = new ArrayList<>(values(pod.at("/volumes"), "name"));
    workload(manifests)
        .at("/spec/volumeClaimTemplates")
        .forEach(it -> volumes.add(it.at("/metadata/name").asText()));
    assertThat(values(pod.at("/volumes"), "name")).doesNotHaveDuplicates().contains("scratch");
    for (JsonNode container : pod.at("/containers")) {
      assertThat(volumes).containsAll(values(container.path("volumeMounts"), "name"));
      assertThat(values(container.path("volumeMounts"), "mountPath")).doesNotHaveDuplicates();
      assertThat(values(container.path("env"), "name")).doesNotHaveDuplicates();
      assertThat(container.path("image").asText()).startsWith("registry.example.com");
    }
    assertThat(pod.at("/containers/0/args/0").asText()).isEqualTo("--config");
    assertThat(values(pod.at("/containers/0/volumeMounts"), "mountPath"))
        .contains("/scratch", "/etc/ssl/corporate")
        .anyMatch(it -> it.startsWith("/etc/longshore"));
  }

  @Test
  void podSpecIsMergedByNamesAndPaths() {
    JsonNode pod = pod(AGENT.render(usual(AGENT)));

    JsonNode agent = pod.at("/containers/0");
    assertThat(agent.path("image").asText())
        .isEqualTo("registry.example.com:5000/mirror/longshore/agent:v1.2.3");
    assertThat(agent.path("terminationMessagePolicy").asText()).isEqualTo("FallbackToLogsOnError");
    assertThat(agent.path("env").toString())
        .contains("{\"name\":\"CLUSTER\",\"value\":\"staging\"}", "REGION", "HOST_IP", "NODE_NAME");
    assertThat(values(pod.at("/containers"), "name")).containsExactly("agent", "helper");
    assertThat(pod.at("/volumes").findValuesAsText("path")).contains("/mnt/fast/longshore");
    assertThat(pod.at("/volumes").findValuesAsText("path")).doesNotContain("/var/lib/longshore");
  }

  @ParameterizedTest
  @MethodSource("products")
  void aContainerOrVolumeWithoutANameIsRefused(Chart chart) {
    for (String key : List.of("podSpec.containers[0].image", "podSpec.volumes[0].emptyDir.x")) {
      assertThatThrownBy(
              () -> chart.render(ChartsTest.example(chart.name(), "minimal"), Map.of(key, "x")))
          .hasMessageContaining("name");
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void selectorsMatchThePodsAndNamesFollowTheirOverrides(Chart chart) {
    List<Manifest> manifests = chart.render(usual(chart));
    JsonNode workload = workload(manifests);
    JsonNode labels = workload.at("/spec/template/metadata/labels");

    assertThat(labels.properties())
        .containsAll(workload.at("/spec/selector/matchLabels").properties());
    for (Manifest service : manifests) {
      if (service.kind().equals("Service")) {
        assertThat(labels.properties())
            .containsAll(service.body().at("/spec/selector").properties());
      }
    }
    assertThat(workload.at("/metadata/name").asText())
        .isEqualTo(chart.equals(AGENT) ? "longshore-logs" : "alertmanager");
    assertThat(workload.at("/metadata/labels/team").asText()).isEqualTo("platform");
  }

  @Test
  void anIngressHasARuleForEachHostAndOneCertificate() {
    JsonNode ingress = only("Ingress", ALERTING.render(usual(ALERTING)));

    List<String> hosts = values(ingress.at("/spec/rules"), "host");
    assertThat(hosts)
        .containsExactly("alerts.example.com", "alerts.example.org", "alerts.example.net");
    assertThat(ingress.at("/spec/tls")).hasSize(1);
    assertThat(ingress.at("/spec/tls/0/hosts")).hasSize(3);
  }

  @Test
  void anObjectMayBeAText() {
    assertThat(AGENT.render(usual(AGENT)))
        .filteredOn(it -> it.body().at("/metadata/name").asText().equals("longshore-more"))
        .singleElement()
        .satisfies(it -> assertThat(it.body().at("/data/namespace").asText()).isEqualTo("logging"));
  }

  /// OpenShift lets a pod in by the constraints that its account may use: none of what the agent's
  /// pod wants is outside of those that the chart makes, and they allow nothing that it does not
  /// want.
  @Test
  void theAgentsOwnSecurityContextConstraintsLetItsPodInAndNoMore() {
    List<Manifest> manifests = AGENT.render(ChartsTest.example(AGENT.name(), "openshift"));
    JsonNode scc = only("SecurityContextConstraints", manifests);
    JsonNode pod = pod(manifests);

    assertThat(only("ClusterRole", manifests).path("rules").toString())
        .contains("\"resourceNames\":[\"" + scc.at("/metadata/name").asText() + "\"]");
    Set<String> allowed = Set.copyOf(texts(scc.path("volumes")));
    List<String> used = new ArrayList<>();
    for (JsonNode volume : pod.path("volumes")) {
      volume.fieldNames().forEachRemaining(it -> used.add(it));
    }
    used.removeIf(it -> it.equals("name"));
    assertThat(allowed).containsAll(used);
    assertThat(scc.path("allowHostDirVolumePlugin").asBoolean()).isTrue();
    for (String key :
        List.of(
            "allowPrivilegedContainer",
            "allowPrivilegeEscalation",
            "allowHostNetwork",
            "allowHostPorts",
            "allowHostPID",
            "allowHostIPC")) {
      assertThat(scc.path(key).asBoolean(true)).as(key).isFalse();
    }
    for (JsonNode container : pod.path("containers")) {
      JsonNode context = container.path("securityContext");
      assertThat(context.path("privileged").asBoolean()).isFalse();
      assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
      assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(texts(context.at("/capabilities/drop")))
          .isEqualTo(texts(scc.path("requiredDropCapabilities")));
      assertThat(context.at("/seLinuxOptions/type").asText()).isEqualTo("spc_t");
    }
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(texts(scc.path("seccompProfiles"))).containsExactly("runtime/default");
  }

  @Test
  void alertingUsesTheConstraintsThatAreNamed() {
    List<Manifest> manifests = ALERTING.render(usual(ALERTING));

    assertThat(only("Role", manifests).path("rules").toString())
        .contains("\"resourceNames\":[\"nonroot-v2\"]", "\"verbs\":[\"use\"]");
    assertThat(only("RoleBinding", manifests).at("/subjects/0/name").asText())
        .isEqualTo("alertmanager");
  }

  private static JsonNode workload(List<Manifest> manifests) {
    return manifests.stream()
        .filter(it -> Set.of("DaemonSet", "StatefulSet").contains(it.kind()))
        .findFirst()
        .orElseThrow()
        .body();
  }

  private static JsonNode pod(List<Manifest> manifests) {
    return workload(manifests).at("/spec/template/spec");
  }

  private static List<String> values(JsonNode list, String key) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(it -> it.path(key).asText())
        .toList();
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
