package dev.longshore.shared.elastic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rolls data streams over whose write index was made with an older version of our index template,
/// or with another mapping of objects, so that the new one holds from the next document. The older
/// backing indices stay as they are and are found by the same searches.
///
/// The mapping's `_meta` of a backing index says what made it, so a data stream is rolled over once
/// and not at each start; and only where the server says that its next index will be made with
/// ours. Where the server can, it is marked to roll over with its next document: to mark it again
/// changes nothing, however many agents start at a time. (One that looked before another's mark was
/// acted upon, and marks after it, costs an index too many.) Another server is asked to roll over
/// an index that is older than [#YOUNG], which it decides for one after the other: the index that
/// the first agent's request made is younger.
///
/// What happens when it is refused: the data stream goes on as it is until it rolls over by itself,
/// and a warning says so. Nothing waits for it.
final class TemplateRollover {
  private static final Logger LOG = LoggerFactory.getLogger(TemplateRollover.class);

  /// An index that was made a moment ago was made by another agent's rollover.
  static final Duration YOUNG = Duration.ofMinutes(5);

  private static final String VERSION = "version";
  private static final String MAPPING = "mapping";

  /// Forbidden, unknown, not with this method, not on this server.
  private static final Set<Integer> UNANSWERED = Set.of(403, 404, 405, 410);

  private final Elastic elastic;
  private final Origin origin;
  private final Duration young;

  /// What an index is made with.
  ///
  /// @param version of the index template; 0 when an index does not say, as before version 6
  /// @param mapping in the words of [ObjectMapping]; an index that does not say is `flattened`
  record Origin(long version, String mapping) {
    Origin(long version, ObjectMapping mapping) {
      this(version, mapping.toString());
    }

    private static Origin of(@Nullable Object meta) {
      String mapping = Json.text(meta, MAPPING);
      return new Origin(
          Json.at(meta, VERSION) instanceof Number number ? number.longValue() : 0,
          mapping == null ? ObjectMapping.FLATTENED.toString() : mapping);
    }

    /// What an index template's mappings have as `_meta`.
    Map<String, Object> meta() {
      return Map.of("managed_by", IndexTemplate.OWNER, VERSION, version, MAPPING, mapping);
    }

    private boolean replaces(Origin other) {
      return version > other.version || (version == other.version && !equals(other));
    }
  }

  /// @param origin of the index template that is installed
  TemplateRollover(Elastic elastic, Origin origin) {
    this(elastic, origin, YOUNG);
  }

  /// @param young in place of [#YOUNG]
  TemplateRollover(Elastic elastic, Origin origin, Duration young) {
    this.elastic = elastic;
    this.origin = origin;
    this.young = young;
  }

  /// Looks at the data streams that the template's pattern matches.
  void rollOver(String pattern) {
    try {
      for (Map.Entry<String, String> stream :
          new DataStreams(elastic).writeIndices(pattern).entrySet()) {
        if (origin.replaces(madeBy(stream.getValue()))
            && origin.equals(nextMadeBy(stream.getKey()))) {
          rollOver(stream.getKey(), stream.getValue());
        }
      }
    } catch (RefusedException e) {
      // A user who may not look at data streams is not the one who ships to them; and not every
      // server can say what this asks.
      if (UNANSWERED.contains(e.status())) {
        LOG.atDebug().setCause(e).log("data streams can't be looked at");
      } else {
        warn(pattern, e);
      }
    } catch (IOException e) {
      warn(pattern, e);
    }
  }

  private Origin madeBy(String index) throws IOException {
    String path = "/" + index + "/_mapping?filter_path=*.mappings._meta";
    return Origin.of(Json.at(ask("GET", path), index, "mappings", "_meta"));
  }

  /// What will make the data stream's next index; of version 0 when it is another template.
  private Origin nextMadeBy(String stream) throws IOException {
    String path =
        "/_index_template/_simulate_index/" + stream + "?filter_path=template.mappings._meta";
    return Origin.of(Json.at(ask("POST", path), "template", "mappings", "_meta"));
  }

  private @Nullable Object ask(String method, String path) throws IOException {
    Elastic.Response reply = elastic.request(method, path, null);
    if (!reply.ok()) {
      throw reply.refused(method + " " + path);
    }
    return Json.read(reply.body());
  }

  private void rollOver(String stream, String writeIndex) throws IOException {
    String path = "/" + stream + "/_rollover";
    boolean lazily = knowsDataStreams(stream);
    Elastic.Response reply =
        elastic.request("POST", path + (lazily ? "?lazy=true" : ""), lazily ? null : ifOld());
    if (lazily
        && reply.status() == 400
        && new String(reply.body(), StandardCharsets.UTF_8).contains("lazy")) {
      lazily = false;
      reply = elastic.request("POST", path, ifOld());
    }
    if (!reply.ok()) {
      warn(stream, reply.refused("POST " + path));
    } else if (lazily || Boolean.TRUE.equals(Json.at(Json.read(reply.body()), "rolled_over"))) {
      LOG.atInfo()
          .addKeyValue("dataStream", stream)
          .addKeyValue("writeIndex", writeIndex)
          .addKeyValue("version", origin.version)
          .addKeyValue("mapping", origin.mapping)
          .log("data stream rolls over, since another index template made its write index");
    }
  }

  /// A server without the module of data streams takes the mark and never acts upon it.
  private boolean knowsDataStreams(String stream) throws IOException {
    return elastic.request("GET", "/_data_stream/" + stream, null).ok();
  }

  private byte[] ifOld() {
    return Json.write(Map.of("conditions", Map.of("max_age", young.toMillis() + "ms")));
  }

  private static void warn(String dataStream, IOException e) {
    LOG.atWarn()
        .addKeyValue("dataStream", dataStream)
        .addKeyValue("reason", String.valueOf(e.getMessage()))
        .log(
            "data stream can't be rolled over for a new index template; it goes on with the old one"
                + " until it rolls over by itself. The privilege is indices:admin/rollover");
  }
}
