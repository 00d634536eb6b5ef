package dev.longshore.alerting.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `alerting/CONFIGURATION.md` says what the code does.
final class ConfigurationPageTest {

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
            "alerting/CONFIGURATION.md is stale; write it anew with"
                + " `./mvnw -Dquick -pl alerting -am test -Dtest=ConfigurationPageTest"
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
            folder.resolve("alerting.yml"), page.substring(start, page.indexOf("```", start)));

    AlertingConfig config = AlertingConfig.load(file, Map.of());

    assertThat(config.rules().files()).containsExactly("/etc/longshore/rules/*.yml");
    assertThat(config.prometheus()).hasSize(1);
  }

  /// The sections of the table that are one mapping, where a file has them.
  private static Stream<List<String>> sections() {
    String receiver = "route: {receiver: a}\nreceivers: [{name: a, ";
    return Stream.of(
        List.of("global", "global: {%s: 1}\nroute: {receiver: a}\nreceivers: [{name: a}]"),
        List.of("route", "route: {receiver: a, %s: 1}\nreceivers: [{name: a}]"),
        List.of("webhook_configs", receiver + "webhook_configs: [{%s: 1}]}]"),
        List.of("http_config", receiver + "webhook_configs: [{http_config: {%s: 1}}]}]"),
        List.of(
            "tls_config", receiver + "webhook_configs: [{http_config: {tls_config: {%s: 1}}}]}]"));
  }

  @ParameterizedTest
  @MethodSource("sections")
  void eachKeyThatItSaysIsReadIsKnown(List<String> section) throws IOException {
    String row =
        ConfigurationPage.ALERTMANAGER
            .lines()
            .filter(it -> it.startsWith("| `" + section.getFirst() + "`"))
            .findFirst()
            .orElseThrow();
    List<String> keys =
        Pattern.compile("`([a-z_0-9]+)`")
            .matcher(row.substring(row.indexOf('|', 2)))
            .results()
            .map(it -> it.group(1))
            .toList();
    assertThat(keys).isNotEmpty();
    for (String key : keys) {
      Path file =
          Files.writeString(folder.resolve("alertmanager.yml"), section.getLast().formatted(key));
      assertThat(problems(file))
          .as(key)
          .noneMatch(it -> it.contains("unknown key") || it.contains("not supported"));
    }
  }

  private static List<String> problems(Path file) {
    try {
      AlertmanagerFile.load(file);
      return List.of();
    } catch (ConfigException e) {
      return String.valueOf(e.getMessage()).lines().toList();
    }
  }
}
