package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.rulelab.ruletest.RuleTests;
import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The example of the page about on-call can be copied: it is its file, and does what the page
/// says.
class OnCallPageTest {
  private static final Path DOCS = ProjectFolder.find().resolve("docs");

  @Test
  void theTestsOfTheExamplePass() throws Exception {
    List<RuleTests.Result> results =
        new RuleTests(Clock.system()).run(DOCS.resolve("oncall/oncall.test.yml"));

    assertThat(results)
        .hasSize(2)
        .allSatisfy(it -> assertThat(it.findings()).as(it.name()).isEmpty());
  }

  @Test
  void thePageHasTheFilesAsTheyAre() throws IOException {
    List<String> snippets =
        Markdown.read(DOCS.resolve("oncall.md")).snippets().stream()
            .filter(it -> it.language().equals("yaml"))
            .map(it -> it.text().strip())
            .toList();

    assertThat(snippets)
        .containsExactly(
            Files.readString(DOCS.resolve("oncall/alerting.yml")).strip(),
            Files.readString(DOCS.resolve("oncall/oncall.yml")).strip());
  }
}
