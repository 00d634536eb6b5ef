package dev.longshore.agent.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.agent.line.Level;
import dev.longshore.agent.ship.encode.MessagePattern;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.elastic.ReplyTooLargeException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Documents of a data stream, drawn at random from slices of a period: each stands for as many as
/// its slice has for each that was drawn, so that a burst counts by its size and not by its place.
final class LineSample {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SLICES = 20;
  private static final List<String> OWNERS =
      List.of("deployment", "statefulset", "daemonset", "cronjob", "job", "replicaset");

  private final Elastic elastic;
  private final String dataStream;
  private final String namespace;

  /// @param owner what kind of workload owns the pod, such as `deployment`; empty for none known
  /// @param workload its name; where none is known, that of the container
  /// @param weight how many documents it stands for
  record Line(
      String namespace,
      String owner,
      String workload,
      String container,
      boolean stderr,
      Level level,
      String message,
      String pattern,
      double weight) {

    /// Bytes of text that it stands for.
    double weightedBytes() {
      return weight * message.getBytes(StandardCharsets.UTF_8).length;
    }
  }

  /// What was drawn, and of how many.
  record Drawn(long documents, List<Line> lines) {}

  /// @param namespace of the pods; empty for all
  LineSample(Elastic elastic, String dataStream, String namespace) {
    this.elastic = elastic;
    this.dataStream = dataStream;
    this.namespace = namespace;
  }

  /// Draws about `most` documents.
  ///
  /// @throws IOException when no server answers, or one refuses
  Drawn draw(long toEpochMillis, Duration period, int most) throws IOException {
    long documents = 0;
    List<Line> lines = new ArrayList<>();
    long fromEpochMillis = toEpochMillis - period.toMillis();
    for (int slice = 0; slice < SLICES; slice++) {
      JsonNode hits =
          search(
              fromEpochMillis + period.toMillis() * slice / SLICES,
              fromEpochMillis + period.toMillis() * (slice + 1) / SLICES,
              Math.max(1, most / SLICES));
      long total = hits.at("/total/value").asLong();
      documents += total;
      JsonNode drawn = hits.path("hits");
      for (JsonNode hit : drawn) {
        lines.add(line(hit.path("_source"), (double) total / drawn.size()));
      }
    }
    return new Drawn(documents, lines);
  }

  private JsonNode search(long fromEpochMillis, long toEpochMillis, int most) throws IOException {
    String path =
        "/"
            + URLEncoder.encode(dataStream, StandardCharsets.UTF_8)
            + "/_search?filter_path=hits.total.value,hits.hits._source";
    int wanted = most;
    while (true) {
      byte[] body = JSON.writeValueAsBytes(request(fromEpochMillis, toEpochMillis, wanted));
      try {
        Elastic.Response reply = elastic.request("POST", path, body);
        if (!reply.ok()) {
          throw reply.refused("POST " + path);
        }
        JsonNode hits = JSON.readTree(reply.body()).path("hits");
        if (!hits.at("/total/value").isNumber()) {
          throw new IOException(
              "POST "
                  + path
                  + " was not answered as Elasticsearch does; elasticsearch.urls may name another"
                  + " server");
        }
        return hits;
      } catch (ReplyTooLargeException e) {
        if (wanted == 1) {
          throw e;
        }
        wanted /= 2;
      }
    }
  }

  private ObjectNode request(long fromEpochMillis, long toEpochMillis, int wanted) {
    ObjectNode request = JSON.createObjectNode();
    request.put("size", wanted);
    request.put("track_total_hits", true);
    var source = request.putArray("_source");
    List.of("message", "stream", "log.level", "kubernetes.namespace", "kubernetes.pod.name")
        .forEach(source::add);
    source.add("kubernetes.container.name");
    OWNERS.forEach(owner -> source.add("kubernetes." + owner + ".name"));
    ObjectNode score = request.putObject("query").putObject("function_score");
    var filter = score.putObject("query").putObject("bool").putArray("filter");
    filter
        .addObject()
        .putObject("range")
        .putObject("@timestamp")
        .put("gte", fromEpochMillis)
        .put("lt", toEpochMillis)
        .put("format", "epoch_millis");
    if (!namespace.isEmpty()) {
      filter.addObject().putObject("term").put("kubernetes.namespace", namespace);
    }
    score.putObject("random_score").put("seed", fromEpochMillis).put("field", "_seq_no");
    return request;
  }

  private static Line line(JsonNode source, double weight) {
    JsonNode kubernetes = source.path("kubernetes");
    String container = kubernetes.at("/container/name").asText("");
    String owner = "";
    String workload = container;
    for (String kind : OWNERS) {
      String name = kubernetes.path(kind).path("name").asText("");
      if (!name.isEmpty()) {
        owner = kind;
        workload = name;
        break;
      }
    }
    String message = source.path("message").asText("");
    return new Line(
        kubernetes.path("namespace").asText(""),
        owner,
        workload,
        container,
        source.path("stream").asText("").equals("stderr"),
        level(source.at("/log/level").asText("none")),
        message,
        pattern(message, kubernetes.at("/pod/name").asText("")),
        weight);
  }

  private static Level level(String name) {
    for (Level level : Level.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(name)) {
        return level;
      }
    }
    return Level.NONE;
  }

  /// Of a JSON body without a message its members' names, else the text with `#` for what changes.
  private static String pattern(String message, String pod) {
    if (message.startsWith("{")) {
      try {
        List<String> names = new ArrayList<>();
        JSON.readTree(message).fieldNames().forEachRemaining(names::add);
        return "{" + String.join(", ", names) + "}";
      } catch (IOException notJson) {
        // It is text that begins with a brace.
      }
    }
    return MessagePattern.of(message, pod);
  }
}
