package dev.longshore.alerting.rule;

import dev.longshore.shared.units.PrometheusDurations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// True for what is found in logs within a window of event time, which ends at each evaluation and
/// slides with them.
///
/// @param query in Lucene's syntax, as Kibana and ElastAlert understand it: `query_string`
/// @param index data streams and indices, patterns allowed
/// @param by fields: each combination of their values is looked at by itself
/// @param within how long the window is
/// @param delay after so long lines are taken as complete, whatever agents say; null to go by their
///   watermarks
/// @param test what must hold
public record LogCondition(
    String query,
    String index,
    List<String> by,
    Duration within,
    @Nullable Duration delay,
    LogPredicate test)
    implements Condition {

  /// Where the agents' lines are, and those of others who follow Elastic's naming.
  public static final String DEFAULT_INDEX = "logs-*";

  public static final Duration DEFAULT_WITHIN = Duration.ofMinutes(5);

  /// The workload of a line, as far as it is known.
  public static final List<String> WORKLOAD = List.of("kubernetes.namespace", "service.name");

  /// The field by which errors are told apart.
  public static final String ERROR = "error.fingerprint";

  /// The names that metrics have for the same things, so that alerts of both meet in a route.
  private static final Map<String, String> LABELS =
      Map.ofEntries(
          Map.entry("kubernetes.namespace", "namespace"),
          Map.entry("kubernetes.pod.name", "pod"),
          Map.entry("kubernetes.pod.uid", "uid"),
          Map.entry("kubernetes.container.name", "container"),
          Map.entry("kubernetes.node.name", "node"),
          Map.entry("kubernetes.deployment.name", "deployment"),
          Map.entry("kubernetes.statefulset.name", "statefulset"),
          Map.entry("kubernetes.daemonset.name", "daemonset"),
          Map.entry("kubernetes.replicaset.name", "replicaset"),
          Map.entry("kubernetes.job.name", "job_name"),
          Map.entry("kubernetes.cronjob.name", "cronjob"),
          Map.entry("orchestrator.cluster.name", "cluster"),
          Map.entry("container.image.name", "image"),
          Map.entry("service.name", "service"),
          Map.entry("log.level", "level"),
          Map.entry(ERROR, "fingerprint"));

  public LogCondition {
    by = List.copyOf(by);
  }

  /// The same with another test.
  public LogCondition with(LogPredicate other) {
    return new LogCondition(query, index, by, within, delay, other);
  }

  /// The fields that tell its alerts apart.
  public List<String> keys() {
    List<String> keys = new ArrayList<>(by);
    keys.addAll(test.ownKeys());
    return keys;
  }

  /// The label that a field's value becomes: what metrics call it, else its name with `_` for what
  /// no label has.
  public static String label(String field) {
    String known = LABELS.get(field);
    return known != null ? known : field.replaceAll("[^a-zA-Z0-9_]", "_");
  }

  @Override
  public String text() {
    return query
        + " in "
        + index
        + ": "
        + test.text()
        + " within "
        + PrometheusDurations.format(within)
        + (by.isEmpty() ? "" : " by " + String.join(", ", by));
  }
}
