package dev.longshore.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The agent as users run it, between a corpus of logs with its pods in an API server, and a sink:
/// all that a measurement or a training run needs.
final class Rig implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(30);

  /// Making an AOT cache takes the agent some seconds at its end.
  private static final Duration END_LIMIT = Duration.ofMinutes(2);

  private final Path folder;
  private final Path kubeconfig;
  private final PodServer pods = new PodServer();
  private final LogCorpus corpus;

  /// Writes the corpus.
  ///
  /// @param folder everything lies in it; emptied first
  Rig(Path folder, long lines) throws IOException {
    this.folder = folder;
    Trees.delete(folder);
    Files.createDirectories(folder);
    Map<String, String> podUids = new HashMap<>();
    for (String container : LogCorpus.CONTAINERS) {
      podUids.put(container, pods.create(BenchPods.of(container)));
    }
    kubeconfig = folder.resolve("kubeconfig");
    pods.writeKubeconfig(kubeconfig);
    corpus = new LogCorpus(folder.resolve("pods"), lines, podUids);
    corpus.write();
  }

  LogCorpus corpus() {
    return corpus;
  }

  /// What shipping the corpus took.
  ///
  /// @param cost of the whole agent process, from its start until the last record was acknowledged
  /// @param seconds wall time of the same
  record Run(ProcessCost cost, double seconds) {}

  /// Ships the corpus with a new agent that has an empty buffer.
  ///
  /// @param jvmOptions on top of the agent's own; with none, the AOT cache of the build is used
  /// @throws IOException when the agent ends early, takes too long, or indexes a wrong number
  Run ship(List<String> jvmOptions) throws IOException {
    try (SinkProcess sink = SinkProcess.start(folder.resolve("sink.log"))) {
      return ship(sink.url(), jvmOptions);
    }
  }

  /// Ships the corpus with a new agent that has an empty buffer.
  ///
  /// @param elasticsearch where to
  /// @param jvmOptions as above
  /// @throws IOException as above
  Run ship(URI elasticsearch, List<String> jvmOptions) throws IOException {
    Trees.delete(folder.resolve("buffer"));
    int opsPort = FreePorts.one();
    URI ops = URI.create("http://127.0.0.1:" + opsPort);
    Path config = folder.resolve("agent.yaml");
    Path log = folder.resolve("agent.log");
    Files.writeString(config, configuration(elasticsearch, opsPort));
    long started = System.nanoTime();
    try (AgentProcess agent =
        jvmOptions.isEmpty()
            ? AgentProcess.start(config, log, ops, List.of(), Map.of())
            : AgentProcess.start(config, log, ops, List.of(), jvmOptions, Map.of())) {
      ProcessCost cost = untilIndexed(agent);
      double seconds = (System.nanoTime() - started) / 1e9;
      agent.terminate(END_LIMIT);
      return new Run(cost, seconds);
    }
  }

  private String configuration(URI elasticsearch, int opsPort) {
    return """
        node:
          name: %s
        cluster:
          name: bench
        tail:
          paths: ["%s/*/*/*.log"]
        kubernetes:
          kubeconfig: "%s"
        buffer:
          dir: "%s"
        elasticsearch:
          urls: ["%s"]
        ops:
          listen: "127.0.0.1:%d"
        """
        .formatted(
            BenchPods.NODE,
            folder.resolve("pods"),
            kubeconfig,
            folder.resolve("buffer"),
            elasticsearch,
            opsPort);
  }

  private ProcessCost untilIndexed(AgentProcess agent) throws IOException {
    ObjectMapper json = new ObjectMapper(new JsonFactory());
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      if (!agent.isAlive()) {
        throw new IOException("the agent ended:\n" + agent.log());
      }
      long indexed = 0;
      try {
        for (JsonNode container : json.readTree(agent.get("/status")).path("containers")) {
          indexed += container.path("indexed").asLong();
        }
      } catch (IOException e) {
        // Not listening yet; isAlive above tells a start that failed.
        indexed = 0;
      }
      if (indexed == corpus.records()) {
        return ProcessCost.of(agent.pid());
      }
      if (indexed > corpus.records()) {
        throw new IOException(
            indexed + " records were indexed, and only " + corpus.records() + " written");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
    throw new IOException("not done after " + LIMIT + ":\n" + agent.log());
  }

  @Override
  public void close() throws IOException {
    pods.close();
    Trees.delete(folder);
  }
}
