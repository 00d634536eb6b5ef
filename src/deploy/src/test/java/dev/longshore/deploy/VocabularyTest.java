package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Code, messages and documents speak as `docs/vocabulary.md` says: words that readers stumbled
/// over do not come back.
class VocabularyTest {
  private static final Path ROOT = ProjectFolder.find();
  private static final Path PAGE = ROOT.resolve("docs/vocabulary.md");

  private static final Pattern RETIRED =
      Pattern.compile("(?i)\\b(looked after|takes? nothing|is good|stands? behind|what is ')");

  private static final Pattern CLASS_NAME =
      Pattern.compile("getClass\\(\\)\\.get(Simple)?Name\\(\\)");

  /// The key of a value in a log line; some are the names that ECS or Kubernetes has for it.
  private static final Pattern LOG_KEY = Pattern.compile("addKeyValue\\(\\s*\"([^\"]+)\"");

  private static final Pattern CAMEL_CASE = Pattern.compile("[a-z][a-zA-Z]*(\\.[a-z][a-zA-Z]*)*");

  private static final Pattern SPOKEN =
      Pattern.compile(".*\\.(java|md|ya?ml|tpl|txt|html|js|j2)|longshore|up|alerts");

  /// Not our words: what others publish, what programs print, and this test.
  private static final Set<String> SKIPPED =
      Set.of(
          ".git",
          ".longshore",
          "target",
          "node_modules",
          "resources",
          "golden",
          "upstream",
          ".idea");

  @Test
  void retiredWordsDoNotComeBack() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (RETIRED.matcher(lines.get(i)).find()) {
          found.add(ROOT.relativize(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }

    assertThat(found).as("docs/vocabulary.md has the words to use").isEmpty();
  }

  /// `FailureText` says why something failed. Two last resorts, where logging itself fails, have
  /// nothing else to say.
  @Test
  void noMessageIsMadeOfTheNameOfAClass() throws IOException {
    Set<String> may = Set.of("FailureText.java", "JsonLines.java", "Supervisor.java");
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      String path = ROOT.relativize(file).toString();
      if (path.matches("(agent|alerting|src/(shared|demo))/src/main/.*")
          && !may.contains(file.getFileName().toString())) {
        for (String line : Files.readAllLines(file)) {
          if (CLASS_NAME.matcher(line).find()) {
            found.add(path + ": " + line.strip());
          }
        }
      }
    }

    assertThat(found).isEmpty();
  }

  @Test
  void keysOfLogLinesAreInCamelCase() throws IOException {
    List<String> others = new ArrayList<>();
    int keys = 0;
    for (Path file : files()) {
      String path = ROOT.relativize(file).toString();
      if (path.matches("(agent|alerting|src/shared)/src/main/.*\\.java")) {
        Matcher key = LOG_KEY.matcher(Files.readString(file));
        while (key.find()) {
          keys++;
          if (!CAMEL_CASE.matcher(key.group(1)).matches()) {
            others.add(path + ": " + key.group(1));
          }
        }
      }
    }

    assertThat(keys).isGreaterThan(100);
    assertThat(others).isEmpty();
  }

  @Test
  void thePageNamesTheRetiredWords() throws IOException {
    String page = Files.readString(PAGE);

    assertThat(List.of("looked after", "takes nothing", "is good", "stands behind", "what is '"))
        .allSatisfy(
            words -> {
              assertThat(page).contains("| " + words);
              assertThat(RETIRED.matcher(words).find()).isTrue();
            });
  }

  private static List<Path> files() throws IOException {
    List<Path> files =
        ProjectFolder.files(
            SKIPPED,
            file ->
                SPOKEN.matcher(file.getFileName().toString()).matches()
                    && !file.equals(PAGE)
                    && !file.endsWith("VocabularyTest.java"));
    assertThat(files).hasSizeGreaterThan(500);
    return files;
  }
}
