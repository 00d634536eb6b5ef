package dev.longshore.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// `/status` of alerting in its pod.
final class AlertingStatus {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Supplier<String> address;

  /// @param address the pod's, now
  AlertingStatus(Supplier<String> address) {
    this.address = address;
  }

  private JsonNode read() throws IOException {
    URI page = URI.create("http://" + address.get() + ":9093/status");
    try (InputStream body = page.toURL().openStream()) {
      return JSON.readTree(body);
    }
  }

  /// Waits until a group was evaluated after an instant, and each of its rules got an answer.
  void awaitAnswered(String group, Instant after) {
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () -> {
              JsonNode found = group(read(), group);
              assertThat(found.path("lastEvaluation").asText()).as("%s", found).isNotEmpty();
              assertThat(Instant.parse(found.path("lastEvaluation").asText())).isAfter(after);
              assertThat(health(found)).as("%s", found).containsOnly("ok");
            });
  }

  /// How many rules a group has.
  int rules(String group) throws IOException {
    return group(read(), group).path("rules").size();
  }

  private static JsonNode group(JsonNode status, String name) {
    for (JsonNode group : status.path("groups")) {
      if (group.path("name").asText().equals(name)) {
        return group;
      }
    }
    throw new AssertionError("no group " + name + " in " + status);
  }

  private static List<String> health(JsonNode group) {
    List<String> found = new ArrayList<>();
    group.path("rules").forEach(it -> found.add(it.path("health").asText()));
    return found;
  }
}
