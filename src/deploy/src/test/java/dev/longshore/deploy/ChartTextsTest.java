package dev.longshore.deploy;

import static dev.longshore.deploy.ChartsTest.example;
import static dev.longshore.deploy.ChartsTest.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A text goes through the charts as it is: braces of Prometheus' templates, quotes, line breaks,
/// letters of all scripts, and what YAML would read as something else than a text.
class ChartTextsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Chart AGENT = new Chart("longshore-agent");
  private static final Chart ALERTING = new Chart("longshore-alerting");

  private static final List<String> TEXTS =
      List.of(
          "{{ $labels.pod }} is {{ if eq .Status \"firing\" }}on{{ end }}",
          "first\n\n  second\tindented\n \nlast\n",
          "  begins with spaces\nand ends with some  ",
          "\r\ncarriage\r\n",
          "\"double\" and 'single' and \\back\\slash",
          "# no comment: a colon",
          "- no list",
          "größer 日本語 🚢 \u00a0",
          "1e3",
          "0x1f",
          "012",
          "1_000",
          "09:00",
          "2026-11-23",
          "yes",
          "null",
          "~",
          "",
          "&anchor *alias !tag %directive @at `tick`");

  @TempDir Path folder;

  static List<Chart> products() {
    return List.of(AGENT, ALERTING);
  }

  private static Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (int at = 0; at < TEXTS.size(); at++) {
      texts.put("text" + at, TEXTS.get(at));
    }
    return texts;
  }

  @ParameterizedTest
  @MethodSource("products")
  void annotationsAndVariablesOfThePodAreTheTextsThatTheyWere(Chart chart) throws IOException {
    var variables =
        texts().entrySet().stream()
            .map(it -> Map.of("name", it.getKey(), "value", it.getValue()))
            .toList();
    JsonNode template =
        render(chart, Map.of("podAnnotations", texts(), "extraEnv", variables)).stream()
            .map(it -> it.body().at("/spec/template"))
            .filter(it -> !it.isMissingNode())
            .findFirst()
            .orElseThrow();

    Map<String, String> found = new LinkedHashMap<>();
    for (JsonNode variable : template.at("/spec/containers/0/env")) {
      if (variable.path("name").asText().startsWith("text")) {
        assertThat(variable.path("value").isTextual()).isTrue();
        found.put(variable.path("name").asText(), variable.path("value").asText());
      }
    }
    assertThat(found).isEqualTo(texts());
    texts()
        .forEach(
            (name, text) ->
                assertThat(template.at("/metadata/annotations/" + name).asText()).isEqualTo(text));
  }

  @Test
  void theAgentsConfigurationHasTheTextsThatTheyWere() throws IOException {
    JsonNode map =
        only(
            "ConfigMap",
            render(
                AGENT,
                Map.of(
                    "cluster",
                    Map.of("name", TEXTS.getFirst()),
                    "config",
                    Map.of("redact", texts(), "policy", Map.of("large", 1_000_650_000)))));

    JsonNode configuration = document(map, "agent.yaml");
    assertThat(configuration.at("/cluster/name").asText()).isEqualTo(TEXTS.getFirst());
    assertThat(configuration.path("redact")).isEqualTo(JSON.valueToTree(texts()));
    assertThat(configuration.at("/policy/large").isIntegralNumber()).isTrue();
  }

  @Test
  void rulesRoutingAndTemplatesHaveTheTextsThatTheyWere() throws IOException {
    Map<String, Object> rule =
        Map.of("alert", "Slow", "expr", "up == 0\nor up{job=\"{{\"}", "annotations", texts());
    Map<String, Object> rules =
        Map.of("groups", List.of(Map.of("name", "shop", "rules", List.of(rule))));
    Map<String, Object> receiver =
        Map.of(
            "name",
            "shop",
            "webhook_configs",
            List.of(texts()),
            "telegram_configs",
            List.of(Map.of("chat_id", -1_001_234_567_890L)));
    Map<String, Object> routing =
        Map.of("route", Map.of("receiver", "shop"), "receivers", List.of(receiver));
    Map<String, String> templates = new LinkedHashMap<>();
    texts().forEach((name, text) -> templates.put(name + ".tmpl", text));

    List<Manifest> manifests =
        render(
            ALERTING,
            Map.of("rules", Map.of("1.yaml", rules), "routing", routing, "templates", templates));

    assertThat(document(named(manifests, "-rules"), "1.yaml")).isEqualTo(JSON.valueToTree(rules));
    JsonNode file = document(named(manifests, "-alerting"), "routing.yaml");
    assertThat(file.at("/receivers/0/webhook_configs/0")).isEqualTo(JSON.valueToTree(texts()));
    assertThat(file.at("/receivers/0/telegram_configs/0/chat_id").asLong())
        .isEqualTo(-1_001_234_567_890L);
    assertThat(named(manifests, "-templates").path("data")).isEqualTo(JSON.valueToTree(templates));
  }

  @Test
  void aRuleFileMayBeAText() throws IOException {
    String text =
        """
        # The shop's.\r
        groups:
          - name: shop
            rules:
              - alert: Slow
                expr: up == 0\t
                annotations: {summary: "{{ $labels.pod }} at night"}

        """;

    List<Manifest> manifests = render(ALERTING, Map.of("rules", Map.of("shop.yaml", text)));

    assertThat(named(manifests, "-rules").at("/data/shop.yaml").asText()).isEqualTo(text);
  }

  private static JsonNode named(List<Manifest> manifests, String end) {
    return manifests.stream()
        .filter(it -> it.kind().equals("ConfigMap") && it.name().endsWith(end))
        .findFirst()
        .orElseThrow()
        .body();
  }

  private static JsonNode document(JsonNode configMap, String key) {
    return YamlDocuments.parse(configMap.at("/data/" + key.replace("/", "~1")).asText()).getFirst();
  }

  private List<Manifest> render(Chart chart, Map<String, Object> values) throws IOException {
    JsonNode all =
        JSON.readerForUpdating(YamlDocuments.one(example(chart.name(), "minimal")))
            .readValue(JSON.writeValueAsString(values));
    return chart.render(
        Files.writeString(folder.resolve("values.yaml"), JSON.writeValueAsString(all)));
  }
}
