package dev.longshore.alerting.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.net.ssl.SSLException;

/// Alerting as it runs somewhere, asked by its HTTP API.
///
/// @param url where its API is reached, with its prefix, for example `http://127.0.0.1:9093`
/// @param http who asks, and whom it trusts
record Server(URI url, HttpConfigFile http) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// @param pathAndQuery begins with a slash
  /// @throws IOException when it does not answer, or with an error; the message says which
  JsonNode get(String pathAndQuery) throws IOException, InterruptedException {
    return ask(request(pathAndQuery).GET().build());
  }

  /// @throws IOException as [#get]
  JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return ask(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    String base = url.toString();
    return http.request(
            URI.create(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + pathAndQuery))
        .timeout(TIMEOUT);
  }

  private JsonNode ask(HttpRequest request) throws IOException, InterruptedException {
    try (HttpClient client = http.client()) {
      HttpResponse<String> reply = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (reply.statusCode() != 200) {
        throw new IOException(
            reply.statusCode() == 400
                ? reply.body().strip()
                : request.uri()
                    + " answers "
                    + reply.statusCode()
                    + ": "
                    + reply.body().strip()
                    + HttpConfigFile.hint(reply.statusCode()));
      }
      return new ObjectMapper().readTree(reply.body());
    } catch (SSLException e) {
      throw new IOException(
          url
              + ": "
              + FailureText.of(e)
              + "; say whom to trust with tls_config in "
              + HttpConfigFile.OPTION
              + " FILE",
          e);
    } catch (ConnectException e) {
      throw new IOException(
          "nobody answers at " + url + "; name the address of alerting with --url http://HOST:PORT",
          e);
    }
  }
}
