package dev.longshore.shared.elastic;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one agent says of its node each minute: how far behind it is, what it holds, what it lost
/// and could not deliver, and which workloads are loud or fail. All lists are bounded and name the
/// worst; totals are since the agent started.
///
/// No part of it is what a log line says: errors are told by their fingerprint.
///
/// @param cluster name of the cluster
/// @param node name of the node
/// @param published when the agent said so, by its clock
/// @param started when the agent started
/// @param version of the agent, such as `0.1.0`
/// @param revision the commit that it was built from
/// @param last whether the agent has stopped and says no more; `final` in the document
/// @param searchableUpTo all lines before it can be found, but for those of the containers that are
///   behind; null before the first complete scan
/// @param containers whose logs are followed
/// @param unreadableFiles files and folders that can't be read
/// @param apiServer whether the watch of pods is connected; null where Kubernetes is switched off
/// @param behindTotal containers that are more than five minutes behind; `behind` has some of them
/// @param paused why files wait that have something to read
/// @param refused data streams that accept no documents, or whose last answer was an error
/// @param intervalSeconds over which `loudest` and `erroneous` were counted
/// @param loudest workloads that wrote the most bytes
/// @param erroneous workloads with the most errors
/// @param newErrors errors that were seen for the first time since the agent started, the newest
///   first
public record NodeReport(
    String cluster,
    String node,
    Instant published,
    Instant started,
    String version,
    String revision,
    boolean last,
    @Nullable Instant searchableUpTo,
    int containers,
    int unreadableFiles,
    @Nullable Boolean apiServer,
    Records records,
    Buffer buffer,
    int behindTotal,
    List<Watermark.Behind> behind,
    List<Paused> paused,
    List<Refused> refused,
    long intervalSeconds,
    List<Load> loudest,
    List<Load> erroneous,
    List<NewError> newErrors) {

  public NodeReport {
    behind = List.copyOf(behind);
    paused = List.copyOf(paused);
    refused = List.copyOf(refused);
    loudest = List.copyOf(loudest);
    erroneous = List.copyOf(erroneous);
    newErrors = List.copyOf(newErrors);
  }

  /// What became of the records since the agent started.
  ///
  /// @param lostBytes of log that was deleted before it was read
  public record Records(
      long read,
      long readBytes,
      long indexed,
      long duplicate,
      long deadLettered,
      long filtered,
      long lostBytes) {}

  /// What waits on disk, and the disk.
  ///
  /// @param records that are read and not delivered
  /// @param bytes of log that these are
  /// @param diskBytes what the buffer occupies
  /// @param maxDiskBytes what it may occupy
  /// @param volumeFreeBytes free on its file system; −1 when that is not known
  /// @param volumeBytes size of its file system; −1 when that is not known
  public record Buffer(
      long records,
      long bytes,
      long diskBytes,
      long maxDiskBytes,
      long volumeFreeBytes,
      long volumeBytes) {}

  /// Files that have something to read and are not read.
  ///
  /// @param reason as in the metric `longshore_agent_reading_paused`
  public record Paused(String reason, int files) {}

  /// A data stream that Elasticsearch refused something for.
  ///
  /// @param status HTTP status of the last error; 0 where there was none
  /// @param reason what Elasticsearch said
  /// @param at when
  /// @param paused whether nothing is sent to it for now
  public record Refused(
      String dataStream, int status, String reason, @Nullable Instant at, boolean paused) {}

  /// What a workload wrote within the interval.
  ///
  /// @param service `service.name` of its documents
  public record Load(String namespace, String service, long bytes, long records, long errors) {}

  /// An error that was not seen before.
  ///
  /// @param fingerprint `error.fingerprint` of its documents
  /// @param firstSeen time of its first line; null when the line had none
  /// @param count lines of it since then
  public record NewError(
      String fingerprint,
      String namespace,
      String service,
      @Nullable Instant firstSeen,
      long count) {}
}
