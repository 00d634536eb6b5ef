package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.alerting.rule.RuleFiles;
import dev.longshore.alerting.rule.RuleSet;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log rules on ourselves are ones that alerting takes, are there where an Elasticsearch is,
/// and look for lines that the agent and alerting do print.
class OwnLogRulesTest {
  private static final Chart CHART = new Chart("longshore-alerting");
  private static final Path ALL_ON = ChartsTest.example("longshore-alerting", "all-on");
  private static final Path MINIMAL = ChartsTest.example("longshore-alerting", "minimal");

  /// All that a query may be: whose lines, and what the whole message of their JSON is.
  private static final Pattern QUERY =
      Pattern.compile(
          "\\[\\[(agent|alerting)]] AND json\\.message:(\"[^\"]+\"|\\(\"[^\"]+\"( OR \"[^\"]+\")*\\))");

  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  @TempDir Path folder;

  @Test
  void alertingTakesTheRulesWithoutAProblem() throws IOException {
    String file = file(CHART.render(ALL_ON));
    Files.writeString(folder.resolve("longshore.yaml"), file);

    RuleSet rules = new RuleFiles(List.of("*"), folder, Clock.system()).load();

    assertThat(rules.quarantined()).isEmpty();
    assertThat(rules.warnings()).isEmpty();
    assertThat(rules.groups())
        .singleElement()
        .satisfies(it -> assertThat(it.rules()).hasSize(ours().size() - 1));
  }

  @Test
  void theyAreLoadedWhereAnElasticsearchIs() {
    List<Manifest> with = CHART.render(MINIMAL, elasticsearch());

    assertThat(file(with)).contains("LongshoreLogsAgentLostLogs");
    assertThat(configuration(with)).contains("/etc/longshore/rules/own/*");
    JsonNode pod = ChartsTest.only("StatefulSet", with).at("/spec/template/spec");
    assertThat(pod.get("volumes").toString()).contains("-own-rules", "own/longshore.yaml");
  }

  @Test
  void theyAreNotThereWithoutAnElasticsearchOrWhenSwitchedOff() {
    assertThat(file(CHART.render(MINIMAL))).isEmpty();
    assertThat(configuration(CHART.render(MINIMAL))).doesNotContain("rules/own");

    var off = new HashMap<>(elasticsearch());
    off.put("ownLogRules.enabled", "false");
    assertThat(file(CHART.render(MINIMAL, off))).isEmpty();
    assertThat(configuration(CHART.render(MINIMAL, off))).doesNotContain("rules/own");
  }

  @Test
  void oneThatIsSwitchedOffIsNotThereAndEachHasTheUsersLabels() {
    JsonNode rules = YamlDocuments.parse(file(CHART.render(ALL_ON))).getFirst();

    assertThat(rules.findValuesAsText("alert"))
        .contains("LongshoreLogsAgentLostLogs")
        .doesNotContain("LongshoreLogsAgentDeadLetters");
    for (JsonNode rule : rules.at("/groups/0/rules")) {
      assertThat(rule.at("/labels/team").asText()).isEqualTo("platform");
      assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
    }
  }

  @Test
  void eachLooksForTextsThatItsProgramPrints() throws IOException {
    Map<String, String> sources =
        Map.of("agent", sources("agent/src/main"), "alerting", sources("alerting/src/main"));
    for (JsonNode rule : ours()) {
      String name = rule.get("alert").asText();
      String query = rule.at("/logs/query").asText();
      Matcher parts = QUERY.matcher(query);
      assertThat(parts.matches()).as("%s: %s", name, query).isTrue();
      assertThat(found(QUOTED, query))
          .as(name)
          .isNotEmpty()
          .allSatisfy(text -> assertThat(sources.get(parts.group(1))).contains('"' + text + '"'));
    }
  }

  @Test
  void eachLooksAtThePodsOfItsReleaseAlone() {
    var release = new HashMap<>(elasticsearch());
    release.put("ownLogRules.agent.namespace", "node-logs");
    release.put("ownLogRules.agent.pods", "shipper-*");

    assertThat(queries(CHART.render(MINIMAL, release)))
        .hasSize(ours().size())
        .allSatisfy(
            query ->
                assertThat(query)
                    .startsWith(
                        query.contains("container.name:agent")
                            ? "kubernetes.namespace:\"node-logs\" AND kubernetes.pod.name:shipper-*"
                                + " AND kubernetes.container.name:agent AND json.message:"
                            : "kubernetes.namespace:\"logging\" AND kubernetes.pod.name:longshore-longshore-alerting-*"
                                + " AND kubernetes.container.name:alerting AND json.message:"));
    assertThat(queries(CHART.render(MINIMAL, elasticsearch())))
        .filteredOn(query -> query.contains("container.name:agent"))
        .isNotEmpty()
        .allSatisfy(
            query ->
                assertThat(query)
                    .startsWith(
                        "kubernetes.namespace:\"logging\" AND kubernetes.pod.name:*longshore-agent-*"));
  }

  private static List<String> queries(List<Manifest> manifests) {
    return YamlDocuments.parse(file(manifests)).getFirst().findValuesAsText("query");
  }

  @Test
  void theirContainersAreThoseOfTheCharts() {
    assertThat(containerOf("longshore-agent", "DaemonSet")).isEqualTo("agent");
    assertThat(containerOf("longshore-alerting", "StatefulSet")).isEqualTo("alerting");
  }

  @Test
  void eachSaysWhatItMeans() {
    for (JsonNode rule : ours()) {
      String name = rule.get("alert").asText();
      assertThat(name).startsWith("LongshoreLogs");
      assertThat(rule.at("/annotations/summary").asText()).as(name).isNotEmpty();
      assertThat(rule.at("/annotations/description").asText()).as(name).isNotEmpty();
    }
  }

  private static Map<String, String> elasticsearch() {
    return Map.of(
        "elasticsearch.enabled", "true", "elasticsearch.urls[0]", "http://es.example.com:9200");
  }

  private static List<JsonNode> ours() {
    List<JsonNode> rules = new ArrayList<>();
    YamlDocuments.one(CHART.folder().resolve("log-alerts.yaml"))
        .at("/groups/0/rules")
        .forEach(rules::add);
    assertThat(rules).isNotEmpty();
    return rules;
  }

  /// The rendered rule file; empty when there is none.
  private static String file(List<Manifest> manifests) {
    return data(manifests, "longshore.yaml");
  }

  private static String configuration(List<Manifest> manifests) {
    return data(manifests, "alerting.yaml");
  }

  private static String data(List<Manifest> manifests, String key) {
    return manifests.stream()
        .filter(it -> it.kind().equals("ConfigMap"))
        .map(it -> it.body().path("data").path(key).asText())
        .filter(it -> !it.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static String containerOf(String chart, String kind) {
    return ChartsTest.only(kind, new Chart(chart).render(ChartsTest.example(chart, "minimal")))
        .at("/spec/template/spec/containers/0/name")
        .asText();
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult it) -> it.group(1)).toList();
  }

  private static String sources(String under) throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(ProjectFolder.find().resolve(under))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
