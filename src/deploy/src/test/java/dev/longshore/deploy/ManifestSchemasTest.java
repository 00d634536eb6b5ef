package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the charts make is what Kubernetes and the operators know: every key, every type, nothing
/// twice in a list.
@Tag("schemas")
class ManifestSchemasTest {
  /// OpenShift's kind, whose definition is not among the schemas; `UsualValuesTest` holds it.
  private static final Set<String> UNPUBLISHED = Set.of("SecurityContextConstraints");

  private final PublishedSchemas schemas = PublishedSchemas.find();

  @Test
  void everyCoreObjectFitsTheOldestAndTheNewestKubernetes() {
    List<String> problems = new ArrayList<>();
    assertThat(schemas.kubernetesVersions()).hasSizeGreaterThanOrEqualTo(2);
    for (String version : schemas.kubernetesVersions()) {
      for (Manifest manifest : all()) {
        if (manifest.isCore()) {
          check(
              manifest,
              "Kubernetes " + version,
              schemas.kubernetes(version, manifest.apiVersion(), manifest.kind()),
              problems);
        }
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void everyCustomResourceFitsItsDefinition() {
    List<String> problems = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    for (Manifest manifest : all()) {
      if (!manifest.isCore()) {
        kinds.add(manifest.kind());
        check(
            manifest,
            "its definition",
            schemas.customResource(manifest.apiVersion(), manifest.kind()),
            problems);
      }
    }
    assertThat(problems).isEmpty();
    assertThat(kinds)
        .contains(
            "ClusterIssuer",
            "Certificate",
            "Bundle",
            "GatewayClass",
            "EnvoyProxy",
            "Gateway",
            "HTTPRoute",
            "GRPCRoute",
            "TCPRoute",
            "BackendTrafficPolicy",
            "ClientTrafficPolicy",
            "BackendTLSPolicy",
            "ReferenceGrant",
            "DNSEndpoint",
            "Elasticsearch",
            "Kibana",
            "PodMonitor",
            "ServiceMonitor",
            "PrometheusRule");
  }

  private static List<Manifest> all() {
    List<Manifest> all = new ArrayList<>();
    Chart.ALL.forEach(it -> all.addAll(it.renderExamples()));
    ChartPodTest.products().forEach(it -> all.addAll(it.render(ChartPodTest.bent(it))));
    UsualValuesTest.products().forEach(it -> all.addAll(it.render(UsualValuesTest.usual(it))));
    all.removeIf(it -> UNPUBLISHED.contains(it.kind()));
    return all;
  }

  private static void check(
      Manifest manifest, String by, Optional<JsonSchema> schema, List<String> problems) {
    if (schema.isEmpty()) {
      problems.add(manifest + ": " + by + " does not know " + manifest.apiVersion());
      return;
    }
    for (String problem : schema.get().problems(manifest.body())) {
      problems.add(manifest + ", by " + by + ": " + problem);
    }
  }
}
