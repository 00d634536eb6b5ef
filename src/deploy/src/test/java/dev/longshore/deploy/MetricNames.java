package dev.longshore.deploy;

import dev.longshore.testkit.ProjectFolder;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The metrics that the products have, and those that a query names.
final class MetricNames {
  private static final Pattern PAGE_ROW =
      Pattern.compile("^\\| `([a-z_0-9]+)` \\|", Pattern.MULTILINE);
  private static final Pattern NAMED = Pattern.compile("\\b(?:longshore|jvm|process)_[a-z_0-9]+");

  /// What Prometheus appends to a name, by the kind of the metric.
  private static final Pattern SUFFIX =
      Pattern.compile("(?:_seconds)?(?:_total|_sum|_count|_max|_bucket)?$");

  private MetricNames() {}

  /// A product's, from its page.
  ///
  /// @param product agent or alerting
  static Set<String> of(String product) {
    Path page = ProjectFolder.find().resolve(product).resolve("METRICS.md");
    Set<String> names = new TreeSet<>();
    Matcher rows = PAGE_ROW.matcher(YamlDocuments.text(page));
    while (rows.find()) {
      names.add(stem(rows.group(1)));
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
