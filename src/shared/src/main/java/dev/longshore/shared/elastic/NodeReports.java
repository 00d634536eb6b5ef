package dev.longshore.shared.elastic;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The reports of all agents: one document each. Safe for use by any thread.
public final class NodeReports {
  /// Name of the index.
  public static final String INDEX = "longshore-fleet";

  /// As many reports are read at a time; each has a few kilobytes.
  public static final int MOST = 1_000;

  private static final long VERSION = 1;

  private final NodeDocuments documents;

  public NodeReports(Elastic elastic) {
    documents = new NodeDocuments(elastic, INDEX, "fleet-template.json", VERSION);
  }

  /// Reports of a search.
  ///
  /// @param total how many there are; the search gives the newest [#MOST]
  public record Found(List<NodeReport> reports, long total) {
    public Found {
      reports = List.copyOf(reports);
    }
  }

  /// Publishes a report in place of the node's last one. The first call installs the index
  /// template.
  ///
  /// @throws IOException when no server answers, or one refuses
  public void put(NodeReport report) throws IOException {
    documents.put(report.cluster(), report.node(), document(report));
  }

  /// The newest reports of a cluster, as a search shows them a second after they were published.
  ///
  /// @param cluster null for those of all clusters
  /// @param notBefore older ones are left out
  /// @throws IOException when no server answers, or one refuses
  public Found since(@Nullable String cluster, Instant notBefore) throws IOException {
    List<Object> filter = new ArrayList<>();
    filter.add(Map.of("range", Map.of("@timestamp", Map.of("gte", notBefore.toString()))));
    if (cluster != null) {
      filter.add(Map.of("term", Map.of("cluster", cluster)));
    }
    Map<String, Object> search = new LinkedHashMap<>();
    search.put("size", MOST);
    search.put("track_total_hits", true);
    search.put(
        "sort", List.of(Map.of("@timestamp", Map.of("order", "desc", "unmapped_type", "date"))));
    search.put("query", Map.of("bool", Map.of("filter", filter)));
    Object answer = documents.search(search);
    List<NodeReport> reports = new ArrayList<>();
    if (Json.at(answer, "hits", "hits") instanceof List<?> hits) {
      for (Object hit : hits) {
        reports.add(parse(Json.at(hit, "_source")));
      }
    }
    return new Found(reports, Math.max(reports.size(), number(answer, "hits", "total", "value")));
  }

  /// A report as it is published.
  static byte[] document(NodeReport report) {
    Map<String, @Nullable Object> to = new LinkedHashMap<>();
    to.put("@timestamp", report.published());
    to.put("cluster", report.cluster());
    to.put("node", report.node());
    to.put("version", report.version());
    to.put("revision", report.revision());
    to.put("started", report.started());
    to.put("final", report.last());
    put(to, "searchable_up_to", report.searchableUpTo());
    to.put("containers", report.containers());
    to.put("unreadable_files", report.unreadableFiles());
    put(to, "api_server", report.apiServer());
    NodeReport.Records records = report.records();
    Map<String, @Nullable Object> counts = new LinkedHashMap<>();
    counts.put("read", records.read());
    counts.put("read_bytes", records.readBytes());
    counts.put("indexed", records.indexed());
    counts.put("duplicate", records.duplicate());
    counts.put("dead_lettered", records.deadLettered());
    counts.put("filtered", records.filtered());
    counts.put("lost_bytes", records.lostBytes());
    to.put("records", counts);
    NodeReport.Buffer buffer = report.buffer();
    Map<String, @Nullable Object> held = new LinkedHashMap<>();
    held.put("records", buffer.records());
    held.put("bytes", buffer.bytes());
    held.put("disk_bytes", buffer.diskBytes());
    held.put("max_disk_bytes", buffer.maxDiskBytes());
    put(held, "volume_free_bytes", buffer.volumeFreeBytes() < 0 ? null : buffer.volumeFreeBytes());
    put(held, "volume_bytes", buffer.volumeBytes() < 0 ? null : buffer.volumeBytes());
    to.put("buffer", held);
    to.put("behind_total", report.behindTotal());
    List<@Nullable Object> behind = new ArrayList<>();
    report
        .behind()
        .forEach(it -> behind.add(ordered("container", it.container(), "since", it.since())));
    to.put("behind", behind);
    List<@Nullable Object> paused = new ArrayList<>();
    report.paused().forEach(it -> paused.add(ordered("reason", it.reason(), "files", it.files())));
    to.put("paused", paused);
    List<@Nullable Object> refused = new ArrayList<>();
    report.refused().forEach(it -> refused.add(refused(it)));
    to.put("refused", refused);
    to.put("interval_seconds", report.intervalSeconds());
    to.put("loudest", loads(report.loudest()));
    to.put("erroneous", loads(report.erroneous()));
    List<@Nullable Object> errors = new ArrayList<>();
    report.newErrors().forEach(it -> errors.add(error(it)));
    to.put("new_errors", errors);
    return Json.write(to);
  }

