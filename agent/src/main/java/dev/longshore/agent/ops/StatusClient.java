package dev.longshore.agent.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.web.HttpConfigFile;
import dev.longshore.shared.web.ProductClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;

/// Reads the page `/status` of a running agent.
public final class StatusClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ProductClient agent;

  /// @param ops where the agent's `ops.listen` is reached, for example `http://127.0.0.1:9600`
  /// @param http who asks, and whom it trusts
  public StatusClient(URI ops, HttpConfigFile http) {
    this.agent =
        new ProductClient(
            ops, "no agent answers at", "name its address with --url http://HOST:PORT", http);
  }

  /// The page as it is now.
  ///
  /// @throws IOException when the agent does not answer, or another server does; the message says
  ///   where it was asked
  public JsonNode read() throws IOException, InterruptedException {
    HttpRequest request =
        agent.http().request(agent.base().resolve("/status")).timeout(TIMEOUT).build();
    String body = agent.ask(request);
    try {
      JsonNode page = new ObjectMapper().readTree(body);
      if (page.path("agent").isObject() && page.path("containers").isArray()) {
        return page;
      }
    } catch (JsonProcessingException e) {
      // No agent's page either.
    }
    throw agent.isAnother(request, "an agent");
  }
}
