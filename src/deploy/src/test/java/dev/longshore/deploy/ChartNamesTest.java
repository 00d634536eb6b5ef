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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a release is called, its objects have names that the API server takes, and whatever
/// looks like a number or a truth is a text.
class ChartNamesTest {
  private static final Chart AGENT = new Chart("longshore-agent");
  private static final Chart ALERTING = new Chart("longshore-alerting");

  @TempDir Path folder;

  static List<Chart> products() {
    return List.of(AGENT, ALERTING);
  }

  /// Helm takes digits first and dots; a Service's name takes neither, and a StatefulSet's is so
  /// short that the labels of its pods have room for it.
  @ParameterizedTest
  @CsvSource({
    "longshore-agent,    1234,                longshore-agent-1234",
    "longshore-agent,    2nd-longshore-agent, longshore-agent-2nd-longshore-agent",
    "longshore-agent,    prod.logs,           prod-logs-longshore-agent",
    "longshore-alerting, 1234,                longshore-alerting-1234",
    "longshore-alerting, eu.prod,             eu-prod-longshore-alerting",
    "longshore-alerting, a-release-of-53-characters-which-is-what-helm-takes-x,"
        + " a-release-of-53-characters-which-is-what-helm-takes",
  })
  void aReleaseWithDigitsFirstOrDotsHasObjectsThatTheApiServerTakes(
      String chart, String release, String name) {
    var command = new Chart(chart).template(release, Chart.NAMESPACE, example(chart, "minimal"));

    for (Manifest manifest : Chart.manifests(release, command.call())) {
      if (List.of("Service", "StatefulSet", "DaemonSet").contains(manifest.kind())) {
        assertThat(manifest.name()).as("%s", manifest).isEqualTo(name);
      }
    }
  }

  @Test
  void aNameThatIsCutOffDoesNotEndWithDashes() {
    String release = "a".repeat(46) + "------b";
    var command =
        ALERTING.template(release, Chart.NAMESPACE, example("longshore-alerting", "minimal"));

    assertThat(Chart.manifests(release, command.call()))
        .extracting(Manifest::name)
        .contains("a".repeat(46))
        .allMatch(it -> it.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?"));
  }

  @ParameterizedTest
  @MethodSource("products")
  void namesThatYamlReadsAsSomethingElseStayTexts(Chart chart) throws IOException {
    for (String name : List.of("true", "null", "e3", "n", "yes", "on")) {
      Path values =
          Files.writeString(
              folder.resolve("values.yaml"),
              Files.readString(example(chart.name(), "minimal"))
                  + "\nfullnameOverride: \"%s\"\n".formatted(name));
      for (Manifest manifest : chart.render(values)) {
        assertThat(manifest.body().at("/metadata/name").isTextual()).as("%s", manifest).isTrue();
        for (JsonNode at :
            List.of(
                manifest.body().at("/spec/serviceName"),
                manifest.body().at("/roleRef/name"),
                manifest.body().at("/subjects/0/name"))) {
          assertThat(at.asText(name)).as("%s", manifest).isEqualTo(name);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void anOverrideThatBeginsWithADigitIsRefused(Chart chart) {
    assertThatThrownBy(
            () ->
                chart.render(
                    example(chart.name(), "minimal"), Map.of("fullnameOverride", "2nd-logs")))
        .hasMessageContaining("fullnameOverride");
  }

  @Test
  void namesOfOthersThatLookLikeNumbersStayTexts() throws IOException {
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"),
            "existingConfigMap: \"1234\"\nelasticsearch: {ca: {existingConfigMap: \"5678\"}}\n");
    JsonNode sources =
        ChartsTest.only("DaemonSet", AGENT.render(values))
            .at("/spec/template/spec/volumes/0/projected/sources");

    assertThat(sources.findValuesAsText("name")).containsExactly("1234", "5678");
    assertThat(sources.findValues("name")).allMatch(JsonNode::isTextual);
  }

  @Test
  void theResourcesOfThePlatformAreNamedByTextsToo() {
    Chart chart = new Chart("platform-resources");
    List<Manifest> manifests =
        chart.render(
            example(chart.name(), "nothing"),
            Map.of(
                "dnsEndpoints[0].name", "wildcard",
                "dnsEndpoints[0].namespace", "gateway",
                "dnsEndpoints[0].dnsName", "*.example.com",
                "dnsEndpoints[0].recordType", "A",
                "dnsEndpoints[0].targets[0]", "192.0.2.1"));

    assertThat(ChartsTest.only("DNSEndpoint", manifests).at("/spec/endpoints/0/dnsName").asText())
        .isEqualTo("*.example.com");
    JsonNode route =
        ChartsTest.only(
            "HTTPRoute",
            chart.render(
                example(chart.name(), "nothing"),
                Map.of(
                    "httpRoutes[0].name", "on",
                    "httpRoutes[0].namespace", "shop",
                    "httpRoutes[0].hostnames[0]", "shop.example.com",
                    "httpRoutes[0].path", "/a: b #c",
                    "httpRoutes[0].backend.name", "shop",
                    "httpRoutes[0].backend.port", 80)));
    assertThat(route.at("/metadata/name").isTextual()).isTrue();
    assertThat(route.at("/spec/rules/0/matches/0/path/value").asText()).isEqualTo("/a: b #c");
  }
}
