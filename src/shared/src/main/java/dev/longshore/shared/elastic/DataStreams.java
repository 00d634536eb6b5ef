package dev.longshore.shared.elastic;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What data streams there are, as every distribution of Elasticsearch from 7.9 tells it: `GET
/// /_data_stream`, which tells more, is missing from some. What is behind one: [Generations].
public final class DataStreams {
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
