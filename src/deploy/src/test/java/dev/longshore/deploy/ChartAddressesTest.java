package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.example;
import static dev.longshore.deploy.ChartsTest.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Where something is to be found, it is: alerts ask for the job that the operator makes, messages
/// link to a name that there is, and policies let in who belongs to the release.
class ChartAddressesTest {
  private static final Chart AGENT = new Chart("longshore-agent");
  private static final Chart ALERTING = new Chart("longshore-alerting");

  static List<Chart> products() {
    return List.of(AGENT, ALERTING);
  }

  /// The operator calls the job of a PodMonitor after the monitor's own namespace.
  @Test
  void theAlertsAskForTheJobOfAMonitorInAnotherNamespace() {
    List<Manifest> manifests =
        AGENT.render(
            example("longshore-agent", "minimal"),
            Map.of(
                "podMonitor.enabled", true,
                "podMonitor.namespace", "monitoring",
                "prometheusRule.enabled", true));
    JsonNode monitor = only("PodMonitor", manifests).path("metadata");
    String job = monitor.path("namespace").asText() + "/" + monitor.path("name").asText();

    assertThat(only("PrometheusRule", manifests).findValuesAsText("expr"))
        .isNotEmpty()
        .allMatch(it -> it.contains("job=\"" + job + "\""));
  }

  @ParameterizedTest
  @MethodSource("products")
  void aRuleObjectWithoutAlertsHasNoEmptyGroup(Chart chart) {
    JsonNode alerts = YamlDocuments.one(chart.folder().resolve("alerts.yaml"));
    Map<String, Object> settings = new HashMap<>(Map.of("prometheusRule.enabled", true));
    List<String> names = alerts.findValuesAsText("alert");
    for (int at = 0; at < names.size(); at++) {
      settings.put("prometheusRule.disabled[" + at + "]", names.get(at));
    }

    JsonNode groups =
        only("PrometheusRule", chart.render(example(chart.name(), "minimal"), settings))
            .at("/spec/groups");

    assertThat(groups.isArray()).isTrue();
    assertThat(groups).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *.example.com | alerts.example.org | https://alerts.example.org
          *.example.com | *.example.org      | http://longshore-longshore-alerting.logging.svc:9093
          a.example.com | *.example.org      | https://a.example.com
          """)
  void messagesLinkToANameThatBrowsersCanOpen(String first, String second, String url) {
    JsonNode byRoute =
        configuration(
            Map.of(
                "httpRoute.enabled",
                true,
                "httpRoute.parentRefs[0].name",
                "platform",
                "httpRoute.hostnames[0]",
                first,
                "httpRoute.hostnames[1]",
                second));

    assertThat(byRoute.at("/api/externalUrl").asText()).isEqualTo(url);
    assertThat(texts(byRoute.at("/web/hosts"))).containsExactly(first, second);
  }

  @Test
  void everyHostOfTheIngressIsANameThatBrowsersMayUse() {
    JsonNode byIngress =
        configuration(
            Map.of(
                "ingress.enabled", true,
                "ingress.host", "alerts.example.com",
                "ingress.extraHosts[0]", "alerts.example.org",
                "ingress.tls.existingSecret", "alerts-tls"));

    assertThat(texts(byIngress.at("/web/hosts")))
        .containsExactly("alerts.example.com", "alerts.example.org");
  }

  @ParameterizedTest
  @MethodSource("products")
  void aPolicyThatNamesWhoMayComeInLetsInThePodOfHelmTest(Chart chart) {
    String key = chart.equals(AGENT) ? "metricsFrom" : "apiFrom";
    JsonNode ingress =
        only(
                "NetworkPolicy",
                chart.render(
                    example(chart.name(), "minimal"),
                    Map.of(
                        "networkPolicy.enabled",
                        true,
                        "networkPolicy." + key + "[0].namespaceSelector.matchLabels.name",
                        "monitoring")))
            .at("/spec/ingress/0/from");

    assertThat(ingress.findValuesAsText("app.kubernetes.io/name"))
        .containsExactly(chart.name() + "-test");
  }

  /// The pods of its name servers listen on 5353; a policy sees that port and not the Service's.
  @Test
  void onOpenShiftThePolicyLetsOutToItsNameServers() {
    for (Map<Chart, String> it :
        List.of(Map.of(AGENT, "rbac.createOpenshiftScc"), Map.of(ALERTING, "rbac.openshiftScc"))) {
      it.forEach(
          (chart, key) -> {
            Object value = key.startsWith("rbac.create") ? true : "nonroot-v2";
            JsonNode ports =
                only(
                        "NetworkPolicy",
                        chart.render(
                            example(chart.name(), "minimal"),
                            Map.of("networkPolicy.enabled", true, key, value)))
                    .at("/spec/egress/0/ports");
            assertThat(ports.findValuesAsText("port")).contains("53", "5353");
          });
    }
    assertThat(
            only(
                    "NetworkPolicy",
                    AGENT.render(
                        example("longshore-agent", "minimal"),
                        Map.of("networkPolicy.enabled", true)))
                .at("/spec/egress/0/ports")
                .findValuesAsText("port"))
        .containsOnly("53");
  }

  private static JsonNode configuration(Map<String, ?> settings) {
    List<Manifest> maps = new ArrayList<>();
    for (Manifest manifest : ALERTING.render(example("longshore-alerting", "minimal"), settings)) {
      if (manifest.body().at("/data/alerting.yaml").isTextual()) {
        maps.add(manifest);
      }
    }
    return YamlDocuments.parse(maps.getFirst().body().at("/data/alerting.yaml").asText())
        .getFirst();
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
