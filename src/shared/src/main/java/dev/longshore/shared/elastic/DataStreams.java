package dev.longshore.shared.elastic;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What data streams there are, as every distribution of Elasticsearch from 7.9 tells it: `GET
/// /_data_stream`, which tells more, is missing from some. What is behind one: [Generations].
public final class DataStreams {
  private static final String REFRESH = "index.refresh_interval";
  private static final Pattern TIME = Pattern.compile("(-?[0-9]{1,9})(nanos|micros|ms|s|m|h|d|)");

  private final Elastic elastic;

  public DataStreams(Elastic elastic) {
    this.elastic = elastic;
  }

  /// Names of the data streams that a pattern matches.
  ///
  /// @throws IOException when no server answers, or one refuses
  public List<String> matching(String pattern) throws IOException {
    List<String> names = new ArrayList<>();
    for (Object stream : resolve(pattern)) {
      String name = Json.text(stream, "name");
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }

  /// The write index of each data stream that a pattern matches, by the data stream's name.
  ///
  /// @throws IOException when no server answers, or one refuses
  Map<String, String> writeIndices(String pattern) throws IOException {
    Map<String, String> indices = new LinkedHashMap<>();
    for (Object stream : resolve(pattern)) {
      String name = Json.text(stream, "name");
      Object backing = Json.at(stream, "backing_indices");
      List<?> all = backing instanceof List<?> several ? several : List.of(String.valueOf(backing));
      if (name != null && !all.isEmpty()) {
        indices.put(
            name,
            all.stream()
                .map(String::valueOf)
                .max(Comparator.comparingLong(ElasticGenerations::number))
                .orElseThrow());
      }
    }
    return indices;
  }

  /// Names of the data streams among those that a pattern matches whose `_meta` says that `owner`
  /// manages them: it was copied from the template that they were made with. Empty on a server that
  /// can't tell.
  ///
  /// @throws IOException when no server answers, or one refuses
  public List<String> ownedBy(String owner, String pattern) throws IOException {
    String path = "/_data_stream/" + pattern;
    Elastic.Response reply = elastic.request("GET", path, null);
    if (reply.status() == 404 || reply.status() == 405 || reply.status() == 400) {
      return List.of();
    }
    if (!reply.ok()) {
      throw reply.refused("GET " + path);
    }
    List<String> names = new ArrayList<>();
    if (Json.at(Json.read(reply.body()), "data_streams") instanceof List<?> streams) {
      for (Object stream : streams) {
        String name = Json.text(stream, "name");
        if (name != null && owner.equals(Json.text(stream, "_meta", "managed_by"))) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /// The refresh interval in force for the write index of a data stream: negative when it is not
  /// refreshed by itself, empty when there is no such data stream or the server does not say.
  ///
  /// @throws IOException when no server answers, or one refuses
  public Optional<Duration> refreshInterval(String dataStream) throws IOException {
    String path =
        "/" + dataStream + "/_settings/" + REFRESH + "?flat_settings=true&include_defaults=true";
    Elastic.Response reply = elastic.request("GET", path, null);
    if (reply.status() == 404) {
      return Optional.empty();
    }
    if (!reply.ok()) {
      throw reply.refused("GET " + path);
    }
    Object writeIndex = null;
    long newest = -1;
    if (Json.read(reply.body()) instanceof Map<?, ?> indices) {
      for (Map.Entry<?, ?> index : indices.entrySet()) {
        long number = ElasticGenerations.number(String.valueOf(index.getKey()));
        if (number > newest) {
          newest = number;
          writeIndex = index.getValue();
        }
      }
    }
    String set = Json.text(writeIndex, "settings", REFRESH);
    String interval = set == null ? Json.text(writeIndex, "defaults", REFRESH) : set;
    return interval == null ? Optional.empty() : duration(interval);
  }

  /// Elasticsearch's time units, such as `500ms`, `30s` or `-1`.
  static Optional<Duration> duration(String text) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(parts.group(1));
    return Optional.of(
        switch (parts.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          case "d" -> Duration.ofDays(count);
          case "nanos", "micros" -> Duration.ZERO;
          default -> Duration.ofSeconds(count);
        });
  }

  private List<? extends @Nullable Object> resolve(String pattern) throws IOException {
    String path = "/_resolve/index/" + pattern + "?expand_wildcards=all";
    Elastic.Response reply = elastic.request("GET", path, null);
    if (reply.status() == 404) {
      return List.of();
    }
    if (!reply.ok()) {
      throw reply.refused("GET " + path);
    }
    return Json.at(Json.read(reply.body()), "data_streams") instanceof List<?> found
        ? found
        : List.of();
  }
}
