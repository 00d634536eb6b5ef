package dev.longshore.alerting.state;

import dev.longshore.shared.units.DataSize;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How much is remembered of alerts.
///
/// @param retention how long an alert is kept after it ended
/// @param maxAlerts known at a time, those that ended and are still kept among them; more are
///   refused, except Longshore's about itself
/// @param maxHeap about what all of them may take on the heap, [Alert#heapBytes]; more are refused
///   as well
/// @param maxLabels bytes of an alert's labels, names and values; one with more is refused
/// @param maxAnnotations bytes of an alert's annotations; longer ones are cut
/// @param runbooks where the pages of alerts that Longshore raises about itself are; null when they
///   have no `runbook_url`
public record AlertsConfig(
    Duration retention,
    int maxAlerts,
    DataSize maxHeap,
    DataSize maxLabels,
    DataSize maxAnnotations,
    @Nullable URI runbooks) {

  /// As long as Prometheus sends an alert again that has ended.
  public static final Duration DEFAULT_RETENTION = Duration.ofMinutes(15);

  public static final int DEFAULT_MAX_ALERTS = 100_000;

  public static final DataSize DEFAULT_MAX_HEAP = DataSize.ofMiB(256);
  public static final DataSize DEFAULT_MAX_LABELS = DataSize.ofKiB(64);
  public static final DataSize DEFAULT_MAX_ANNOTATIONS = DataSize.ofKiB(256);

  /// Without runbooks.
  public AlertsConfig(
      Duration retention,
      int maxAlerts,
      DataSize maxHeap,
      DataSize maxLabels,
      DataSize maxAnnotations) {
    this(retention, maxAlerts, maxHeap, maxLabels, maxAnnotations, null);
  }

  /// @throws IllegalArgumentException when it can't work
  public AlertsConfig {
    if (retention.isNegative() || maxAlerts < 1) {
      throw new IllegalArgumentException(
          "retention is "
              + retention
              + " and maxAlerts is "
              + maxAlerts
              + "; a retention from 0s and at least 1 alert are accepted");
    }
  }

  /// Everything by default.
  public static AlertsConfig defaults() {
    return new AlertsConfig(
        DEFAULT_RETENTION,
        DEFAULT_MAX_ALERTS,
        DEFAULT_MAX_HEAP,
        DEFAULT_MAX_LABELS,
        DEFAULT_MAX_ANNOTATIONS);
  }

  /// By default, for a process whose heap is at most so large: alerts may take half of it. The rest
  /// is for requests, messages, rules and what is collected later.
  public static AlertsConfig forHeap(long maxHeapBytes) {
    return new AlertsConfig(
        DEFAULT_RETENTION,
        DEFAULT_MAX_ALERTS,
        DataSize.ofBytes(maxHeapBytes / 2),
        DEFAULT_MAX_LABELS,
        DEFAULT_MAX_ANNOTATIONS);
  }

  /// The same with links to runbooks.
  public AlertsConfig withRunbooks(@Nullable URI url) {
    return new AlertsConfig(retention, maxAlerts, maxHeap, maxLabels, maxAnnotations, url);
  }
}
