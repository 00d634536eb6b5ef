package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.BulkSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A log or a folder of logs that the agent may not read is named where people look, holds nothing
/// else up, and is read once it may be. Root may read everything, so the agent runs without that
/// right.
final class UnreadableE2E {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void aFileIsNamedAndReadOnceItMayBe() throws Exception {
    Path secret = log("vault-0", "2026-11-23T05:48:55.000000001Z stdout F was secret\n");
    isNamedAndReadOnceItMayBe(secret, "a log can't be opened", "rw-------");
  }

  @Test
  void aFolderIsNamedAndReadOnceItMayBe() throws Exception {
    Path secret = log("vault-0", "2026-11-23T05:48:55.000000001Z stdout F was secret\n");
    isNamedAndReadOnceItMayBe(
        Objects.requireNonNull(secret.getParent()), "cannot list directory", "rwx------");
  }

  private void isNamedAndReadOnceItMayBe(Path secret, String warning, String readable)
      throws Exception {
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    log("checkout-7d9f", "2026-11-23T05:48:55.000000002Z stdout F readable\n");
    try (BulkSink sink = BulkSink.counting()) {
      AgentHome home =
          new AgentHome(
              folder,
              """
              tail:
                paths: ["%s/pods/*/*/*.log"]
                rescanInterval: 1s
              kubernetes:
                enabled: false
              elasticsearch:
                urls: ["%s"]
              """
                  .formatted(folder, sink.url()));
      try (AgentProcess agent = home.start(withoutTheRightToReadEverything())) {
        await()
            .ignoreExceptionsInstanceOf(IOException.class)
            .atMost(SOON)
            .untilAsserted(
                () -> {
                  assertThat(container(agent, "checkout-7d9f").path("indexed").asLong())
                      .isEqualTo(1);
                  JsonNode file = container(agent, "vault-0").path("files").path(0);
                  assertThat(file.path("state").asText()).isEqualTo("unreadable");
                  assertThat(file.path("waiting").asText()).contains("Permission denied");
                  assertThat(file.path("path").asText()).isEqualTo(secret.toString());
                });
        assertThat(agent.get("/metrics")).contains("longshore_agent_tail_unreadable_files 1.0");
        assertThat(
                CommandLine.longshore(
                        Duration.ofSeconds(60),
                        Map.of(),
                        "agent",
                        "explain",
                        "shop/vault-0",
                        "--url",
                        home.ops().toString())
                    .output())
            .contains(secret.toString(), "unreadable", "Permission denied");

        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(readable));

        await()
            .ignoreExceptionsInstanceOf(IOException.class)
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThat(container(agent, "vault-0").path("indexed").asLong()).isEqualTo(1));
        assertThat(agent.get("/metrics")).contains("longshore_agent_tail_unreadable_files 0.0");
        assertThat(agent.terminate(Duration.ofSeconds(30))).isZero();
        assertThat(agent.log()).contains(warning, secret.toString());
      }
    }
  }

  private static List<String> withoutTheRightToReadEverything() {
    return Files.isReadable(Path.of("/etc/shadow"))
        ? List.of(
            "setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search",
            "--inh-caps",
            "-dac_override,-dac_read_search")
        : List.of();
  }

  private Path log(String pod, String line) throws IOException {
    Path container = folder.resolve("pods/shop_" + pod + "_0a1b/app");
    Files.createDirectories(container);
    return Files.writeString(container.resolve("0.log"), line);
  }

  private static JsonNode container(AgentProcess agent, String pod) throws IOException {
    for (JsonNode container :
        new ObjectMapper().readTree(agent.get("/status")).path("containers")) {
      if (container.path("pod").asText().equals(pod)) {
        return container;
      }
    }
    throw new IOException("no container of " + pod + " yet");
  }
}
