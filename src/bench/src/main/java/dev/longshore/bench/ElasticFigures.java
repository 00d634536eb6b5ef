package dev.longshore.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.elastic.Elastic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// What an Elasticsearch says of itself: CPU, merges, disk; and answers as JSON.
final class ElasticFigures {
  /// It answers with the same figures for a second.
  private static final Duration STATISTICS_ARE_KEPT = Duration.ofMillis(1_500);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Elastic elastic;
  private final Clock clock;

  ElasticFigures(Elastic elastic, Clock clock) {
    this.elastic = elastic;
    this.clock = clock;
  }

  /// CPU time of all its processes so far. Waits until the figure is of now.
  double cpuSeconds() throws IOException, InterruptedException {
    clock.sleep(STATISTICS_ARE_KEPT);
    long millis = 0;
    for (JsonNode node : get("/_nodes/stats/process").path("nodes")) {
      millis += node.path("process").path("cpu").path("total_in_millis").asLong();
    }
    return millis / 1e3;
  }

  /// How many merges are under way.
  long merges(String stream) throws IOException {
    return get("/" + stream + "/_stats/merge").at("/_all/total/merges/current").asLong();
  }

  /// What the fields of all documents take on the disk, in bytes: without segments that were merged
  /// into others and wait to be deleted.
  long storedBytes(String stream) throws IOException {
    long bytes = 0;
    for (JsonNode index : post("/" + stream + "/_disk_usage?run_expensive_tasks=true", "")) {
      bytes += index.at("/all_fields/total_in_bytes").asLong();
    }
    return bytes;
  }

  JsonNode get(String path) throws IOException {
    return answer("GET " + path, elastic.request("GET", path, null));
  }

  /// @param body empty for none
  JsonNode post(String path, String body) throws IOException {
    byte[] bytes = body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8);
    return answer("POST " + path, elastic.request("POST", path, bytes));
  }

  private static JsonNode answer(String request, Elastic.Response reply) throws IOException {
    if (!reply.ok()) {
      throw reply.refused(request);
    }
    return JSON.readTree(reply.body());
  }
}
