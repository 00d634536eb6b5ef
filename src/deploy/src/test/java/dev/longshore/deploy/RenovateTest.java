package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The bot's patterns find every chart in the lock.
class RenovateTest {
  private static final Path ROOT = ProjectFolder.find();

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
