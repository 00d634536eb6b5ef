package dev.longshore.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Asks OSV's API for all advisories about packages of Maven, of any version, so that the list also
/// knows what a library that is taken back to an older version would bring.
final class OsvClient {
  /// How many packages a request may name.
  private static final int PACKAGES_PER_REQUEST = 1000;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(15)).build();
  private final URI server;

  OsvClient(URI server) {
    this.server = server;
  }

  /// @param packages such as `org.slf4j:slf4j-api`
  /// @throws IOException when the API does not answer; nothing is given in part
  ArrayNode advisories(Collection<String> packages) throws IOException, InterruptedException {
    ArrayNode advisories = json.createArrayNode();
    for (String id : ids(List.copyOf(new TreeSet<>(packages)))) {
      JsonNode advisory = send(HttpRequest.newBuilder(server.resolve("/v1/vulns/" + id)));
      if (!advisory.has("withdrawn")) {
        advisories.add(shortened(advisory, packages));
      }
    }
    return advisories;
  }

  private Set<String> ids(List<String> packages) throws IOException, InterruptedException {
    Set<String> ids = new TreeSet<>();
    ArrayNode queries = json.createArrayNode();
    for (String name : packages) {
      queries.addObject().putObject("package").put("ecosystem", "Maven").put("name", name);
    }
    while (!queries.isEmpty()) {
      ArrayNode now = json.createArrayNode();
      while (!queries.isEmpty() && now.size() < PACKAGES_PER_REQUEST) {
        now.add(queries.remove(0));
      }
      String body = json.createObjectNode().set("queries", now).toString();
      JsonNode results =
          send(HttpRequest.newBuilder(server.resolve("/v1/querybatch"))
                  .POST(HttpRequest.BodyPublishers.ofString(body)))
              .path("results");
      if (results.size() != now.size()) {
        throw new IOException(
            "%s answers %d packages with %d results".formatted(server, now.size(), results.size()));
      }
      for (int i = 0; i < results.size(); i++) {
        results.get(i).path("vulns").forEach(it -> ids.add(it.path("id").asText()));
        JsonNode next = results.get(i).path("next_page_token");
        if (next.isTextual()) {
          queries.add(now.get(i).<ObjectNode>deepCopy().put("page_token", next.asText()));
        }
      }
    }
    return ids;
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answers %d".formatted(response.request().uri(), response.statusCode()));
    }
    return json.readTree(response.body());
  }

  /// What the comparison needs, and what a person asks first.
  private ObjectNode shortened(JsonNode advisory, Collection<String> packages) {
    ObjectNode kept = json.createObjectNode();
    for (String key : List.of("id", "modified", "aliases", "summary")) {
      if (advisory.has(key)) {
        kept.set(key, advisory.get(key));
      }
    }
    ArrayNode affected = kept.putArray("affected");
    for (JsonNode one : advisory.path("affected")) {
      if (packages.contains(one.at("/package/name").asText())) {
        ObjectNode here = affected.addObject();
        here.putObject("package")
            .put("ecosystem", one.at("/package/ecosystem").asText())
            .put("name", one.at("/package/name").asText());
        // The versions are those of the ranges once more, where there are ranges.
        String key = one.path("ranges").isEmpty() ? "versions" : "ranges";
        here.set(key, one.path(key));
      }
    }
    return kept;
  }
}
