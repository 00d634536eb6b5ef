package dev.longshore.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  private static final Pattern TAG = Pattern.compile("\\.tag\\(\\s*(?:\"(\\w+)\"|([A-Z_]+)),");
  private static final Pattern TAGS = Pattern.compile("\\.tags\\(([^)]*)\\)");

  private static final String HEAD =
      """
      # Metrics of alerting

      What `/metrics` shows of alerting itself, each with its type, its labels and what it means. A metric with labels is
      there once something of it has happened; a summary has `_count`, `_sum` and `_max`. Made from the sources by
      `MetricsPageTest`.

      | Metric | Type | Labels | Meaning |
      |---|---|---|---|
      """;

  @Test
  void hasEachMetricWithItsMeaning() throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    Map<String, Metric> metrics = metrics();
    metrics.forEach((name, metric) -> page.append(row(name, metric)));
    assertThat(metrics)
        .hasEntrySatisfying(
            "longshore_rule_evaluations_total",
            metric -> assertThat(metric.labels()).containsExactly("rule_group"))
        .hasEntrySatisfying(
            "longshore_source_queries_total",
            metric -> assertThat(metric.labels()).containsExactly("source", "outcome"));
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

  /// @param type as Prometheus has it
  private record Metric(String type, List<String> labels, String meaning) {}

  private static String row(String name, Metric metric) {
    String labels =
        metric.labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
    return "| `%s` | %s | %s | %s |\n"
        .formatted(name, metric.type, labels, metric.meaning.replace("|", "\\|"));
  }

  private static Map<String, Metric> metrics() throws IOException {
    Map<String, Metric> metrics = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        for (MatchResult found : METRIC.matcher(source).results().toList()) {
          assertThat(file.getFileName().toString())
              .as("metrics are named in a class of their own: %s", found.group(2))
              .endsWith("Metrics.java");
          add(metrics, found, source);
        }
      }
    }
    return metrics;
  }

  private static void add(Map<String, Metric> metrics, MatchResult found, String source) {
    String rest = source.substring(found.end(), source.indexOf(";\n", found.end()));
    Matcher description = DESCRIPTION.matcher(rest);
    assertThat(description.find()).as("%s has a description", found.group(2)).isTrue();
    String meaning = description.group().replaceAll("\"\\s*\\+\\s*\"", "").replace("\"", "");
    String name = found.group(2).replace('.', '_');
    List<String> labels = labels(found.group(1), rest, source);
    Metric metric;
    Metric before;
    switch (found.group(1)) {
      case "Counter", "counter" -> {
        metric = new Metric("counter", labels, meaning);
        before = metrics.put(name + "_total", metric);
      }
      case "Timer" -> {
        metric = new Metric("summary", labels, meaning);
        before = metrics.put(name + "_seconds", metric);
      }
      default -> {
        metric = new Metric("gauge", labels, meaning);
        before = metrics.put(rest.contains("\"seconds\"") ? name + "_seconds" : name, metric);
      }
    }
    assertThat(before == null || before.equals(metric))
        .as("%s has one meaning, and the same tags wherever it is counted", name)
        .isTrue();
  }

  /// The tags that the statement names; or, where it calls a method of the class that makes meters,
  /// those that this method names.
  private static List<String> labels(String maker, String rest, String source) {
    String where = rest;
    if (Character.isLowerCase(maker.charAt(0))) {
      Matcher method =
          Pattern.compile("\\w+ " + maker + "\\(\\s*String .*?\\n {2,4}}\\n", Pattern.DOTALL)
              .matcher(source);
      where = method.find() ? method.group() : rest;
    }
    List<String> labels = new ArrayList<>();
    for (MatchResult tag : TAG.matcher(where).results().toList()) {
      if (tag.group(1) != null) {
        labels.add(tag.group(1));
      } else {
        Matcher constant =
            Pattern.compile("String " + tag.group(2) + " = \"(\\w+)\"").matcher(source);
        assertThat(constant.find()).as("the value of %s", tag.group(2)).isTrue();
        labels.add(constant.group(1));
      }
    }
    for (MatchResult tags : TAGS.matcher(where).results().toList()) {
      String[] words = tags.group(1).split(",", -1);
      for (int i = 0; i < words.length; i += 2) {
        labels.add(words[i].strip().replace("\"", ""));
      }
    }
    return labels;
  }
}
