package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whoever is paged by an alert of ours finds its runbook: each alert has a page with the same four
/// headings, and where the charts know the pages' address, a link to it.
class RunbooksTest {
  private static final Path PAGES = ProjectFolder.find().resolve("docs/runbooks");
  private static final String BASE = "https://docs.example.com/longshore/runbooks";

  /// Alerts that alerting raises by itself, as its sources name them.
  private static final Pattern RAISED = Pattern.compile("\"(Longshore[A-Z][A-Za-z]+)\"");

  @Test
  void eachAlertHasAPageAndEachPageAnAlert() throws IOException {
    Set<String> alerts = new TreeSet<>(ofCharts());
    alerts.addAll(raisedByAlerting());

    try (Stream<Path> files = Files.list(PAGES)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(file -> !file.equals("README.md"))
                  .map(file -> file.replaceFirst("\\.md$", "")))
          .containsExactlyInAnyOrderElementsOf(alerts);
    }
  }

  @Test
  void eachPageSaysWhatItMeansAndWhatToDo() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      for (Path file : files.filter(it -> !it.endsWith("README.md")).toList()) {
        Markdown page = Markdown.read(file);

        assertThat(page.headings())
            .as("%s", file)
            .containsExactly(
                file.getFileName().toString().replaceFirst("\\.md$", ""),
                "Meaning",
                "Impact",
                "Diagnosis",
                "Mitigation");
        assertThat(Files.readString(file)).doesNotContainPattern("\n## [A-Za-z]+\n\n(##|$)");
      }
    }
  }

  @Test
  void theIndexHasEachPage() throws IOException {
    List<String> links =
        Markdown.read(PAGES.resolve("README.md")).links().stream()
            .filter(link -> link.startsWith("Longshore"))
            .toList();

    try (Stream<Path> files = Files.list(PAGES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("README.md")
          .filteredOn(file -> !file.equals("README.md"))
          .containsExactlyInAnyOrderElementsOf(links);
    }
  }

  @Test
  void anAlertLinksToItsPageWhereTheChartKnowsTheAddress() {
    for (String chart : List.of("longshore-agent", "longshore-alerting")) {
      List<Manifest> manifests = new Chart(chart).render(ChartsTest.example(chart, "all-on"));
      Map<String, String> links =
          rules(manifests)
              .collect(
                  Collectors.toMap(
                      rule -> rule.get("alert").asText(),
                      rule -> rule.at("/annotations/runbook_url").asText()));

      assertThat(links)
          .isNotEmpty()
          .allSatisfy((alert, link) -> assertThat(link).isEqualTo(BASE + "/" + alert + ".md"));
    }
  }

  @Test
  void anAlertHasNoLinkWhereTheChartDoesNotKnowTheAddress() {
    for (String chart : List.of("longshore-agent", "longshore-alerting")) {
      List<Manifest> manifests =
          new Chart(chart).render(ChartsTest.example(chart, "all-on"), Map.of("runbookUrl", ""));

      assertThat(rules(manifests))
          .isNotEmpty()
          .allSatisfy(
              rule -> {
                assertThat(rule.at("/annotations").has("runbook_url")).isFalse();
                assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
              });
    }
  }

  private static Stream<JsonNode> rules(List<Manifest> manifests) {
    Stream<JsonNode> objects =
        manifests.stream()
            .filter(it -> it.kind().equals("PrometheusRule"))
            .map(it -> it.body().get("spec"));
    Stream<JsonNode> files =
        manifests.stream()
            .filter(it -> it.kind().equals("ConfigMap"))
            .map(it -> it.body().path("data").path("longshore.yaml"))
            .filter(JsonNode::isTextual)
            .flatMap(it -> YamlDocuments.parse(it.asText()).stream());
    return Stream.concat(objects, files)
        .flatMap(file -> file.get("groups").valueStream())
        .flatMap(group -> group.get("rules").valueStream());
  }

  private static Set<String> ofCharts() {
    Set<String> alerts = new TreeSet<>();
    for (String file :
        List.of(
            "longshore-agent/alerts.yaml",
            "longshore-alerting/alerts.yaml",
            "longshore-alerting/log-alerts.yaml")) {
      alerts.addAll(
          YamlDocuments.one(ProjectFolder.find().resolve("deploy/charts").resolve(file))
              .findValuesAsText("alert"));
    }
    return alerts;
  }

  private static Set<String> raisedByAlerting() throws IOException {
    Set<String> alerts = new TreeSet<>();
    try (Stream<Path> files = Files.walk(ProjectFolder.find().resolve("alerting/src/main/java"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        RAISED.matcher(Files.readString(file)).results().forEach(it -> alerts.add(it.group(1)));
      }
    }
    assertThat(alerts).contains("LongshoreSourceDown");
    return alerts;
  }
}
