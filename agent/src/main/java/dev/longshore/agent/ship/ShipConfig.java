package dev.longshore.agent.ship;

import dev.longshore.agent.deadletter.DeadLetter;
import dev.longshore.shared.elastic.DataStreamTemplate;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.units.DataSize;
import dev.longshore.shared.units.Durations;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How documents are sent.
///
/// @param dataStream where container logs go
/// @param maxBatch the largest bulk body, but for a single document that is larger
/// @param requestsInFlight how many requests a destination may have unanswered
/// @param retention how long the data stream keeps documents
/// @param refreshInterval how often the data stream's indices are refreshed; null for the server's
///   own way, which leaves an index alone that nobody searches
/// @param mapping of JSON bodies, labels and annotations in the data stream's indices
/// @param numbers leaves of JSON bodies that are indexed as doubles too
public record ShipConfig(
    String dataStream,
    DataSize maxBatch,
    int requestsInFlight,
    Duration retention,
    @Nullable Duration refreshInterval,
    ObjectMapping mapping,
    List<String> numbers) {

  public static final String DEFAULT_DATA_STREAM = "logs-kubernetes.container_logs-default";

  /// About two thousand documents: larger bodies gain nothing with Elasticsearch and cost memory,
  /// smaller ones cost more requests.
  public static final DataSize DEFAULT_MAX_BATCH = DataSize.ofMiB(2);

  /// One is indexed while the next is on its way; more costs memory and the server's queue.
  public static final int DEFAULT_REQUESTS_IN_FLIGHT = 2;

  /// Enough to look back over a month.
  public static final Duration DEFAULT_RETENTION = Duration.ofDays(30);

  /// Below it, a request holds a few documents and the envelope costs more than its content.
  public static final DataSize LOWEST_MAX_BATCH = DataSize.ofKiB(16);

  /// Elasticsearch refuses bodies above 100 MiB by default.
  public static final DataSize HIGHEST_MAX_BATCH = DataSize.ofMiB(64);

  public static final int HIGHEST_REQUESTS_IN_FLIGHT = 64;

  /// More often costs more than indexing itself.
  public static final Duration SHORTEST_REFRESH_INTERVAL = Duration.ofSeconds(1);

  /// Log rules wait for the refresh.
  public static final Duration LONGEST_REFRESH_INTERVAL = Duration.ofMinutes(10);

  public ShipConfig {
    if (dataStream.split("-", -1).length < 3 || !dataStream.startsWith("logs-")) {
      throw new IllegalArgumentException(
          "dataStream: '" + dataStream + "' is not of the form logs-<dataset>-<namespace>");
    }
    if (maxBatch.bytes() < LOWEST_MAX_BATCH.bytes()
        || maxBatch.bytes() > HIGHEST_MAX_BATCH.bytes()) {
      throw new IllegalArgumentException(
          "maxBatch: "
              + maxBatch
              + " is not between "
              + LOWEST_MAX_BATCH
              + " and "
              + HIGHEST_MAX_BATCH);
    }
    if (requestsInFlight < 1 || requestsInFlight > HIGHEST_REQUESTS_IN_FLIGHT) {
      throw new IllegalArgumentException(
          "requestsInFlight: "
              + requestsInFlight
              + " is not between 1 and "
              + HIGHEST_REQUESTS_IN_FLIGHT);
    }
    if (!retention.isPositive()) {
      throw new IllegalArgumentException("retention: " + retention + " is not positive");
    }
    if (refreshInterval != null
        && (refreshInterval.compareTo(SHORTEST_REFRESH_INTERVAL) < 0
            || refreshInterval.compareTo(LONGEST_REFRESH_INTERVAL) > 0)) {
      throw new IllegalArgumentException(
          "refreshInterval: "
              + Durations.format(refreshInterval)
              + " is not between "
              + Durations.format(SHORTEST_REFRESH_INTERVAL)
              + " and "
              + Durations.format(LONGEST_REFRESH_INTERVAL));
    }
    numbers = List.copyOf(numbers);
  }

  /// The index template of a data stream that is ours, as it is configured.
  public DataStreamTemplate indexTemplate(Elastic elastic, String dataStreamName) {
    return new DataStreamTemplate(elastic, dataStreamName, retention, refreshInterval, mapping);
  }

  /// Whether the index template of a data stream is ours to install: of the configured one, and of
  /// dead letters. One that a pod's annotation names belongs to somebody else.
  public boolean ownsTemplateOf(String dataStreamName) {
    return dataStreamName.equals(dataStream) || DeadLetter.isDataStream(dataStreamName);
  }

  /// Where the documents of a block go: nothing but dead letters goes among dead letters, whatever
  /// a pod's annotation says.
  String destinationOf(String dataStreamName) {
    return DeadLetter.isDataStream(dataStreamName) ? dataStream : dataStreamName;
  }

  public static ShipConfig defaults() {
    return new ShipConfig(
        DEFAULT_DATA_STREAM,
        DEFAULT_MAX_BATCH,
        DEFAULT_REQUESTS_IN_FLIGHT,
        DEFAULT_RETENTION,
        null,
        ObjectMapping.FLATTENED,
        List.of());
  }
}
