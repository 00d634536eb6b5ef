package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import dev.longshore.testkit.ProjectFolder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Helm takes the charts, with all the values that they come with as examples, and what it makes of
/// them keeps what the charts promise.
class ChartsTest {
  static Stream<Chart> charts() {
    return Chart.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("charts")
  void passesHelmsStrictLint(Chart chart) {
    LintResult result = chart.lint();

    assertThat(result.getMessages()).noneMatch(it -> it.startsWith("[ERROR]"));
    assertThat(result.getMessages()).noneMatch(it -> it.startsWith("[WARNING]"));
  }

  @ParameterizedTest
  @MethodSource("charts")
  void namesEachObjectOnce(Chart chart) {
    for (var values : chart.exampleValues()) {
      Set<String> names = new HashSet<>();
      for (Manifest manifest : chart.render(values)) {
        assertThat(manifest.kind()).as(manifest.toString()).isNotEmpty();
        assertThat(manifest.name()).as(manifest.toString()).isNotEmpty();
        assertThat(names.add(manifest.kind() + manifest.namespace() + "/" + manifest.name()))
            .as("%s is there once", manifest)
            .isTrue();
      }
    }
  }

  /// By the keys by which the API server merges lists; a server-side apply refuses what is twice in
  /// one.
  @ParameterizedTest
  @MethodSource("charts")
  void namesEachEntryOfAListOnce(Chart chart) {
    Map<String, String> keys =
        Map.of(
            "containers", "name",
            "env", "name",
            "ports", "name",
            "volumes", "name",
            "volumeMounts", "mountPath",
            "imagePullSecrets", "name",
            "listeners", "name");
    for (Manifest manifest : chart.renderExamples()) {
      keys.forEach(
          (list, key) -> {
            for (JsonNode found : manifest.body().findValues(list)) {
              List<String> names = new ArrayList<>();
              found.forEach(it -> names.add(it.has(key) ? it.get(key).asText() : it.toString()));
              assertThat(names).as("%s of %s", list, manifest).doesNotHaveDuplicates();
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("charts")
  void labelsEveryObjectAsTheReleases(Chart chart) {
    for (Manifest manifest : chart.renderExamples()) {
      if (manifest.name().equals(Chart.RELEASE + "-proxy")) {
        // One of extraObjects, which go as they are.
        continue;
      }
      assertThat(manifest.body().at("/metadata/labels/app.kubernetes.io~1instance").asText())
          .as(manifest.toString())
          .isEqualTo(Chart.RELEASE);
    }
  }

  @ParameterizedTest
  @MethodSource("charts")
  void makesNoSecretOfItsOwn(Chart chart) {
    assertThat(chart.renderExamples()).extracting(Manifest::kind).doesNotContain("Secret");
  }

  @Test
  void theAgentMayReadPodsAndNamespacesAndCreateEventsAlone() {
    List<String> rights = new ArrayList<>();
    for (Manifest manifest :
        new Chart("longshore-agent").render(example("longshore-agent", "all-on"))) {
      if (manifest.kind().equals("ClusterRole") || manifest.kind().equals("Role")) {
        for (JsonNode rule : manifest.body().get("rules")) {
          rights.add(rule.get("resources") + " " + rule.get("verbs"));
        }
      }
    }

    assertThat(rights)
        .containsExactly(
            "[\"pods\",\"namespaces\"] [\"get\",\"list\",\"watch\"]", "[\"events\"] [\"create\"]");
  }

  @Test
  void theAgentWritesNothingOnTheNodeButItsState() {
    for (Manifest manifest : new Chart("longshore-agent").renderExamples()) {
      if (!manifest.kind().equals("DaemonSet")) {
        continue;
      }
      JsonNode pod = manifest.body().at("/spec/template/spec");
      List<String> writable = new ArrayList<>();
      for (JsonNode volume : pod.get("volumes")) {
        if (volume.has("hostPath")) {
          for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
            if (mount.get("name").equals(volume.get("name"))
                && !mount.path("readOnly").asBoolean()) {
              writable.add(volume.at("/hostPath/path").asText());
            }
          }
        }
      }
      assertThat(writable).as(manifest.toString()).containsExactly("/var/lib/longshore");
      assertThat(pod.path("hostNetwork").asBoolean()).isFalse();
      assertThat(pod.path("hostPID").asBoolean()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("charts")
  void runsEveryContainerWithoutAnyCapabilityAndOnAReadOnlyRoot(Chart chart) {
    for (Manifest manifest : chart.renderExamples()) {
      if (manifest.name().endsWith("-max-map-count")) {
        // It raises a limit of the node, where that is asked for.
        continue;
      }
      JsonNode pod =
          manifest.kind().equals("Pod")
              ? manifest.body().get("spec")
              : manifest.body().at("/spec/template/spec");
      for (JsonNode container : pod.path("containers")) {
        JsonNode context = container.path("securityContext");
        assertThat(context.at("/capabilities/drop").toString())
            .as(manifest.toString())
            .isEqualTo("[\"ALL\"]");
        assertThat(context.at("/capabilities/add").isMissingNode()).isTrue();
        assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText())
            .isEqualTo("RuntimeDefault");
        assertThat(container.at("/resources/limits/memory").isTextual()).isTrue();
        assertThat(container.at("/resources/limits/cpu").isMissingNode()).isTrue();
      }
    }
  }

  @Test
  void aProbeNeverAsksForElasticsearch() {
    for (Chart chart : List.of(new Chart("longshore-agent"), new Chart("longshore-alerting"))) {
      for (Manifest manifest : chart.renderExamples()) {
        for (JsonNode container : manifest.body().at("/spec/template/spec/containers")) {
          for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(container.at("/" + probe + "/httpGet/path").asText())
                .as("%s of %s", probe, manifest)
                .isIn("/healthz", "/-/healthy", "/-/ready");
          }
        }
      }
    }
  }

  @Test
  void thereAreNeverTwoAgentsOnANode() {
    Chart agent = new Chart("longshore-agent");
    JsonNode newer = only("DaemonSet", agent.render(example("longshore-agent", "minimal")));
    JsonNode older = only("DaemonSet", agent.render(example("longshore-agent", "old-kubernetes")));

    assertThat(newer.at("/spec/updateStrategy/rollingUpdate/maxSurge").asInt(-1)).isZero();
    assertThat(older.at("/spec/updateStrategy/rollingUpdate/maxSurge").isMissingNode()).isTrue();
  }

  @Test
  void elasticsearchIsFoundByConfigurationThenByItsServiceThenByTheEnvironment() {
    Chart agent = new Chart("longshore-agent");
    var links = example("longshore-agent", "service-links");

    assertThat(urls(agent.render(links)))
        .isEqualTo("[\"http://${ELASTICSEARCH_SERVICE_HOST}:${ELASTICSEARCH_SERVICE_PORT}\"]");
    assertThat(urls(agent.render(links, Map.of("elasticsearch.service.name", "es"))))
        .isEqualTo("[\"http://es.logging.svc:9200\"]");
    assertThat(
            urls(
                agent.render(
                    links,
                    Map.of(
                        "elasticsearch.service.name",
                        "es",
                        "elasticsearch.urls[0]",
                        "http://a.example:9200"))))
        .isEqualTo("[\"http://a.example:9200\"]");
  }

  @Test
  void versionsAreTheProjects() {
    String pom = YamlDocuments.text(ProjectFolder.find().resolve("pom.xml"));
    for (Chart chart : Chart.ALL) {
      JsonNode description = YamlDocuments.one(chart.folder().resolve("Chart.yaml"));
      assertThat(pom).contains("<version>" + description.get("version").asText() + "-SNAPSHOT<");
      assertThat(description.get("appVersion").asText())
          .isEqualTo(description.get("version").asText());
      assertThat(description.get("kubeVersion").asText()).isEqualTo(">=1.20.0-0");
    }
  }

  private static String urls(List<Manifest> manifests) {
    String configuration = only("ConfigMap", manifests).at("/data/agent.yaml").asText();
    return YamlDocuments.parse(configuration).getFirst().at("/elasticsearch/urls").toString();
  }

  static JsonNode only(String kind, List<Manifest> manifests) {
    List<Manifest> found = manifests.stream().filter(it -> it.kind().equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst().body();
  }

  static java.nio.file.Path example(String chart, String name) {
    return new Chart(chart).folder().resolve("ci/" + name + "-values.yaml");
  }
}
