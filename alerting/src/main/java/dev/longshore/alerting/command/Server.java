package dev.longshore.alerting.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.web.HttpConfigFile;
import dev.longshore.shared.web.ProductClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;

/// Alerting as it runs somewhere, asked by its HTTP API.
///
/// @param url where its API is reached, with its prefix, for example `http://127.0.0.1:9093`
/// @param http who asks, and whom it trusts
record Server(URI url, HttpConfigFile http) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// @param pathAndQuery begins with a slash
  /// @param list the member of the answer that is a list, in every answer of alerting
  /// @throws IOException when it does not answer, or with an error, or another server does; the
  ///   message says which
  JsonNode get(String pathAndQuery, String list) throws IOException, InterruptedException {
    return ask(request(pathAndQuery).GET().build(), list);
  }

  /// @throws IOException as [#get]
  JsonNode post(String path, JsonNode body, String list) throws IOException, InterruptedException {
    return ask(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        list);
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    String base = url.toString();
    return http.request(
            URI.create(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + pathAndQuery))
        .timeout(TIMEOUT);
  }

  private JsonNode ask(HttpRequest request, String list) throws IOException, InterruptedException {
    ProductClient alerting =
        new ProductClient(
            url,
            "nobody answers at",
            "name the address of alerting with --url http://HOST:PORT",
            http);
    String body = alerting.ask(request);
    try {
      JsonNode page = new ObjectMapper().readTree(body);
      if (page.path(list).isArray()) {
        return page;
      }
    } catch (JsonProcessingException e) {
      // No answer of alerting either.
    }
    throw alerting.isAnother(request, "alerting");
  }
}
