package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What a release is made of is written down: each library has its reason, and the bot's patterns
/// find every chart in the lock.
class ReleaseFolderTest {
  private static final Path ROOT = ProjectFolder.find();

  @Test
  void everyLibraryOfAProductHasItsReasonInTheArchitecture() throws IOException {
    String page = Files.readString(ROOT.resolve("ARCHITECTURE.md"));
    for (String module : List.of("agent", "alerting", "src/shared")) {
      String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
      Matcher dependency =
          Pattern.compile(
                  "<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>(.*?)</dependency>",
                  Pattern.DOTALL)
              .matcher(pom);
      while (dependency.find()) {
        boolean ours = dependency.group(1).equals("dev.longshore");
        boolean ofTests = dependency.group(3).contains("<scope>test</scope>");
        if (!ours && !ofTests) {
          assertThat(page)
              .as("%s of %s: say in ARCHITECTURE.md what it is for", dependency.group(2), module)
              .contains("`" + dependency.group(2) + "`");
        }
      }
    }
  }

  @Test
  void theBotKnowsEveryChartOfTheLock() throws IOException {
    String lock = Files.readString(ROOT.resolve("deploy/versions.yml"));
    TreeSet<String> found = new TreeSet<>();
    for (var manager : YamlDocuments.one(ROOT.resolve("renovate.json")).get("customManagers")) {
      Matcher chart = Pattern.compile(manager.at("/matchStrings/0").asText()).matcher(lock);
      while (chart.find()) {
        found.add(chart.group("currentValue"));
      }
    }

    for (var component : Lock.components()) {
      if (component.has("chart")) {
        assertThat(found).contains(component.get("version").asText());
      }
    }
  }
}
