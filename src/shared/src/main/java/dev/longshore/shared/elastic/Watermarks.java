package dev.longshore.shared.elastic;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The watermarks of all agents: one document each. Safe for use by any thread.
public final class Watermarks {
  /// Name of the index.
  public static final String INDEX = "longshore-watermarks";

  private static final long VERSION = 1;

  private final Elastic elastic;
  private final NodeDocuments documents;

  public Watermarks(Elastic elastic) {
    this.elastic = elastic;
    documents = new NodeDocuments(elastic, INDEX, "watermarks-template.json", VERSION);
  }

  /// Publishes a watermark in place of the node's last one. The first call installs the index
  /// template.
  ///
  /// @throws IOException when no server answers, or one refuses
  public void put(Watermark watermark) throws IOException {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("@timestamp", watermark.published());
    document.put("cluster", watermark.cluster());
    document.put("node", watermark.node());
    if (watermark.watermark() != null) {
      document.put("watermark", watermark.watermark());
    }
    document.put("final", watermark.last());
    List<@Nullable Object> behind = new ArrayList<>();
    for (Watermark.Behind late : watermark.behind()) {
      behind.add(Map.of("container", late.container(), "since", late.since()));
    }
    document.put("behind", behind);
    documents.put(watermark.cluster(), watermark.node(), Json.write(document));
  }

  /// What a node published last, searchable or not; empty when it never did.
  ///
  /// @throws IOException when no server answers, or one refuses, or the document is not a watermark
  public Optional<Watermark> get(String cluster, String node) throws IOException {
    String path = documents.path(cluster, node);
    Elastic.Response reply = elastic.request("GET", path, null);
    if (reply.status() == 404) {
      return Optional.empty();
    }
    if (!reply.ok()) {
      throw reply.refused("GET " + path);
    }
    return Optional.of(parse(Json.at(Json.read(reply.body()), "_source"), path));
  }

  /// What all nodes of a cluster published last, as a search shows it a second later.
  ///
  /// @throws IOException when no server answers, or one refuses, or a document is not a watermark
  public List<Watermark> all(String cluster) throws IOException {
    return found(Map.of("term", Map.of("cluster", cluster)));
  }

  /// The same of all clusters.
  ///
  /// @throws IOException as above
  public List<Watermark> all() throws IOException {
    return found(Map.of("match_all", Map.of()));
  }

  private List<Watermark> found(Map<String, Object> query) throws IOException {
    Object answer = documents.search(Map.of("size", 10_000, "query", query));
    List<Watermark> all = new ArrayList<>();
    if (Json.at(answer, "hits", "hits") instanceof List<?> hits) {
      for (Object hit : hits) {
        all.add(parse(Json.at(hit, "_source"), INDEX));
      }
    }
    return all;
  }

  private static Watermark parse(@Nullable Object source, String where) throws IOException {
    try {
      List<Watermark.Behind> behind = new ArrayList<>();
      if (Json.at(source, "behind") instanceof List<?> list) {
        for (Object late : list) {
          behind.add(
              new Watermark.Behind(
                  required(late, "container"), Instant.parse(required(late, "since"))));
        }
      }
      String watermark = Json.text(source, "watermark");
      return new Watermark(
          required(source, "cluster"),
          required(source, "node"),
          Instant.parse(required(source, "@timestamp")),
          watermark == null ? null : Instant.parse(watermark),
          Boolean.TRUE.equals(Json.at(source, "final")),
          behind);
    } catch (DateTimeException e) {
      throw new IOException(where + " holds a document with a broken time", e);
    }
  }

  private static String required(@Nullable Object from, String member) throws IOException {
    String text = Json.text(from, member);
    if (text == null) {
      throw new IOException("a document of " + INDEX + " has no " + member);
    }
    return text;
  }
}
