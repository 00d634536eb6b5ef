package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `alerting/METRICS.md` has each metric with its meaning.
///
/// Many metrics are there only once something has happened, so they are taken from the sources:
/// each `*Metrics.java` names them, with a description after each.
final class MetricsPageTest {

  /// With this system property the test writes the page in place of comparing it.
  private static final String WRITE = "longshore.page.write";

  /// Maven runs a module's tests in its folder.
  private static final Path PAGE = Path.of("METRICS.md");

  private static final Path SOURCES = Path.of("src/main/java");

  private static final Pattern METRIC =
      Pattern.compile("(\\w+)(?:\\.builder)?\\(\\s*\"(longshore(?:\\.[a-z]+)+)\"");

  /// A text with a space in it, which may be put together of several.
  private static final Pattern DESCRIPTION =
      Pattern.compile("\"[^\"]* [^\"]*\"(?:\\s*\\+\\s*\"[^\"]*\")*");

  private static final String HEAD =
      """
      # Metrics of alerting

      What `/metrics` shows of alerting itself, each with what it means. A metric with a tag is there once something of
      it has happened. Made from the sources by `MetricsPageTest`.

      | Metric | Meaning |
      |---|---|
      """;

  @Test
  void hasEachMetricWithItsMeaning() throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    metrics().forEach((name, meaning) -> page.append(row(name, meaning)));
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE)
        .as(
            "alerting/METRICS.md is stale; write it anew with"
                + " `./mvnw -Dquick -pl alerting -am test -Dtest=MetricsPageTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -D%s=true`",
            WRITE)
        .content()
        .isEqualTo(page.toString());
  }

  private static String row(String name, String meaning) {
    return "| `" + name + "` | " + meaning.replace("|", "\\|") + " |\n";
  }

  private static Map<String, String> metrics() throws IOException {
    Map<String, String> metrics = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        for (MatchResult found : METRIC.matcher(source).results().toList()) {
          assertThat(file.getFileName().toString())
              .as("metrics are named in a class of their own: %s", found.group(2))
              .endsWith("Metrics.java");
          add(metrics, found, source.substring(found.end(), source.indexOf(";\n", found.end())));
        }
      }
    }
    return metrics;
  }

  /// @param rest of the statement, behind the name
  private static void add(Map<String, String> metrics, MatchResult found, String rest) {
    Matcher description = DESCRIPTION.matcher(rest);
    assertThat(description.find()).as("%s has a description", found.group(2)).isTrue();
    String meaning = description.group().replaceAll("\"\\s*\\+\\s*\"", "").replace("\"", "");
    String name = found.group(2).replace('.', '_');
    String before =
        switch (found.group(1)) {
          case "Counter", "counter" -> metrics.put(name + "_total", meaning);
          case "Timer" -> metrics.put(name + "_seconds", meaning);
          default -> metrics.put(rest.contains("\"seconds\"") ? name + "_seconds" : name, meaning);
        };
    assertThat(before == null || before.equals(meaning))
        .as("%s has one meaning, and the same tags wherever it is counted", name)
        .isTrue();
  }
}