  private static Map<String, @Nullable Object> ordered(
      String first, Object value, String second, Object other) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put(first, value);
    members.put(second, other);
    return members;
  }

  private static Map<String, @Nullable Object> refused(NodeReport.Refused refused) {
    Map<String, @Nullable Object> to = new LinkedHashMap<>();
    to.put("data_stream", refused.dataStream());
    to.put("status", refused.status());
    to.put("reason", refused.reason());
    put(to, "at", refused.at());
    to.put("paused", refused.paused());
    return to;
  }

  private static List<@Nullable Object> loads(List<NodeReport.Load> loads) {
    List<@Nullable Object> all = new ArrayList<>();
    for (NodeReport.Load load : loads) {
      Map<String, @Nullable Object> to = new LinkedHashMap<>();
      to.put("namespace", load.namespace());
      to.put("service", load.service());
      to.put("bytes", load.bytes());
      to.put("records", load.records());
      to.put("errors", load.errors());
      all.add(to);
    }
    return all;
  }

  private static Map<String, @Nullable Object> error(NodeReport.NewError error) {
    Map<String, @Nullable Object> to = new LinkedHashMap<>();
    to.put("fingerprint", error.fingerprint());
    to.put("namespace", error.namespace());
    to.put("service", error.service());
    put(to, "first_seen", error.firstSeen());
    to.put("count", error.count());
    return to;
  }

  private static void put(Map<String, @Nullable Object> to, String member, @Nullable Object value) {
    if (value != null) {
      to.put(member, value);
    }
  }

  /// Reads a document; what an older or newer agent does not say is zero, empty or absent.
  ///
  /// @throws IOException when it is no report
  static NodeReport parse(@Nullable Object source) throws IOException {
    try {
      Instant published = required(source, "@timestamp");
      Instant started = instant(source, "started");
      return new NodeReport(
          text(source, "cluster"),
          text(source, "node"),
          published,
          started == null ? published : started,
          text(source, "version"),
          text(source, "revision"),
          Boolean.TRUE.equals(Json.at(source, "final")),
          instant(source, "searchable_up_to"),
          (int) number(source, "containers"),
          (int) number(source, "unreadable_files"),
          Json.at(source, "api_server") instanceof Boolean connected ? connected : null,
          new NodeReport.Records(
              number(source, "records", "read"),
              number(source, "records", "read_bytes"),
              number(source, "records", "indexed"),
              number(source, "records", "duplicate"),
              number(source, "records", "dead_lettered"),
              number(source, "records", "filtered"),
              number(source, "records", "lost_bytes")),
          new NodeReport.Buffer(
              number(source, "buffer", "records"),
              number(source, "buffer", "bytes"),
              number(source, "buffer", "disk_bytes"),
              number(source, "buffer", "max_disk_bytes"),
              numberOr(-1, source, "buffer", "volume_free_bytes"),
              numberOr(-1, source, "buffer", "volume_bytes")),
          (int) number(source, "behind_total"),
          each(
              source,
              "behind",
              it -> new Watermark.Behind(text(it, "container"), required(it, "since"))),
          each(
              source,
              "paused",
              it -> new NodeReport.Paused(text(it, "reason"), (int) number(it, "files"))),
          each(
              source,
              "refused",
              it ->
                  new NodeReport.Refused(
                      text(it, "data_stream"),
                      (int) number(it, "status"),
                      text(it, "reason"),
                      instant(it, "at"),
                      Boolean.TRUE.equals(Json.at(it, "paused")))),
          number(source, "interval_seconds"),
          each(source, "loudest", NodeReports::load),
          each(source, "erroneous", NodeReports::load),
          each(
              source,
              "new_errors",
              it ->
                  new NodeReport.NewError(
                      text(it, "fingerprint"),
                      text(it, "namespace"),
                      text(it, "service"),
                      instant(it, "first_seen"),
                      number(it, "count"))));
    } catch (DateTimeException e) {
      throw new IOException("a document of " + INDEX + " has a broken time", e);
    }
  }

  /// Reads one element of a list.
  @FunctionalInterface
  private interface Element<T> {
    T read(@Nullable Object from) throws IOException;
  }

  private static <T> List<T> each(@Nullable Object source, String member, Element<T> element)
      throws IOException {
    List<T> all = new ArrayList<>();
    if (Json.at(source, member) instanceof List<?> list) {
      for (Object it : list) {
        all.add(element.read(it));
      }
    }
    return all;
  }

  private static NodeReport.Load load(@Nullable Object from) {
    return new NodeReport.Load(
        text(from, "namespace"),
        text(from, "service"),
        number(from, "bytes"),
        number(from, "records"),
        number(from, "errors"));
  }

  private static String text(@Nullable Object from, String member) {
    String text = Json.text(from, member);
    return text == null ? "" : text;
  }

  private static long number(@Nullable Object from, String... members) {
    return numberOr(0, from, members);
  }

  private static long numberOr(long otherwise, @Nullable Object from, String... members) {
    return Json.at(from, members) instanceof Number number ? number.longValue() : otherwise;
  }

  private static @Nullable Instant instant(@Nullable Object from, String member) {
    String text = Json.text(from, member);
    return text == null ? null : Instant.parse(text);
  }

  private static Instant required(@Nullable Object from, String member) throws IOException {
    Instant instant = instant(from, member);
    if (instant == null) {
      throw new IOException("a document of " + INDEX + " has no " + member);
    }
    return instant;
  }
}
