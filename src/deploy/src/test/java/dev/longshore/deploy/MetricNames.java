package dev.longshore.deploy;

import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The metrics that the products have, and those that a query names.
final class MetricNames {
  private static final Pattern PAGE_ROW =
      Pattern.compile("^\\| `([a-z_0-9]+)` \\|", Pattern.MULTILINE);
  private static final Pattern DECLARED = Pattern.compile("\"(longshore(?:\\.[a-z]+)+)\"");
  private static final Pattern NAMED = Pattern.compile("\\b(?:longshore|jvm|process)_[a-z_0-9]+");

  /// What Prometheus appends to a name, by the kind of the metric.
  private static final Pattern SUFFIX =
      Pattern.compile("(?:_seconds)?(?:_total|_sum|_count|_max|_bucket)?$");

  private MetricNames() {}

  /// The agent's, from its page.
  static Set<String> ofTheAgent() {
    Set<String> names = new TreeSet<>();
    Matcher rows =
        PAGE_ROW.matcher(YamlDocuments.text(ProjectFolder.find().resolve("agent/METRICS.md")));
    while (rows.find()) {
      names.add(stem(rows.group(1)));
    }
    return names;
  }

  /// Alerting's, from where its code declares them.
  static Set<String> ofAlerting() {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(ProjectFolder.find().resolve("alerting/src/main/java"))) {
      files
          .filter(it -> it.toString().endsWith("Metrics.java"))
          .forEach(
              it -> {
                Matcher declared = DECLARED.matcher(YamlDocuments.text(it));
                while (declared.find()) {
                  names.add(stem(declared.group(1).replace('.', '_')));
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  /// Those that a PromQL query names.
  static Set<String> in(String query) {
    Set<String> names = new TreeSet<>();
    Matcher named = NAMED.matcher(query.replaceAll("\"[^\"]*\"", ""));
    while (named.find()) {
      names.add(stem(named.group()));
    }
    return names;
  }

  private static String stem(String name) {
    return SUFFIX.matcher(name).replaceFirst("");
  }
}
