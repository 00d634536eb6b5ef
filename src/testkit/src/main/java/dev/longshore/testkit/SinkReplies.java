package dev.longshore.testkit;

import dev.longshore.testkit.BulkSink.BulkRequest;
import dev.longshore.testkit.BulkSink.Item;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Turns requests to a [BulkSink] into HTTP answers, in the form that Elasticsearch gives them.
final class SinkReplies {
  private static final String NO_DOCUMENT = "{\"found\":false}";
  private static final String NO_INDEX =
      "{\"error\":{\"type\":\"index_not_found_exception\",\"reason\":\"no such index\"},\"status\":404}";

  /// What a server says of an index for which nothing is set.
  private static final String REFRESH_INTERVAL =
      "{\".ds-logs-2026.11.23-000001\":{\"settings\":{},\"defaults\":{\"index.refresh_interval\":\"1s\"}}}";

  private static final String JSON = "application/json";
  private static final String CREATED = "{\"create\":{\"status\":201}}";

  private SinkReplies() {}

  /// What happens to the connection.
  enum End {
    KEEP,
    CLOSE,
    RESET
  }

  /// @param delay how long the answer is held back
  /// @param bytes the HTTP answer; empty when there is none
  record Reply(Duration delay, byte[] bytes, End end) {}

  static Reply to(BulkSink sink, String requestLine, byte[] body, long bodyBytes, int items) {
    String[] words = requestLine.split(" ", -1);
    String method = words[0];
    String target = words.length > 1 ? words[1] : "/";
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (!path.endsWith("/_bulk")) {
      sink.call(method + " " + path);
      return keep(other(method, path));
    }
    String dataStream = path.substring(1, Math.max(1, path.length() - 6));
    List<Item> content = sink.keepsContent() ? items(dataStream, body) : List.of();
    BulkRequest request = new BulkRequest(dataStream, items, bodyBytes, content);
    boolean names = query >= 0 && target.contains("items.*._index");
    return reply(sink, request, sink.decide(request), names);
  }

  private static Reply reply(BulkSink sink, BulkRequest request, SinkAnswer answer, boolean names) {
    return switch (answer) {
      case SinkAnswer.Success success -> {
        int[] statuses = new int[request.items()];
        Arrays.fill(statuses, 201);
        yield keep(items(sink.take(request, statuses), request, names));
      }
      case SinkAnswer.Items told -> {
        int[] statuses = new int[request.items()];
        for (int i = 0; i < statuses.length; i++) {
          statuses[i] = told.statuses().get(i % told.statuses().size());
        }
        yield keep(items(sink.take(request, statuses), request, names));
      }
      case SinkAnswer.Refusal refusal ->
          keep(
              http(
                  refusal.status(),
                  JSON,
                  refusal.headers(),
                  ("{\"error\":{\"type\":\""
                          + refusal.type()
                          + "\",\"reason\":\""
                          + refusal.reason()
                          + "\"},\"status\":"
                          + refusal.status()
                          + "}")
                      .getBytes(StandardCharsets.UTF_8)));
      case SinkAnswer.Text text ->
          keep(
              http(
                  text.status(),
                  text.contentType(),
                  Map.of(),
                  text.body().getBytes(StandardCharsets.UTF_8)));
      case SinkAnswer.Reset reset -> new Reply(Duration.ZERO, new byte[0], End.RESET);
      case SinkAnswer.Swallow swallow -> {
        int[] statuses = new int[request.items()];
        Arrays.fill(statuses, 201);
        sink.take(request, statuses);
        yield new Reply(Duration.ZERO, new byte[0], End.CLOSE);
      }
      case SinkAnswer.Delayed delayed -> {
        Reply then = reply(sink, request, delayed.then(), names);
        yield new Reply(delayed.delay().plus(then.delay()), then.bytes(), then.end());
      }
    };
  }

  private static Reply keep(byte[] bytes) {
    return new Reply(Duration.ZERO, bytes, End.KEEP);
  }

  private static byte[] items(int[] statuses, BulkRequest request, boolean names) {
    boolean errors = false;
    StringBuilder json = new StringBuilder(64 + statuses.length * (CREATED.length() + 1));
    for (int status : statuses) {
      errors |= status >= 300;
      json.append(json.isEmpty() ? "" : ",");
      if (status == 201 && !names) {
        json.append(CREATED);
        continue;
      }
      json.append("{\"create\":{");
      if (names) {
        json.append("\"_index\":\".ds-").append(request.dataStream()).append("-000001\",");
      }
      json.append("\"status\":").append(status);
      if (status >= 300) {
        json.append(",\"error\":{\"type\":\"")
            .append(type(status))
            .append("\",\"reason\":\"the sink was told to\"}");
      }
      json.append("}}");
    }
    String whole = "{\"errors\":" + errors + ",\"items\":[" + json + "]}";
    return http(200, JSON, Map.of(), whole.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String type(int status) {
    return switch (status) {
      case 400 -> "document_parsing_exception";
      case 403 -> "cluster_block_exception";
      case 409 -> "version_conflict_engine_exception";
      case 429 -> "es_rejected_execution_exception";
      case 503 -> "unavailable_shards_exception";
      default -> "exception";
    };
  }

  private static byte[] other(String method, String path) {
    if (path.contains("/_settings/index.refresh_interval")) {
      return http(200, JSON, Map.of(), REFRESH_INTERVAL.getBytes(StandardCharsets.ISO_8859_1));
    }
    boolean absent =
        method.equals("GET")
            && (path.contains("/_doc/")
                || path.startsWith("/_index_template/")
                || path.contains("/_settings"));
    String body =
        !absent ? "{\"acknowledged\":true}" : path.contains("/_settings") ? NO_INDEX : NO_DOCUMENT;
    return http(absent ? 404 : 200, JSON, Map.of(), body.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] http(
      int status, String contentType, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(status).append(" Told\r\n");
    if (contentType.equals(JSON)) {
      head.append("X-Elastic-Product: Elasticsearch\r\n");
    }
    head.append("Content-Type: ").append(contentType).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, whole, start.length, body.length);
    return whole;
  }

  private static List<Item> items(String dataStream, byte[] body) {
    List<Item> items = new ArrayList<>();
    String[] lines = new String(body, StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i + 1 < lines.length; i += 2) {
      items.add(new Item(dataStream, lines[i], lines[i + 1]));
    }
    return items;
  }
}
