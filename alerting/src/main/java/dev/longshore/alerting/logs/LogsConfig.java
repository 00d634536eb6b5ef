package dev.longshore.alerting.logs;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How log rules are asked.
///
/// @param cluster whose agents say up to when lines are complete; null for all that there are
/// @param delay after so long lines are complete, where no agent says so; null when agents do
/// @param searchTimeout a search that takes longer is an error
/// @param maxKeys combinations of values of a rule's fields above it are an error
/// @param concurrency rules that are asked at a time
/// @param kibana where people reach Kibana; null when links to it are not wanted
public record LogsConfig(
    @Nullable String cluster,
    @Nullable Duration delay,
    Duration searchTimeout,
    int maxKeys,
    int concurrency,
    @Nullable URI kibana) {

  /// A rule of ten million lines in its window takes a second or two on one core.
  public static final Duration DEFAULT_SEARCH_TIMEOUT = Duration.ofSeconds(20);

  /// Nobody reads ten thousand alerts; a field with so many values was not meant.
  public static final int DEFAULT_MAX_KEYS = 10_000;

  /// Searches of a few rules at a time leave Elasticsearch room for indexing.
  public static final int DEFAULT_CONCURRENCY = 4;

  /// @throws IllegalArgumentException with everything that is wrong
  public LogsConfig {
    List<String> problems = new ArrayList<>();
    if (delay != null && (delay.isNegative() || delay.compareTo(Duration.ofHours(1)) > 0)) {
      problems.add("delay is " + delay + "; between 0s and 1h is accepted");
    }
    if (searchTimeout.compareTo(Duration.ofMillis(100)) < 0) {
      problems.add("searchTimeout is " + searchTimeout + "; at least 100ms is accepted");
    }
    if (maxKeys < 1 || concurrency < 1) {
      problems.add("maxKeys and concurrency are at least 1");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /// Everything by default.
  public static LogsConfig defaults() {
    return new LogsConfig(
        null, null, DEFAULT_SEARCH_TIMEOUT, DEFAULT_MAX_KEYS, DEFAULT_CONCURRENCY, null);
  }

  /// The same with a fixed delay.
  public LogsConfig withDelay(Duration fixed) {
    return new LogsConfig(cluster, fixed, searchTimeout, maxKeys, concurrency, kibana);
  }

  /// The same with links into Kibana.
  public LogsConfig withKibana(@Nullable URI url) {
    return new LogsConfig(cluster, delay, searchTimeout, maxKeys, concurrency, url);
  }
}
