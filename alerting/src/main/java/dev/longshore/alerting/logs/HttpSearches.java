package dev.longshore.alerting.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.shared.elastic.Elastic;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.units.Durations;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Searches of a real Elasticsearch. A shard that failed, a remote cluster that was skipped, an
/// index that is not there and a search that took too long are no answers.
final class HttpSearches implements Searches {

  /// The server's own word for a rule that asks too much.
  private static final Set<String> TOO_MUCH = Set.of("too_many_buckets_exception");

  private final Elastic elastic;
  private final Duration timeout;

  HttpSearches(Elastic elastic, Duration timeout) {
    this.elastic = elastic;
    this.timeout = timeout;
  }

  @Override
  public JsonNode search(String index, ObjectNode body) throws SearchException {
    body.put("timeout", timeout.toMillis() + "ms");
    JsonNode answer =
        call(
            "/"
                + encoded(index)
                + "/_search?ignore_unavailable=true&allow_no_indices=true"
                + "&allow_partial_search_results=false",
            body);
    if (answer.path("timed_out").asBoolean()) {
      throw SearchException.unavailable(
          "a search of " + index + " was not done within " + Durations.format(timeout));
    }
    JsonNode clusters = answer.path("_clusters");
    int without = clusters.path("skipped").asInt() + clusters.path("partial").asInt();
    if (without > 0) {
      throw SearchException.unavailable(
          "%d of %d clusters did not answer for all of %s"
              .formatted(without, clusters.path("total").asInt(), index));
    }
    JsonNode shards = answer.path("_shards");
    if (!shards.has("total")) {
      throw SearchException.ofAnotherServer("the answer to a search says nothing of shards");
    }
    if (shards.path("total").asInt() == 0) {
      throw SearchException.refused(
          "there is no index, data stream or alias '"
              + index
              + "' yet; name one that is there, or a pattern that matches one");
    }
    if (shards.path("failed").asInt() > 0) {
      throw SearchException.unavailable(
          shards.path("failed").asInt()
              + " of "
              + shards.path("total").asInt()
              + " shards of "
              + index
              + " failed: "
              + reason(shards.path("failures").path(0).path("reason")));
    }
    return answer;
  }

  @Override
  public JsonNode ask(String index, String what, ObjectNode body) throws SearchException {
    return call("/" + encoded(index) + "/" + what, body);
  }

  private JsonNode call(String path, ObjectNode body) throws SearchException {
    Elastic.Response reply;
    try {
      reply = elastic.request("POST", path, JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw SearchException.refused("the search can't be written: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw SearchException.unavailable(FailureText.of(e));
    }
    JsonNode answer;
    try {
      answer = JSON.readTree(reply.body());
    } catch (IOException e) {
      throw SearchException.ofAnotherServer(
          "HTTP " + reply.status() + " with a body that is not JSON");
    }
    if (reply.ok()) {
      return answer;
    }
    JsonNode error = answer.path("error");
    String cause = "HTTP " + reply.status() + ": " + reason(error);
    boolean atFault = reply.status() == 400 || reply.status() == 404 || isTooMuch(error);
    throw atFault ? SearchException.refused(cause) : SearchException.unavailable(cause);
  }

  private static boolean isTooMuch(JsonNode error) {
    return TOO_MUCH.contains(error.path("type").asText())
        || TOO_MUCH.contains(error.path("caused_by").path("type").asText())
        || TOO_MUCH.contains(error.path("root_cause").path(0).path("type").asText());
  }

  /// What the server says went wrong, the outermost words and the innermost.
  private static String reason(JsonNode error) {
    if (error.isTextual()) {
      return error.asText();
    }
    List<String> reasons = new ArrayList<>();
    add(reasons, error.path("root_cause").path(0));
    JsonNode cause = error;
    for (int depth = 0; depth < 10 && !cause.isMissingNode(); depth++) {
      if (depth == 0 || cause.path("caused_by").isMissingNode()) {
        add(reasons, cause);
      }
      cause = cause.path("caused_by");
    }
    reasons.removeIf(it -> it.equals("all shards failed") && reasons.size() > 1);
    return reasons.isEmpty() ? "no reason given" : String.join(": ", reasons);
  }

  private static void add(List<String> reasons, JsonNode error) {
    String reason = error.path("reason").isTextual() ? error.path("reason").asText() : "";
    if (!reason.isEmpty() && !reasons.contains(reason)) {
      reasons.add(reason.length() > 500 ? reason.substring(0, 500) + "…" : reason);
    }
  }

  private static String encoded(String index) {
    List<String> parts = new ArrayList<>();
    for (String part : index.split(",", -1)) {
      parts.add(URLEncoder.encode(part, StandardCharsets.UTF_8).replace("%2A", "*"));
    }
    return String.join(",", parts);
  }
}
