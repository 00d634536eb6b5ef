package dev.longshore.shared.elastic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The index template of a data stream of logs: ECS mappings that nothing in a log line can make
/// grow or conflict, a lifecycle with the configured retention, and no failure store, because
/// refused documents are dead-lettered by the agent.
///
/// What an index of it takes on the disk is kept small where the server can: `logsdb`, sorted so
/// that lines of a pod that are alike lie together, which the level tells at no cost, with each
/// document stored as it was sent; text without positions, which a phrase is then looked up in the
/// documents for; offsets that can be sorted by and are not indexed. No refresh interval is set
/// unless one is configured: with the server's own, an index that nobody searches is not refreshed
/// each second, and the first search waits for the refresh.
///
/// A backing index says in its mapping's `_meta` which version of the template made it, and with
/// which [ObjectMapping]. Where that is an older version or another mapping, the data stream is
/// rolled over ([TemplateRollover]).
///
/// For `logs-kubernetes.container_logs-default` it is `longshore-logs-kubernetes.container_logs`
/// with the pattern `logs-kubernetes.container_logs-*`. The data streams of dead letters,
/// `logs-longshore.dead_letter-*`, have mappings of their own, which refuse nothing that a dead
/// letter holds.
public final class DataStreamTemplate {
  /// Where documents go that no mapping takes, in the namespace `default`.
  public static final String DEAD_LETTERS = "logs-longshore.dead_letter-default";

  /// Raised with each change of the mappings or settings.
  static final long VERSION = 7;

  private static final Map<String, Object> TEXT = Map.of("type", "text", "norms", false);

  /// What a server may not know: one without the module `mapper-extras`, one before 8.17 (on which
  /// `logsdb` would keep no document as it was sent), a serverless one, and those before 8.19, 8.14
  /// and 8.11.
  private static final List<NewerFeature> NEWER_FEATURES =
      List.of(
          new NewerFeature(
              "match_only_text",
              new NewerFeature.Change(
                  List.of("template", "mappings", "properties", "message"), TEXT),
              new NewerFeature.Change(
                  List.of(
                      "template", "mappings", "properties", "error", "properties", "stack_trace"),
                  TEXT)),
          new NewerFeature(
              "logsdb|index\\.mode|index\\.mapping\\.source\\.mode",
              NewerFeature.without("template", "settings", "index.mode"),
              NewerFeature.without("template", "settings", "index.mapping.source.mode")),
          new NewerFeature(
              "index\\.codec", NewerFeature.without("template", "settings", "index.codec")),
          new NewerFeature(
              "data_stream_options", NewerFeature.without("template", "data_stream_options")),
          new NewerFeature(
              "ignore_dynamic_beyond_limit",
              NewerFeature.without(
                  "template",
                  "settings",
                  "index.mapping.total_fields.ignore_dynamic_beyond_limit")),
          new NewerFeature("lifecycle", NewerFeature.without("template", "lifecycle")));

  private static final Logger LOG = LoggerFactory.getLogger(DataStreamTemplate.class);

  private final Elastic elastic;
  private final String pattern;
  private final String name;
  private final @Nullable Duration retention;
  private final @Nullable Duration refreshInterval;
  private final ObjectMapping mapping;
  private final boolean letters;

  /// With [ObjectMapping#FLATTENED] and the server's own refresh interval.
  ///
  /// @param dataStream for example `logs-kubernetes.container_logs-default`
  /// @param retention how long documents are kept; null for ever
  public DataStreamTemplate(Elastic elastic, String dataStream, @Nullable Duration retention) {
    this(elastic, dataStream, retention, null, ObjectMapping.FLATTENED);
  }

  /// @param dataStream for example `logs-kubernetes.container_logs-default`
  /// @param retention how long documents are kept; null for ever
  /// @param refreshInterval of the indices of logs; null for the server's own. Those of dead
  ///   letters have one of their own.
  /// @param mapping of JSON bodies, labels and annotations. Dead letters have none of them mapped.
  public DataStreamTemplate(
      Elastic elastic,
      String dataStream,
      @Nullable Duration retention,
      @Nullable Duration refreshInterval,
      ObjectMapping mapping) {
    this.elastic = elastic;
    this.pattern = pattern(dataStream);
    this.name =
        "longshore-"
            + (pattern.endsWith("-*") ? pattern.substring(0, pattern.length() - 2) : pattern);
    this.retention = retention;
    letters = pattern.equals(pattern(DEAD_LETTERS));
    this.refreshInterval = letters ? null : refreshInterval;
    this.mapping = letters ? ObjectMapping.FLATTENED : mapping;
  }

