package dev.longshore.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `agent/CONFIGURATION.md` says what the code does.
class ConfigurationPageTest {

  /// With this system property the test writes the page in place of comparing it.
  private static final String WRITE = "longshore.page.write";

  /// Maven runs a module's tests in its folder.
  private static final Path PAGE = Path.of("CONFIGURATION.md");

  @TempDir private Path folder;

  @Test
  void isMadeOfTheDeclarations() throws IOException {
    String page = ConfigurationPage.markdown();
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE)
        .as(
            "agent/CONFIGURATION.md is stale; write it anew with"
                + " `./mvnw -Dquick -pl agent -am test -Dtest=ConfigurationPageTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -D%s=true`",
            WRITE)
        .content()
        .isEqualTo(page);
  }

  @Test
  void opensWithAnExampleThatLoads() throws IOException {
    String page = ConfigurationPage.markdown();
    int start = page.indexOf("```yaml\n") + "```yaml\n".length();
    Path file =
        Files.writeString(
            folder.resolve("longshore.yml"), page.substring(start, page.indexOf("```", start)));

    AgentConfig config = AgentConfig.load(file, Map.of("ES_API_KEY", "c2VjcmV0"));

    assertThat(config.clusterName()).isEqualTo("prod-eu");
    assertThat(config.elastic().apiKey()).isEqualTo("c2VjcmV0");
  }
}
