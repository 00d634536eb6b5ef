package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.AlertingProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Promise: a product one of whose threads dies does not go on without it. The process ends with
/// exit code 70, and one JSON line names the thread and the reason.
final class ThreadFaultE2E {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path dir;

  @Test
  void alertingEndsWhenItsLoopDies() throws Exception {
    ThreadFault fault = new ThreadFault(dir, "alerting");
    try (AlertingHome home = new AlertingHome(dir);
        AlertingProcess alerting =
            home.launch(URI.create("http://127.0.0.1:9"), "", fault.jvmOptions()).awaitReady()) {
      fault.strike();

      assertThat(alerting.awaitEnd(PATIENCE)).isEqualTo(Supervisor.EXIT_CODE);
      assertThatOneLineTells(alerting.log(), "alerting");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "ship"})
  void theAgentEndsWhenAThreadOfItsPathDies(String thread) throws Exception {
    ThreadFault fault = new ThreadFault(dir, thread);
    AgentHome home =
        new AgentHome(
            dir,
            """
            tail: {paths: ["%s/pods/*/*/*.log"]}
            kubernetes: {enabled: false}
            elasticsearch: {urls: ["http://127.0.0.1:9"]}
            """
                .formatted(dir));
    try (AgentProcess agent = home.start(List.of(), fault.jvmOptions())) {
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(agent.get("/healthz")).isNotNull());
      fault.strike();

      assertThat(agent.awaitEnd(PATIENCE)).isEqualTo(Supervisor.EXIT_CODE);
      assertThatOneLineTells(agent.log(), thread);
    }
  }

  private static void assertThatOneLineTells(String log, String thread) throws IOException {
    List<JsonNode> failures = new ArrayList<>();
    for (String line : log.lines().toList()) {
      JsonNode it = JSON.readTree(line);
      if (it.path("message").asText().equals("a supervised thread failed; the process exits")) {
        failures.add(it);
      }
    }
    assertThat(failures).hasSize(1);
    JsonNode failure = failures.getFirst();
    assertThat(failure.path("log.level").asText()).isEqualTo("error");
    assertThat(failure.path("thread").asText()).isEqualTo(thread);
    assertThat(failure.path("reason").asText())
        .isEqualTo("java.lang.InternalError: " + ThreadFault.REASON);
    assertThat(failure.path("exitCode").asInt()).isEqualTo(70);
    assertThat(log.lines().toList().getLast()).contains("a supervised thread failed");
  }
}
