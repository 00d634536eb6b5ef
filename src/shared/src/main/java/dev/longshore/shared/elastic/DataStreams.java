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

  /// Names of the data streams among those that a pattern matches whose `_meta` says that `owner`
  /// manages them: it was copied from the template that they were made with. Empty on a server
  /// that can't tell.
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
