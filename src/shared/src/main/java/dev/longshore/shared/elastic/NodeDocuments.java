package dev.longshore.shared.elastic;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An index of ours that has one document for each node, which the node's agent replaces: its id is
/// made of cluster and node, so that the index is as small as the fleet. Safe for use by any
/// thread.
final class NodeDocuments {
  private static final int MAX_ID_BYTES = 512;

  private final Elastic elastic;
  private final String index;
  private final IndexTemplate template;
  private volatile boolean templateInstalled;

  /// @param resource the template's settings and mappings, a file beside [IndexTemplate]
  /// @param version raised with each change of these
  NodeDocuments(Elastic elastic, String index, String resource, long version) {
    this.elastic = elastic;
    this.index = index;
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("index_patterns", List.of(index));
    body.put("template", IndexTemplate.resource(resource));
    template = new IndexTemplate(elastic, index, version, "", body, List.of());
  }

  /// Puts a document in place of the node's last one. The first call installs the index template.
  ///
  /// @throws IOException when no server answers, or one refuses
  void put(String cluster, String node, byte[] document) throws IOException {
    if (!templateInstalled) {
      template.install();
      templateInstalled = true;
    }
    String path = path(cluster, node);
    Elastic.Response reply = elastic.request("PUT", path, document);
    if (!reply.ok()) {
      throw reply.refused("PUT " + path);
    }
  }

  /// The answer to a search: of all shards, or none.
  ///
  /// @throws IOException when no server answers, one refuses, or a shard failed
  @Nullable Object search(Map<String, Object> body) throws IOException {
    String path = "/" + index + "/_search?ignore_unavailable=true";
    Elastic.Response reply = elastic.request("POST", path, Json.write(body));
    if (!reply.ok()) {
      throw reply.refused("POST " + path);
    }
    Object answer = Json.read(reply.body());
    if (Json.at(answer, "_shards", "failed") instanceof Number failed && failed.longValue() > 0) {
      throw new IOException(failed + " shards of " + index + " failed");
    }
    return answer;
  }

  /// Where a node's document is.
  ///
  /// @throws IllegalArgumentException when the names are longer than an id may be
  String path(String cluster, String node) {
    String id = cluster + "/" + node;
    if (id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      throw new IllegalArgumentException(
          "cluster and node have more than 511 bytes together: " + id);
    }
    return "/"
        + index
        + "/_doc/"
        + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
