package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.deploy.PlatformObjects.Upstream;
import dev.longshore.deploy.UpstreamPods.UpstreamPod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The level of each namespace admits every pod that the platform puts there: those that we render,
/// those that operators make of our objects, and those of charts that are not ours.
@Tag("ansible")
@Tag("schemas")
class PlatformPodSecurityIT {
  private static final String LEVEL = "pod-security.kubernetes.io~1enforce";

  private final PlatformObjects local = PlatformRuns.of("local").objects();
  private final PlatformObjects production = PlatformRuns.of("production").objects();

  @Test
  void everyPodIsAdmittedByItsNamespace() {
    assertThat(problems(local)).isEmpty();
    assertThat(problems(production)).isEmpty();
  }

  @Test
  void aChartOfOthersThatSetsTooLittleIsFound() {
    // The operator's chart, left to its own values.
    Map<String, Upstream> values = new HashMap<>(local.values());
    Upstream operator = Objects.requireNonNull(values.get("elastic-operator"));
    ObjectNode without = operator.values().deepCopy();
    without.remove("podSecurityContext");
    values.put(
        "elastic-operator", new Upstream(operator.component(), operator.namespace(), without));

    assertThat(problems(new PlatformObjects(local.objects(), values)))
        .containsExactly(
            "elastic elastic-system/elastic-operator: restricted refuses [seccompProfile]");
  }

  @Test
  void whatIsWrittenOfChartsOfOthersIsOfTheVersionInTheLock() {
    for (Map.Entry<String, JsonNode> facts : UpstreamPods.facts().properties()) {
      assertThat(facts.getValue().get("version").asText())
          .as("read the sources of %s and say in upstream-pods.yml what they set", facts.getKey())
          .isEqualTo(Lock.components().get(facts.getKey()).get("version").asText());
    }
    Set<String> unknown = new HashSet<>();
    for (Upstream chart : production.values().values()) {
      String level = level(production, chart.namespace());
      if (!level.equals("privileged") && !UpstreamPods.facts().has(chart.component())) {
        unknown.add(chart.component());
      }
    }
    assertThat(unknown).as("charts of which nothing is written").isEmpty();
  }

  static List<String> problems(PlatformObjects platform) {
    List<String> problems = new ArrayList<>();
    platform
        .ofKind("DaemonSet", "StatefulSet", "Deployment", "Job", "Pod")
        .forEach(
            owner -> {
              JsonNode pod =
                  owner.kind().equals("Pod")
                      ? owner.body().get("spec")
                      : owner.body().at("/spec/template/spec");
              add(problems, platform, owner.namespace(), owner.toString(), pod);
            });
    // Operators make pods of these: what our objects say of them, over what the operators set
    // themselves.
    for (Manifest elastic : platform.ofKind("Elasticsearch", "Kibana").toList()) {
      List<JsonNode> pods = new ArrayList<>(elastic.body().findValues("podTemplate"));
      assertThat(pods).as(elastic.toString()).isNotEmpty();
      pods.forEach(
          it -> add(problems, platform, elastic.namespace(), elastic.toString(), it.get("spec")));
    }
    for (UpstreamPod pod : UpstreamPods.of(platform)) {
      add(
          problems,
          platform,
          pod.namespace(),
          pod.component() + " " + pod.namespace() + "/" + pod.name(),
          pod.spec());
    }
    return problems;
  }

  private static void add(
      List<String> problems, PlatformObjects platform, String namespace, String who, JsonNode pod) {
    String level = level(platform, namespace);
    List<String> refused = PodSecurity.refused(level, pod);
    if (!refused.isEmpty()) {
      problems.add(who + ": " + level + " refuses " + refused);
    }
  }

  /// A namespace that is not ours, such as kube-system, has no label, and takes any pod.
  private static String level(PlatformObjects platform, String namespace) {
    return platform
        .find("Namespace", "", namespace)
        .map(it -> it.body().at("/metadata/labels/" + LEVEL).asText())
        .orElse("privileged");
  }
}
