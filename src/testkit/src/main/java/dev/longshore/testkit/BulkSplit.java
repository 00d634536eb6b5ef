package dev.longshore.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.testkit.NetworkFault.ItemJudge;
import dev.longshore.testkit.NetworkFault.ItemRefusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// A bulk request from which items were taken out, and the answer for all of them: those that were
/// taken out have failed, the others are what Elasticsearch says of them.
final class BulkSplit {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<@Nullable ItemRefusal> refusals = new ArrayList<>();
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private int passed;

  private BulkSplit() {}

  /// @param path of the request, which names the data stream
  static BulkSplit of(String path, HttpMessage request, ItemJudge judge) throws IOException {
    byte[] body = request.body();
    if ("gzip".equals(request.header("Content-Encoding"))) {
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    int slash = path.indexOf('/', 1);
    String dataStream = path.startsWith("/_bulk") || slash < 0 ? "" : path.substring(1, slash);
    BulkSplit split = new BulkSplit();
    int at = 0;
    while (at < body.length) {
      int action = end(body, at);
      int document = end(body, action);
      BulkSink.Item item =
          new BulkSink.Item(dataStream, text(body, at, action), text(body, action, document));
      ItemRefusal refusal = judge.refusal(item);
      split.refusals.add(refusal);
      if (refusal == null) {
        split.rest.write(body, at, document - at);
        split.passed++;
      }
      at = document;
    }
    return split;
  }

  private static int end(byte[] body, int from) {
    int at = from;
    while (at < body.length && body[at] != '\n') {
      at++;
    }
    return Math.min(body.length, at + 1);
  }

  private static String text(byte[] body, int from, int to) {
    return new String(body, from, to - from, StandardCharsets.UTF_8);
  }

  /// How many items are passed on.
  int passed() {
    return passed;
  }

  /// How many were taken out.
  int refused() {
    return refusals.size() - passed;
  }

  /// The request without them.
  HttpMessage rest(HttpMessage request) {
    List<String> headers =
        request.headers().stream()
            .filter(it -> !it.regionMatches(true, 0, "Content-Encoding:", 0, 17))
            .toList();
    return new HttpMessage(request.start(), headers, rest.toByteArray());
  }

  /// The answer when nothing was passed on.
  HttpMessage answerAlone() throws IOException {
    ObjectNode whole = JSON.createObjectNode();
    whole.put("errors", true);
    merge(whole.putArray("items"), JSON.createArrayNode());
    return HttpMessage.answer(
        200,
        java.util.Map.of("Content-Type", "application/json", "X-elastic-product", "Elasticsearch"),
        JSON.writeValueAsBytes(whole));
  }

  /// The answer for all, from the one for the rest. What is no answer item by item is given as it
  /// is: nothing of the request was indexed then.
  HttpMessage merged(HttpMessage answer) throws IOException {
    if (!answer.start().contains(" 200 ")) {
      return answer;
    }
    JsonNode theirs = JSON.readTree(answer.body());
    if (!(theirs instanceof ObjectNode whole) || !(theirs.get("items") instanceof ArrayNode some)) {
      return answer;
    }
    ArrayNode all = JSON.createArrayNode();
    merge(all, some);
    if (refused() > 0) {
      whole.put("errors", true);
    }
    whole.set("items", all);
    return answer.withBody(JSON.writeValueAsBytes(whole));
  }

  private void merge(ArrayNode all, ArrayNode some) {
    int next = 0;
    for (ItemRefusal refusal : refusals) {
      if (refusal == null) {
        all.add(some.path(next++));
        continue;
      }
      ObjectNode create = all.addObject().putObject("create");
      create.put("status", refusal.status());
      ObjectNode error = create.putObject("error");
      error.put("type", refusal.type());
      error.put("reason", refusal.reason());
    }
  }
}
