package dev.longshore.shared.elastic;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what a query string finds, all of it and in order: by `@timestamp` and then `log.offset`,
/// over a point in time that documents arriving meanwhile do not disturb.
public final class Search {
  /// A page of ordinary lines has a few MiB.
  static final int PAGE_HITS = 5_000;

  /// How long a consumer may take for a page.
  private static final String KEEP_ALIVE = "10m";

  private static final Logger LOG = LoggerFactory.getLogger(Search.class);

  private final Elastic elastic;
  private final int mostPageHits;

  public Search(Elastic elastic) {
    this(elastic, PAGE_HITS);
  }

  /// @param mostPageHits how many hits are in memory at a time
  public Search(Elastic elastic, int mostPageHits) {
    this.elastic = elastic;
    this.mostPageHits = mostPageHits;
  }

  /// What is asked for.
  ///
  /// @param index a data stream, an index, or a pattern
  /// @param query in Lucene's query syntax, for example `log.level:error AND
  ///   kubernetes.labels.app:checkout`; words without a field are looked for in `message`; `*`
  ///   finds all
  /// @param fields what of each document is wanted, patterns allowed; empty for all
  /// @param newestFirst whether the order is turned round
  /// @param limit how many hits at most
  public record Query(
      String index, String query, List<String> fields, boolean newestFirst, long limit) {
    public Query {
      fields = List.copyOf(fields);
    }

    /// All hits, oldest first.
    public static Query all(String index, String query, String... fields) {
      return new Query(index, query, List.of(fields), false, Long.MAX_VALUE);
    }
  }

  /// A document that was found.
  ///
  /// @param index the backing index
  /// @param id its `_id`
  /// @param source the fields that were asked for, as nested maps
  public record Hit(String index, String id, Map<String, @Nullable Object> source) {
    /// A string of the document, by its path; names with dots in them are one step when they are so
    /// in the document.
    public @Nullable String text(String... path) {
      return Json.text(source, path);
    }

    /// A number of the document, by its path.
    public @Nullable Number number(String... path) {
      return Json.at(source, path) instanceof Number number ? number : null;
    }
  }

  /// Takes hits, one at a time.
  @FunctionalInterface
  public interface Consumer {
    /// @return false when no more are wanted
    boolean hit(Hit hit);
  }

  /// Gives all hits to `consumer`, in order.
  ///
  /// @return how many it was given
  /// @throws IOException when no server answers, one refuses (a syntax error in the query, for
  ///   example), or a shard has failed
  public long each(Query query, Consumer consumer) throws IOException {
    String pit = open(query.index());
    try {
      long given = 0;
      int pageHits = mostPageHits;
      List<?> after = List.of();
      while (given < query.limit()) {
        int wanted = (int) Math.min(pageHits, query.limit() - given);
        Object page;
        try {
          page = page(query, pit, after, wanted);
        } catch (ReplyTooLargeException e) {
          if (wanted == 1) {
            throw e;
          }
          pageHits = wanted / 2;
          continue;
        }
        pit = refreshed(page, pit);
        List<?> hits = Json.at(page, "hits", "hits") instanceof List<?> list ? list : List.of();
        for (Object hit : hits) {
          given++;
          if (!consumer.hit(hit(hit))) {
            return given;
          }
        }
        if (hits.size() < wanted) {
          return given;
        }
        after = Json.at(hits.getLast(), "sort") instanceof List<?> sort ? sort : List.of();
      }
      return given;
    } finally {
      close(pit);
    }
  }

  /// How many documents a query finds.
  ///
  /// @throws IOException when no server answers, one refuses, or a shard has failed
  public long count(String index, String query) throws IOException {
    String path = "/" + encoded(index) + "/_count?ignore_unavailable=true";
    Object answer = call("POST", path, Map.of("query", queryString(query)));
    if (Json.at(answer, "count") instanceof Number count) {
      return count.longValue();
    }
    throw new IOException("POST " + path + " gave no count");
  }

