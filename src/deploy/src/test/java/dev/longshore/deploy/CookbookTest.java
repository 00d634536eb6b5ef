package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longshore.rulelab.ruletest.RuleTests;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of the cookbook can be copied: each is on the page as it is in its file, and has a
/// test in which it does not fire, and then fires.
class CookbookTest {
  private static final Path FOLDER = ProjectFolder.find().resolve("docs/cookbook");

  @ParameterizedTest
  @ValueSource(strings = {"metrics", "logs"})
  void theTestsOfTheRulesPass(String kind) throws Exception {
    List<RuleTests.Result> results =
        new RuleTests(Clock.system()).run(FOLDER.resolve(kind + ".test.yml"));

    assertThat(results)
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it.findings()).as(it.name()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics", "logs"})
  void eachRuleHasATestInWhichItFires(String kind) {
    JsonNode tests = YamlDocuments.one(FOLDER.resolve(kind + ".test.yml")).get("tests");

    assertThat(rules(kind).keySet())
        .allSatisfy(
            rule ->
                assertThat(tests)
                    .filteredOn(test -> test.get("name").asText().equals(rule))
                    .singleElement()
                    .satisfies(
                        test ->
                            assertThat(test.get("alert_rule_test"))
                                .extracting(it -> it.get("exp_alerts").size())
                                .contains(0)
                                .anyMatch(alerts -> alerts > 0)));
  }

  @Test
  void thePageHasTheTwentyRulesAsTheyAreInTheirFiles() throws IOException {
    Map<String, JsonNode> files = rules("metrics");
    files.putAll(rules("logs"));

    Map<String, JsonNode> page = new TreeMap<>();
    for (Markdown.Snippet snippet : Markdown.read(FOLDER.resolve("README.md")).snippets()) {
      if (snippet.language().equals("yaml")) {
        JsonNode rule = YamlDocuments.parse(snippet.text()).getFirst().get(0);
        page.put(rule.get("alert").asText(), rule);
      }
    }

    assertThat(page).isEqualTo(files).hasSize(20);
  }

  private static Map<String, JsonNode> rules(String kind) {
    List<JsonNode> rules = new ArrayList<>();
    YamlDocuments.one(FOLDER.resolve(kind + ".yml")).at("/groups/0/rules").forEach(rules::add);
    Map<String, JsonNode> named = new TreeMap<>();
    rules.forEach(rule -> named.put(rule.get("alert").asText(), rule));
    return named;
  }
}
