package dev.longshore.agent.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.net.FailureText;
import dev.longshore.shared.web.HttpConfigFile;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.net.ssl.SSLException;

/// Reads the page `/status` of a running agent.
public final class StatusClient {
  private final URI ops;
  private final HttpConfigFile http;

  /// @param ops where the agent's `ops.listen` is reached, for example `http://127.0.0.1:9600`
  /// @param http who asks, and whom it trusts
  public StatusClient(URI ops, HttpConfigFile http) {
    this.ops = ops;
    this.http = http;
  }

  /// The page as it is now.
  ///
  /// @throws IOException when the agent does not answer; the message says where it was asked
  public JsonNode read() throws IOException, InterruptedException {
    URI page = ops.resolve("/status");
    try (HttpClient client = http.client()) {
      var reply =
          client.send(
              http.request(page).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (reply.statusCode() != 200) {
        throw new IOException(
            page + " answers " + reply.statusCode() + HttpConfigFile.hint(reply.statusCode()));
      }
      return new ObjectMapper().readTree(reply.body());
    } catch (SSLException e) {
      throw new IOException(
          ops
              + ": "
              + FailureText.of(e)
              + "; say whom to trust with tls_config in "
              + HttpConfigFile.OPTION
              + " FILE",
          e);
    } catch (ConnectException e) {
      throw new IOException(
          "no agent answers at " + ops + "; name its address with --url http://HOST:PORT", e);
    }
  }
}
