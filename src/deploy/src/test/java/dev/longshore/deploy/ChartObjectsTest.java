package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.example;
import static dev.longshore.deploy.ChartsTest.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What people bend of the objects beside the pods reaches them.
class ChartObjectsTest {
  private static final Chart AGENT = new Chart("longshore-agent");
  private static final Chart ALERTING = new Chart("longshore-alerting");
  private static final Chart PLATFORM = new Chart("platform-resources");

  static Stream<Chart> charts() {
    return Chart.ALL.stream();
  }

  static Stream<Chart> products() {
    return Stream.of(AGENT, ALERTING);
  }

  @ParameterizedTest
  @MethodSource("charts")
  void everyObjectHasTheCommonLabelsAndAnnotations(Chart chart) {
    List<Manifest> manifests =
        chart.render(
            example(chart.name(), "all-on"),
            Map.of("commonAnnotations.owner", "platform", "commonLabels.owner", "platform"));

    assertThat(manifests).hasSizeGreaterThan(5);
    for (Manifest manifest : manifests) {
      JsonNode metadata = manifest.body().get("metadata");
      boolean ofTheUser = metadata.at("/labels/app.kubernetes.io~1part-of").isMissingNode();
      if (!ofTheUser) {
        assertThat(metadata.at("/annotations/owner").asText())
            .as(manifest.kind() + " " + manifest.name())
            .isEqualTo("platform");
        assertThat(metadata.at("/labels/owner").asText()).isEqualTo("platform");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("charts")
  void anObjectsOwnAnnotationsGoBeforeTheCommonOnes(Chart chart) {
    boolean gateway = chart.name().equals("platform-resources");
    String own = gateway ? "gateway.annotations.owner" : "annotations.owner";
    String kind =
        switch (chart.name()) {
          case "longshore-agent" -> "DaemonSet";
          case "longshore-alerting" -> "StatefulSet";
          default -> "Gateway";
        };
    List<Manifest> manifests =
        chart.render(
            example(chart.name(), "all-on"),
            Map.of("commonAnnotations.owner", "platform", own, "logging"));

    assertThat(only(kind, manifests).at("/metadata/annotations/owner").asText())
        .isEqualTo("logging");
  }

  @ParameterizedTest
  @MethodSource("products")
  void everyObjectIsInTheNamespaceThatReplacesTheReleases(Chart chart) {
    List<Manifest> manifests =
        chart.render(example(chart.name(), "all-on"), Map.of("namespaceOverride", "observability"));

    for (Manifest manifest : manifests) {
      assertThat(manifest.body().toString()).doesNotContain("." + Chart.NAMESPACE + ".svc");
      if (manifest.kind().startsWith("Role")) {
        continue; // Where the rules are that alerting reads.
      }
      String namespace = manifest.body().at("/metadata/namespace").asText("observability");
      assertThat(namespace).as(manifest.kind() + " " + manifest.name()).isEqualTo("observability");
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void oneRegistryOfAllChartsTakesThePlaceOfTheImages(Chart chart) {
    String product = chart.name().substring("longshore-".length());
    Map<String, String> settings = new HashMap<>();
    settings.put("global.imageRegistry", "mirror.example.com:5000");

    assertThat(image(chart, settings))
        .isEqualTo("mirror.example.com:5000/longshore/" + product + ":0.1.0");
    settings.put("image.repository", "registry.example.com/team/" + product);
    assertThat(image(chart, settings))
        .isEqualTo("mirror.example.com:5000/team/" + product + ":0.1.0");
    settings.put("image.repository", "team/" + product);
    assertThat(image(chart, settings))
        .isEqualTo("mirror.example.com:5000/team/" + product + ":0.1.0");
  }

  private static String image(Chart chart, Map<String, String> settings) {
    String kind = chart.equals(AGENT) ? "DaemonSet" : "StatefulSet";
    return only(kind, chart.render(example(chart.name(), "minimal"), settings))
        .at("/spec/template/spec/containers/0/image")
        .asText();
  }

  @ParameterizedTest
  @MethodSource("products")
  void monitorsRulesDashboardsAndPoliciesAreBent(Chart chart) {
    boolean agent = chart.equals(AGENT);
    String monitor = agent ? "podMonitor" : "serviceMonitor";
    Map<String, Object> settings = new HashMap<>();
    settings.put(monitor + ".namespace", "monitoring");
    settings.put(monitor + ".sampleLimit", "5000");
    settings.put("dashboards.namespace", "grafana");
    settings.put("prometheusRule.extraGroups[0].name", "ours");
    settings.put("networkPolicy.egressTo[0].ipBlock.cidr", "10.0.0.0/8");
    settings.put("service.labels.unit", "logging");
    settings.put("serviceAccount.labels.unit", "logging");
    settings.put("extraPorts[0].name", "debug");
    settings.put("extraPorts[0].containerPort", "5005");
    List<Manifest> manifests = chart.render(example(chart.name(), "all-on"), settings);

    JsonNode scraped = only(agent ? "PodMonitor" : "ServiceMonitor", manifests);
    assertThat(scraped.at("/metadata/namespace").asText()).isEqualTo("monitoring");
    assertThat(scraped.at("/spec/namespaceSelector/matchNames/0").asText())
        .isEqualTo(Chart.NAMESPACE);
    assertThat(scraped.at("/spec/sampleLimit").asInt()).isEqualTo(5000);
    assertThat(only("PrometheusRule", manifests).at("/spec/groups").findValuesAsText("name"))
        .contains("ours");
    assertThat(manifests)
        .filteredOn(it -> it.name().contains("-dashboard-"))
        .isNotEmpty()
        .allMatch(it -> it.body().at("/metadata/namespace").asText().equals("grafana"));
    assertThat(only("NetworkPolicy", manifests).at("/spec/egress/1/to/0/ipBlock/cidr").asText())
        .isEqualTo("10.0.0.0/8");
    assertThat(only("Service", manifests).at("/metadata/labels/unit").asText())
        .isEqualTo("logging");
    assertThat(only("ServiceAccount", manifests).at("/metadata/labels/unit").asText())
        .isEqualTo("logging");
    assertThat(
            only(agent ? "DaemonSet" : "StatefulSet", manifests)
                .at("/spec/template/spec/containers/0/ports")
                .findValuesAsText("name"))
        .contains("debug");
  }

  @Test
  void alertingsServiceRouteAndClaimAreBent() {
    List<Manifest> manifests =
        ALERTING.render(
            example(ALERTING.name(), "all-on"),
            Map.of(
                "service.type", "LoadBalancer",
                "service.loadBalancerClass", "internal",
                "service.loadBalancerSourceRanges[0]", "192.0.2.0/24",
                "service.ipFamilyPolicy", "PreferDualStack",
                "httpRoute.filters[0].type", "RequestHeaderModifier",
                "httpRoute.labels.gateway", "internal",
                "persistence.labels.backup", "daily"));

    JsonNode service = only("Service", manifests).get("spec");
    assertThat(service.at("/loadBalancerClass").asText()).isEqualTo("internal");
    assertThat(service.at("/loadBalancerSourceRanges/0").asText()).isEqualTo("192.0.2.0/24");
    assertThat(service.at("/ipFamilyPolicy").asText()).isEqualTo("PreferDualStack");
    JsonNode route = only("HTTPRoute", manifests);
    assertThat(route.at("/spec/rules/0/filters/0/type").asText())
        .isEqualTo("RequestHeaderModifier");
    assertThat(route.at("/metadata/labels/gateway").asText()).isEqualTo("internal");
    assertThat(
            only("StatefulSet", manifests)
                .at("/spec/volumeClaimTemplates/0/metadata/labels/backup")
                .asText())
        .isEqualTo("daily");
  }

  @ParameterizedTest
  @ValueSource(strings = {"longshore-agent", "longshore-alerting"})
  void anythingElseOfAServiceIsLaidOverIt(String chart) {
    JsonNode service =
        only(
                "Service",
                new Chart(chart)
                    .render(
                        example(chart, "all-on"),
                        Map.of(
                            "service.clusterIP", "None",
                            "service.spec.sessionAffinity", "ClientIP",
                            "service.spec.selector.app\\.kubernetes\\.io/name", "proxy")))
            .get("spec");

    assertThat(service.at("/clusterIP").asText()).isEqualTo("None");
    assertThat(service.at("/sessionAffinity").asText()).isEqualTo("ClientIP");
    assertThat(service.at("/selector").toString())
        .contains("\"app.kubernetes.io/name\":\"proxy\"", "app.kubernetes.io/instance");
    assertThat(service.at("/ports/0/port").isInt()).isTrue();
  }

  @Test
  void alertingsServiceHasTheAddressesThatItIsGiven() {
    JsonNode service =
        only(
                "Service",
                ALERTING.render(
                    example(ALERTING.name(), "all-on"),
                    Map.of(
                        "service.type", "LoadBalancer",
                        "service.loadBalancerIP", "192.0.2.7",
                        "service.externalIPs[0]", "2001:db8::7",
                        "service.clusterIP", "10.96.0.77")))
            .get("spec");

    assertThat(service.at("/loadBalancerIP").asText()).isEqualTo("192.0.2.7");
    assertThat(service.at("/externalIPs/0").asText()).isEqualTo("2001:db8::7");
    assertThat(service.at("/clusterIP").asText()).isEqualTo("10.96.0.77");
  }

  @ParameterizedTest
  @CsvSource({
    "longshore-agent, /etc/longshore/agent.yaml, /etc/longshore/prod.yml",
    "longshore-alerting, /etc/longshore/config/alerting.yaml, /etc/longshore/config/prod.yml"
  })
  void aConfigMapOfOnesOwnMayHaveItsConfigurationUnderAnotherKey(
      String chart, String standard, String other) {
    Map<String, String> own = new HashMap<>(Map.of("existingConfigMapKey", "prod.yml"));
    String kind = chart.equals("longshore-agent") ? "DaemonSet" : "StatefulSet";

    assertThat(arguments(kind, new Chart(chart).render(example(chart, "minimal"), own)))
        .contains(standard);
    own.put("existingConfigMap", "mine");
    assertThat(arguments(kind, new Chart(chart).render(example(chart, "minimal"), own)))
        .contains(other)
        .doesNotContain(standard);
  }

  private static String arguments(String kind, List<Manifest> manifests) {
    return only(kind, manifests).at("/spec/template/spec/containers/0/args").toString();
  }

  @Test
  void furtherRightsOfTheAgentAreBesideItsOwn() {
    List<Manifest> manifests =
        AGENT.render(
            example(AGENT.name(), "minimal"),
            Map.of(
                "rbac.extraRules[0].apiGroups[0]", "authentication.k8s.io",
                "rbac.extraRules[0].resources[0]", "tokenreviews",
                "rbac.extraRules[0].verbs[0]", "create"));

    assertThat(only("ClusterRole", manifests).get("rules").toString())
        .contains("\"pods\"", "\"tokenreviews\"");
  }

  @Test
  void theProxiesAreScaledAndSpreadAndKeptWhileNodesAreDrained() {
    List<Manifest> manifests =
        PLATFORM.render(
            example(PLATFORM.name(), "all-on"),
            Map.of(
                "gateway.proxy.autoscaling.enabled", "true",
                "gateway.proxy.maxUnavailable", "1",
                "gateway.proxy.topologySpreadConstraints[0].maxSkew", "1"));
    JsonNode proxy = only("EnvoyProxy", manifests).at("/spec/provider/kubernetes");

    assertThat(proxy.at("/envoyHpa/maxReplicas").asInt()).isEqualTo(10);
    assertThat(proxy.at("/envoyHpa/metrics/0/resource/target/averageUtilization").asInt())
        .isEqualTo(70);
    assertThat(proxy.at("/envoyPDB/maxUnavailable").asInt()).isEqualTo(1);
    assertThat(proxy.at("/envoyDeployment/pod/topologySpreadConstraints/0/maxSkew").asInt())
        .isEqualTo(1);
    // Or the operator and the autoscaler would set it in turns.
    assertThat(proxy.at("/envoyDeployment").has("replicas")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("products")
  void whatMustBeOneIsNeverScaled(Chart chart) {
    assertThat(chart.renderExamples()).noneMatch(it -> it.kind().equals("HorizontalPodAutoscaler"));
  }
}
