package dev.longshore.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.AgentProcess;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// What the running agent says of itself on `/status`.
final class AgentView {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode status;

  private AgentView(JsonNode status) {
    this.status = status;
  }

  static AgentView of(AgentProcess agent) throws IOException {
    return new AgentView(JSON.readTree(agent.get("/status")));
  }

  /// One container's totals.
  record Totals(
      long read,
      long indexed,
      long duplicate,
      long deadLettered,
      long lostBytes,
      long buffered,
      long lagBytes) {
    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0);
  }

  /// The totals by pod name.
  Map<String, Totals> totals() {
    Map<String, Totals> totals = new HashMap<>();
    for (JsonNode it : status.path("containers")) {
      totals.put(
          it.path("pod").asText(),
          new Totals(
              it.path("read").asLong(),
              it.path("indexed").asLong(),
              it.path("duplicate").asLong(),
              it.path("deadLettered").asLong(),
              it.path("lostBytes").asLong(),
              it.path("buffered").asLong(),
              it.path("lagBytes").asLong()));
    }
    return totals;
  }
}
