package dev.longshore.alerting.logs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.shared.elastic.Elastic;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// When errors first appeared, as the documents say, which outlive restarts of agents: by their
/// fingerprints. Safe for use by any thread.
public final class ErrorHistory {
  private static final String FINGERPRINT = "error.fingerprint";

  private final Searches searches;

  /// @param elastic stays the caller's
  /// @param timeout a search that takes longer finds nothing
  public ErrorHistory(Elastic elastic, Duration timeout) {
    this.searches = new HttpSearches(elastic, timeout);
  }

  /// The first document of an error.
  ///
  /// @param type of the exception; empty when it has none
  /// @param image of the container that wrote it; empty when it is not known
  public record First(Instant at, String type, String image) {}

  /// The first document of each, of those that are found; none when Elasticsearch does not answer.
  ///
  /// @param index a pattern
  public Map<String, First> firstOf(String index, Collection<String> fingerprints) {
    if (fingerprints.isEmpty()) {
      return Map.of();
    }
    ObjectNode body = Searches.JSON.createObjectNode();
    body.put("size", 0).put("track_total_hits", false);
    var wanted = body.putObject("query").putObject("terms").putArray(FINGERPRINT);
    fingerprints.forEach(wanted::add);
    ObjectNode errors = body.putObject("aggs").putObject("errors");
    errors.putObject("terms").put("field", FINGERPRINT).put("size", fingerprints.size());
    ObjectNode hits = errors.putObject("aggs").putObject("first").putObject("top_hits");
    hits.put("size", 1);
    hits.putArray("sort").addObject().put(Searches.TIME, "asc");
    hits.putArray("_source").add(Searches.TIME).add("error.type").add("container.image.name");
    Map<String, First> found = new HashMap<>();
    try {
      for (JsonNode bucket :
          searches.search(index, body).path("aggregations").path("errors").path("buckets")) {
        JsonNode source = bucket.at("/first/hits/hits/0/_source");
        found.put(
            bucket.path("key").asText(),
            new First(
                Instant.parse(source.path(Searches.TIME).asText()),
                source.at("/error/type").asText(),
                source.at("/container/image/name").asText()));
      }
    } catch (SearchException | DateTimeException e) {
      return Map.of();
    }
    return found;
  }
}
