package dev.longshore.shared.elastic;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// [Generations] of a real Elasticsearch.
///
/// Backing indices come from the data stream's settings, which every distribution answers and the
/// privilege `view_index_metadata` allows; they are ordered by the number at the end of their name,
/// which stays when one is shrunk or mounted. Looking documents up needs `read`, deleting `delete`.
public final class ElasticGenerations implements Generations {
  /// How many documents one `_mget` asks for.
  static final int LOOKUPS_A_CALL = 1_000;

  private static final String CREATED = "index.creation_date";

  private static final String FORBIDDEN = "security_exception";
  private static final String NO_INDEX = "index_not_found_exception";

  private final Elastic elastic;

  public ElasticGenerations(Elastic elastic) {
    this.elastic = elastic;
  }

  @Override
  public List<Generation> of(String dataStream) throws IOException {
    String path = "/" + dataStream + "/_settings/" + CREATED + "?flat_settings=true";
    Elastic.Response reply = elastic.request("GET", path, null);
    if (!reply.ok()) {
      RefusedException refused = reply.refused("GET " + path);
      // An ingress without a server behind it answers 404 as well.
      if (reply.status() == 404 && refused.type().equals(NO_INDEX)) {
        return List.of();
      }
      throw refused;
    }
    List<Generation> generations = new ArrayList<>();
    if (Json.read(reply.body()) instanceof Map<?, ?> indices) {
      for (Map.Entry<?, ?> index : indices.entrySet()) {
        String created = Json.text(index.getValue(), "settings", CREATED);
        if (created == null) {
          throw new IOException("GET " + path + " says not when " + index.getKey() + " was made");
        }
        generations.add(new Generation(String.valueOf(index.getKey()), Long.parseLong(created)));
      }
    }
    generations.sort(Comparator.comparingLong(generation -> number(generation.name())));
    return generations;
  }

  /// The number at the end of a backing index's name: 12 of `.ds-logs-shop-2026.11.23-000012`.
  static long number(String index) {
    int from = index.length();
    while (from > 0 && index.length() - from < 18 && Character.isDigit(index.charAt(from - 1))) {
      from--;
    }
    return from == index.length() ? 0 : Long.parseLong(index, from, index.length(), 10);
  }

  @Override
  public Set<String> present(List<String> indices, List<String> ids) throws IOException {
    Set<String> found = new HashSet<>();
    List<Map<String, @Nullable Object>> lookups = new ArrayList<>();
    for (String index : indices) {
      for (String id : ids) {
        Map<String, @Nullable Object> lookup = new LinkedHashMap<>();
        lookup.put("_index", index);
        lookup.put("_id", id);
        lookup.put("_source", false);
        lookups.add(lookup);
        if (lookups.size() == LOOKUPS_A_CALL) {
          lookUp(lookups, found);
          lookups.clear();
        }
      }
    }
    if (!lookups.isEmpty()) {
      lookUp(lookups, found);
    }
    return found;
  }

  private void lookUp(List<Map<String, @Nullable Object>> lookups, Set<String> found)
      throws IOException {
    String path = "/_mget?filter_path=docs._id,docs.found,docs.error.type,docs.error.reason";
    Elastic.Response reply =
        elastic.request("POST", path, Json.write(Map.of("docs", List.copyOf(lookups))));
    if (!reply.ok()) {
      throw reply.refused("POST " + path);
    }
    if (!(Json.at(Json.read(reply.body()), "docs") instanceof List<?> docs)
        || docs.size() != lookups.size()) {
      throw new IOException("POST " + path + " was not answered for each of " + lookups.size());
    }
    for (Object doc : docs) {
      String id = Json.text(doc, "_id");
      String error = Json.text(doc, "error", "type");
      if (FORBIDDEN.equals(error)) {
        throw new RefusedException(
            403, FORBIDDEN, "POST " + path + ": " + Json.text(doc, "error", "reason"));
      }
      if (id == null || (error != null && !error.equals(NO_INDEX))) {
        throw new IOException(
            "POST " + path + ": " + error + " " + Json.text(doc, "error", "reason"));
      }
      if (Boolean.TRUE.equals(Json.at(doc, "found"))) {
        found.add(id);
      }
    }
  }

  @Override
  public void delete(String index, Collection<String> ids) throws IOException {
    for (String id : ids) {
      String path = "/" + index + "/_doc/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
      Elastic.Response reply = elastic.request("DELETE", path, null);
      if (!reply.ok() && !isGone(reply)) {
        throw reply.refused("DELETE " + path);
      }
    }
  }

  /// Whether Elasticsearch itself says that there is no such document, or no such index.
  private static boolean isGone(Elastic.Response reply) {
    if (reply.status() != 404) {
      return false;
    }
    try {
      Object answer = Json.read(reply.body());
      return "not_found".equals(Json.text(answer, "result"))
          || NO_INDEX.equals(Json.text(answer, "error", "type"));
    } catch (IOException notElasticsearch) {
      return false;
    }
  }
}