  /// Makes sure that it is there. Repeatable; several agents may do it at a time. Data streams that
  /// exist already get the retention as well, when the template changed, and are rolled over when
  /// an older version made their write index.
  ///
  /// @throws IOException when no server answers, or one refuses
  public TemplateOutcome install() throws IOException {
    String kept = retention == null ? "forever" : timeUnits(retention);
    Map<String, @Nullable Object> template =
        IndexTemplate.resource(letters ? "dead-letters-template.json" : "logs-template.json");
    mapping.applyTo(template);
    TemplateRollover.Origin origin = new TemplateRollover.Origin(VERSION, mapping);
    Json.put(template, origin.meta(), "mappings", "_meta");
    String refresh = refreshInterval == null ? null : timeUnits(refreshInterval);
    if (refresh != null) {
      Json.put(template, refresh, "settings", "index.refresh_interval");
    }
    template.put("data_stream_options", Map.of("failure_store", Map.of("enabled", false)));
    template.put(
        "lifecycle", retention == null ? Map.of("enabled", true) : Map.of("data_retention", kept));
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("index_patterns", List.of(pattern));
    body.put("data_stream", Map.of());
    body.put("template", template);
    TemplateOutcome outcome =
        new IndexTemplate(
                elastic,
                name,
                VERSION,
                "pattern="
                    + pattern
                    + " retention="
                    + kept
                    + (refresh == null ? "" : " refreshInterval=" + refresh)
                    + (mapping == ObjectMapping.FLATTENED ? "" : " mapping=" + mapping),
                body,
                NEWER_FEATURES)
            .install();
    if (outcome == TemplateOutcome.INSTALLED && retention != null) {
      retain(kept);
    }
    if (outcome != TemplateOutcome.FOREIGN) {
      new TemplateRollover(elastic, origin).rollOver(pattern);
    }
    return outcome;
  }

  /// The template's name.
  public String name() {
    return name;
  }

  /// Gives the retention to the data streams that were made with our template, and to no other.
  private void retain(String kept) throws IOException {
    List<String> streams = new DataStreams(elastic).ownedBy(IndexTemplate.OWNER, pattern);
    if (streams.isEmpty()) {
      return;
    }
    String call = "/_data_stream/" + String.join(",", streams) + "/_lifecycle";
    Elastic.Response reply =
        elastic.request(
            "PUT",
            call,
            ("{\"data_retention\":\"" + kept + "\"}").getBytes(StandardCharsets.UTF_8));
    if (reply.ok()) {
      return;
    }
    RefusedException refused = reply.refused("PUT " + call);
    if (reply.status() != 403 && !unknown(reply.status(), refused)) {
      throw refused;
    }
    LOG.atWarn()
        .addKeyValue("dataStreams", streams)
        .addKeyValue("retention", kept)
        .addKeyValue("reason", refused.getMessage())
        .log(
            "The retention of data streams that exist can't be changed: the server knows no data"
                + " stream lifecycle (it came with Elasticsearch 8.11), or this user lacks the"
                + " privilege manage_data_stream_lifecycle; only new ones get this retention");
  }

  /// Whether the answer is what a server gives that does not know the path.
  private static boolean unknown(int status, RefusedException refused) {
    return status == 405
        || (status == 400 && String.valueOf(refused.getMessage()).contains("no handler found"));
  }

  /// All namespaces of the data stream's dataset; the name itself when it doesn't follow
  /// `<type>-<dataset>-<namespace>`.
  static String pattern(String dataStream) {
    int dataset = dataStream.indexOf('-');
    int namespace = dataStream.indexOf('-', dataset + 1);
    return dataset < 0 || namespace < 0 ? dataStream : dataStream.substring(0, namespace) + "-*";
  }

  /// A duration as Elasticsearch's time units, exactly.
  static String timeUnits(Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("a retention of " + duration + " keeps nothing");
    }
    long seconds = duration.toSeconds();
    if (duration.toMillis() % 1_000 != 0) {
      return duration.toMillis() + "ms";
    }
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds + "s";
  }
}
