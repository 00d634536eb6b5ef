package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.deploy.PlatformObjects.Upstream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the playbook installs fits together, and what it tells charts of others they know.
@Tag("ansible")
@Tag("schemas")
class PlatformWiringIT {
  /// Values of a chart in a chart, which the outer one's file does not list.
  private static final Set<String> OF_SUBCHARTS =
      Set.of("/grafana/grafana.ini", "/grafana/persistence");

  private final PlatformObjects local = PlatformRuns.of("local").objects();
  private final PlatformObjects production = PlatformRuns.of("production").objects();

  @Test
  void everythingPointsAtSomethingThatIsThere() {
    assertThat(Wiring.problems(local)).isEmpty();
    assertThat(Wiring.problems(production)).isEmpty();
  }

  @Test
  void theLinterFindsWhatIsMissing() {
    assertThat(Wiring.problems(local.without("Gateway", "platform")))
        .anyMatch(it -> it.contains("names the Gateway gateway/platform, which is not there"));
    assertThat(Wiring.problems(local.without("ClusterIssuer", "platform-ca")))
        .anyMatch(it -> it.contains("names the ClusterIssuer platform-ca"));
    assertThat(Wiring.problems(local.without("Secret", "slack")))
        .anyMatch(it -> it.contains("mounts the Secret slack"));
    assertThat(Wiring.problems(local.without("Elasticsearch", "logs")))
        .anyMatch(it -> it.contains("names the Service elastic/logs-es-http with port 9200"));
    assertThat(Wiring.problems(local.without("Bundle", "platform-ca")))
        .anyMatch(it -> it.contains("mounts the ConfigMap"));
    assertThat(Wiring.problems(local.without("Namespace", "logging")))
        .anyMatch(it -> it.contains("lies in a namespace that nobody makes"));
    assertThat(Wiring.problems(local.without("Service", "longshore-alerting")))
        .anyMatch(it -> it.contains("tells alerts to a Service that is not there"));
    assertThat(Wiring.problems(production.without("Secret", "dns-cloudflare")))
        .anyMatch(it -> it.contains("names the Secret cert-manager/dns-cloudflare"));
  }

  @Test
  void everyObjectFitsKubernetesAndItsDefinition() {
    assertThat(misfits(local)).isEmpty();
    assertThat(misfits(production)).isEmpty();
  }

  static List<String> misfits(PlatformObjects platform) {
    PublishedSchemas schemas = PublishedSchemas.find();
    List<String> problems = new ArrayList<>();
    for (Manifest manifest : platform.objects()) {
      if (manifest.kind().equals("CustomResourceDefinition")) {
        // Somebody else's, and published as it is.
        continue;
      }
      for (String version : schemas.kubernetesVersions()) {
        var schema =
            manifest.isCore()
                ? schemas.kubernetes(version, manifest.apiVersion(), manifest.kind())
                : schemas.customResource(manifest.apiVersion(), manifest.kind());
        if (schema.isEmpty()) {
          problems.add(manifest + " is of a kind that nobody knows");
        } else {
          schema.get().problems(manifest.body()).forEach(it -> problems.add(manifest + it));
        }
      }
    }
    return problems;
  }

  @Test
  void everyValueOfAnUpstreamChartIsKnownToIt() {
    assertThat(unknownValues(local)).isEmpty();
    assertThat(unknownValues(production)).isEmpty();
    Set<String> components = new HashSet<>();
    for (PlatformObjects platform : List.of(local, production)) {
      platform.values().values().forEach(it -> components.add(it.component()));
    }
    assertThat(components)
        .containsExactlyInAnyOrder(
            "cert_manager",
            "trust_manager",
            "envoy_gateway",
            "external_dns",
            "metrics_server",
            "monitoring",
            "elastic");
  }

  static List<String> unknownValues(PlatformObjects platform) {
    PublishedSchemas schemas = PublishedSchemas.find();
    List<String> problems = new ArrayList<>();
    platform
        .values()
        .forEach(
            (release, chart) -> {
              String folder = Lock.folder(chart.component());
              if (schemas.has(folder, "values.schema.json")) {
                JsonNode schema = schemas.document(schemas.file(folder, "values.schema.json"));
                new JsonSchema(schema, schema)
                    .problems(chart.values())
                    .forEach(it -> problems.add(release + ": " + it));
              } else {
                String name =
                    schemas.has(folder, "values.yaml") ? "values.yaml" : "values.tmpl.yaml";
                JsonNode known = schemas.document(schemas.file(folder, name));
                compare(release, "", chart.values(), known, problems);
              }
            });
    return problems;
  }

  /// A key that the chart's own values file has not is one that it does not know. Where its default
  /// is empty, anything may stand; a security context has Kubernetes' own keys.
  private static void compare(
      String release, String path, JsonNode values, JsonNode known, List<String> problems) {
    for (Map.Entry<String, JsonNode> entry : values.properties()) {
      String place = path + "/" + entry.getKey();
      if (place.endsWith("ecurityContext") || OF_SUBCHARTS.contains(place)) {
        continue;
      }
      JsonNode standard = known.get(entry.getKey());
      if (standard == null) {
        problems.add(release + ": " + place + " is unknown");
      } else if (entry.getValue().isObject() && !standard.isEmpty()) {
        compare(release, place, entry.getValue(), standard, problems);
      }
    }
  }

  @Test
  void everyFlagOfExternalDnsIsOnItsList() {
    PublishedSchemas schemas = PublishedSchemas.find();
    String list = YamlDocuments.text(schemas.file(Lock.folder("external_dns"), "flags.md"));
    List<String> owners = new ArrayList<>();
    for (Upstream chart : production.values().values()) {
      if (!chart.component().equals("external_dns")) {
        continue;
      }
      JsonNode values = chart.values();
      for (Map.Entry<String, JsonNode> flag : values.get("extraArgs").properties()) {
        assertThat(list).containsPattern("--(\\[no-\\])?" + flag.getKey() + "\\b");
      }
      for (String flag : List.of("provider", "policy", "registry", "txt-owner-id", "txt-prefix")) {
        assertThat(list).contains("--" + flag);
      }
      assertThat(list).containsPattern("--provider=.*\\b" + values.at("/provider/name").asText());
      for (JsonNode source : values.get("sources")) {
        assertThat(list).containsPattern("--source=.*\\b" + source.asText() + "\\b");
      }
      assertThat(values.get("policy").asText()).isIn("upsert-only", "sync");
      assertThat(values.get("annotationPrefix").asText()).isEqualTo("external-dns.kubernetes.io/");
      owners.add(values.get("txtOwnerId").asText());
    }
    assertThat(owners).hasSize(2).doesNotHaveDuplicates();
  }
}
