package dev.longshore.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.config.AgentConfig;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.runtime.Supervisor;
import dev.longshore.testkit.BulkSink;
import dev.longshore.testkit.RecordedExit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whichever of the agent's long-lived threads meets an Error, the process ends; none dies alone.
class AgentThreadsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "read",
        "ship",
        "watermark",
        "fleet",
        "metadata-pods",
        "metadata-namespaces",
        "metadata-lookup",
        "metadata-sweep",
        "metadata-losses",
        "ops",
        "watchdog"
      })
  void anErrorInOneThreadEndsTheProcess(String thread) throws IOException {
    RecordedExit exit = new RecordedExit();
    Clock broken = new BrokenFor(thread);
    try (BulkSink sink = BulkSink.recording();
        Agent agent = Agent.of(config(sink), broken, new Supervisor(broken, exit))) {
      agent.start();

      await().atMost(SOON).until(() -> !exit.codes().isEmpty());
      assertThat(exit.codes()).containsExactly(Supervisor.EXIT_CODE);
    }
  }

  @Test
  void allThreadsEndAtAStopAndNoneOfThemEndsTheProcess() throws IOException {
    RecordedExit exit = new RecordedExit();
    try (BulkSink sink = BulkSink.recording();
        Agent agent =
            Agent.of(config(sink), Clock.system(), new Supervisor(Clock.system(), exit))) {
      agent.start();
      agent.stop();
    }
    assertThat(exit.codes()).isEmpty();
  }

  /// Kubernetes is on, so that its threads are there; nobody answers at its address.
  private AgentConfig config(BulkSink sink) throws IOException {
    Files.createDirectories(folder.resolve("pods"));
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: away
        clusters: [{name: away, cluster: {server: "http://127.0.0.1:1"}}]
        contexts: [{name: away, context: {cluster: away, user: nobody}}]
        users: [{name: nobody, user: {token: none}}]
        """);
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        node:
          name: node-1
        tail:
          paths: ["%s/pods/*/*/*.log"]
        kubernetes:
          kubeconfig: "%s"
        elasticsearch:
          urls: ["%s"]
        buffer:
          dir: "%s"
          minFree: 1MiB
        ops:
          listen: "127.0.0.1:0"
        """
            .formatted(folder, kubeconfig, sink.url(), folder.resolve("buffer")));
    return AgentConfig.load(config, Map.of());
  }

  /// The machine's clock, but for one thread, which meets an error of the JVM when it asks.
  private record BrokenFor(String thread) implements Clock {
    @Override
    public long nanoTime() {
      fail();
      return Clock.system().nanoTime();
    }

    @Override
    public long epochMillis() {
      fail();
      return Clock.system().epochMillis();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      fail();
      Clock.system().sleep(duration);
    }

    private void fail() {
      if (Thread.currentThread().getName().equals(thread)) {
        throw new InternalError("a fault occurred in an unsafe memory access operation");
      }
    }
  }
}