  /// Whether there is an index that a pattern names; a search of none finds nothing.
  ///
  /// @throws IOException when no server answers, or one refuses
  public boolean hasIndex(String index) throws IOException {
    Object answer = call("POST", "/" + encoded(index) + "/_count?ignore_unavailable=true", null);
    return Json.at(answer, "_shards", "total") instanceof Number shards && shards.longValue() > 0;
  }

  /// Makes all that was indexed before visible to searches.
  ///
  /// @throws IOException when no server answers, or one refuses
  public void refresh(String index) throws IOException {
    call("POST", "/" + encoded(index) + "/_refresh?ignore_unavailable=true", null);
  }

  private String open(String index) throws IOException {
    String path =
        "/" + encoded(index) + "/_pit?keep_alive=" + KEEP_ALIVE + "&ignore_unavailable=true";
    String id = Json.text(call("POST", path, null), "id");
    if (id == null) {
      throw new IOException("POST " + path + " gave no id");
    }
    return id;
  }

  private void close(String pit) {
    try {
      elastic.request("DELETE", "/_pit", Json.write(Map.of("id", pit)));
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("A point in time was not closed; it ends in ten minutes");
    }
  }

  private @Nullable Object page(Query query, String pit, List<?> after, int wanted)
      throws IOException {
    String order = query.newestFirst() ? "desc" : "asc";
    Map<String, @Nullable Object> search = new LinkedHashMap<>();
    search.put("size", wanted);
    search.put("track_total_hits", false);
    search.put("pit", Map.of("id", pit, "keep_alive", KEEP_ALIVE));
    search.put("query", queryString(query.query()));
    search.put(
        "sort",
        List.of(
            Map.of(
                "@timestamp",
                Map.of(
                    "order", order,
                    "format", "strict_date_optional_time_nanos",
                    "numeric_type", "date_nanos",
                    "unmapped_type", "date_nanos")),
            Map.of("log.offset", Map.of("order", order, "unmapped_type", "long")),
            Map.of("_shard_doc", Map.of("order", order))));
    if (!query.fields().isEmpty()) {
      search.put("_source", query.fields());
    }
    if (!after.isEmpty()) {
      search.put("search_after", after);
    }
    Object page = call("POST", "/_search", search);
    if (Json.at(page, "_shards", "failed") instanceof Number failed && failed.longValue() > 0) {
      throw new IOException(failed + " shards failed in a search of " + query.index());
    }
    if (Boolean.TRUE.equals(Json.at(page, "timed_out"))) {
      throw new IOException("a search of " + query.index() + " timed out");
    }
    return page;
  }

  private static String refreshed(@Nullable Object page, String pit) {
    String id = Json.text(page, "pit_id");
    return id == null ? pit : id;
  }

  @SuppressWarnings("unchecked")
  private static Hit hit(@Nullable Object hit) {
    Map<String, @Nullable Object> source =
        Json.at(hit, "_source") instanceof Map<?, ?> map
            ? (Map<String, @Nullable Object>) map
            : Map.of();
    String index = Json.text(hit, "_index");
    String id = Json.text(hit, "_id");
    return new Hit(index == null ? "" : index, id == null ? "" : id, source);
  }

  private static Map<String, @Nullable Object> queryString(String query) {
    Map<String, @Nullable Object> parts = new LinkedHashMap<>();
    parts.put("query", query);
    parts.put("default_field", "message");
    parts.put("default_operator", "AND");
    parts.put("lenient", true);
    return Map.of("query_string", parts);
  }

  private @Nullable Object call(String method, String path, @Nullable Object body)
      throws IOException {
    Elastic.Response reply = elastic.request(method, path, body == null ? null : Json.write(body));
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
    return Json.read(reply.body());
  }

  private static String encoded(String index) {
    List<String> parts = new ArrayList<>();
    for (String part : index.split(",", -1)) {
      parts.add(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("%2A", "*"));
    }
    return String.join(",", parts);
  }
}
