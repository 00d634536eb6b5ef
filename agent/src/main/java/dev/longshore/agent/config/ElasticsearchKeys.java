package dev.longshore.agent.config;

import dev.longshore.agent.ship.ShipConfig;
import dev.longshore.shared.config.Section;
import dev.longshore.shared.config.Type;
import dev.longshore.shared.elastic.ElasticConfig;
import dev.longshore.shared.elastic.ElasticKeys;
import dev.longshore.shared.elastic.ObjectMapping;
import dev.longshore.shared.units.DataSize;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The section `elasticsearch`: who is spoken to, what is sent, and how long the end may take.
record ElasticsearchKeys(ElasticConfig elastic, ShipConfig ship, Duration drainTimeout) {

  private static final Type<String> DATA_STREAM =
      new Type<>(
          "a data stream's name",
          DataStreamName.ACCEPTED,
          ShipConfig.DEFAULT_DATA_STREAM,
          DataStreamName::check,
          name -> name);

  static ElasticsearchKeys read(Section root) {
    Section section = root.section("elasticsearch", "Where documents go, and how.");
    ElasticConfig elastic = elastic(section);
    ShipConfig ship = ship(section);
    Duration drainTimeout =
        section.duration(
            "drainTimeout",
            AgentConfig.DEFAULT_DRAIN_TIMEOUT,
            Duration.ZERO,
            Duration.ofMinutes(10),
            "How long the agent still ships after SIGTERM; the rest stays in the buffer. Keep it"
                + " below the pod's `terminationGracePeriodSeconds`.");
    return new ElasticsearchKeys(elastic, ship, drainTimeout);
  }

  private static ElasticConfig elastic(Section section) {
    ElasticConfig standard = ElasticConfig.defaults();
    ElasticKeys keys = ElasticKeys.read(section);
    boolean compression =
        section.bool(
            "compression",
            standard.compression(),
            "Whether bulk bodies go as gzip: a tenth of the bytes, for CPU time.");
    Duration requestTimeout =
        section.duration(
            "requestTimeout",
            standard.requestTimeout(),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "How long a server may be silent before a request is sent again.");
    AgentKeys.requireReadable(section, "caFile", keys.trusted());
    return keys.config(compression, requestTimeout);
  }

  private static ShipConfig ship(Section section) {
    ShipConfig standard = ShipConfig.defaults();
    String dataStream =
        section.value(
            "dataStream",
            DATA_STREAM,
            standard.dataStream(),
            "The data stream for container logs.");
    Duration retention =
        section.duration(
            "retention",
            standard.retention(),
            Duration.ofHours(1),
            Duration.ofDays(36_500),
            "How long Elasticsearch keeps documents: the lifecycle in the index template that the"
                + " agent installs.");
    Duration refreshInterval =
        section.optionalDuration(
            "refreshInterval",
            ShipConfig.SHORTEST_REFRESH_INTERVAL,
            ShipConfig.LONGEST_REFRESH_INTERVAL,
            "How often Elasticsearch makes new documents searchable: `index.refresh_interval` in the"
                + " index template that the agent installs, for indices that are made from then on."
                + " Without it the server's own holds: each second while somebody searches, and"
                + " otherwise with the first search. Log rules wait for what is in force.");
    String mapping =
        section.oneOf(
            "mapping",
            standard.mapping().toString(),
            Arrays.stream(ObjectMapping.values()).map(ObjectMapping::toString).toList(),
            "How JSON bodies, labels and annotations are mapped in the index template that the agent"
                + " installs. `flattened`: each is one field, whatever names stand in it. `dynamic`:"
                + " each name is a keyword field of its own, about 900 in an index, which takes a"
                + " sixth less on the disk and less CPU of Elasticsearch; what stands under further"
                + " names is found in `message` alone.");
    DataSize maxBatch =
        section.dataSize(
            "maxBatch",
            standard.maxBatch(),
            ShipConfig.LOWEST_MAX_BATCH,
            ShipConfig.HIGHEST_MAX_BATCH,
            "The largest body of a bulk request; Elasticsearch's own limit is"
                + " `http.max_content_length`.");
    int requestsInFlight =
        section.integer(
            "requestsInFlight",
            standard.requestsInFlight(),
            1,
            ShipConfig.HIGHEST_REQUESTS_IN_FLIGHT,
            "How many bulk requests may be unanswered at a time.");
    List<String> numbers =
        section.strings(
            "numbers",
            standard.numbers(),
            "Leaves of JSON bodies, such as `duration_ms` or `http.took`, that are indexed as"
                + " numbers under `numbers.*` too.");
    return section.build(
        () ->
            new ShipConfig(
                dataStream,
                maxBatch,
                requestsInFlight,
                retention,
                refreshInterval,
                ObjectMapping.valueOf(mapping.toUpperCase(Locale.ROOT)),
                numbers),
        standard);
  }
}
