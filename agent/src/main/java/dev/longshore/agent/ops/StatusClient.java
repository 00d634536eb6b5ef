package dev.longshore.agent.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// Reads the page `/status` of a running agent.
public final class StatusClient {
  private final URI ops;

  /// @param ops where the agent's `ops.listen` is reached, for example `http://127.0.0.1:9600`
  public StatusClient(URI ops) {
    this.ops = ops;
  }

  /// The page as it is now.
  ///
  /// @throws IOException when the agent does not answer; the message says where it was asked
  public JsonNode read() throws IOException, InterruptedException {
    URI page = ops.resolve("/status");
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
      var reply =
          http.send(
              HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (reply.statusCode() != 200) {
        throw new IOException(page + " answers " + reply.statusCode());
      }
      return new ObjectMapper().readTree(reply.body());
    } catch (ConnectException e) {
      throw new IOException(
          "no agent answers at " + ops + "; name its address with --url http://HOST:PORT", e);
    }
  }
}
