package dev.longshore.bench;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.FreePorts;
import dev.longshore.testkit.PodServer;
import dev.longshore.testkit.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// A node of a cluster in one folder: its pods in an API server, the folders of their logs, and the
/// agent over them as users run it.
final class BenchNode implements AutoCloseable {
  private final Path folder;
  private final Path kubeconfig;
  private final PodServer pods = new PodServer();
  private final Map<String, Path> logs = new LinkedHashMap<>();

  /// @param folder everything lies in it; emptied first
  /// @param containers one of a pod each
  BenchNode(Path folder, List<String> containers) throws IOException {
    this.folder = folder;
    Trees.delete(folder);
    for (String container : containers) {
      String pod = LogCorpus.podName(container);
      String uid = pods.create(BenchPods.of(container));
      Path logFolder =
          folder
              .resolve("pods")
              .resolve(LogCorpus.NAMESPACE + "_" + pod + "_" + uid)
              .resolve(container);
      logs.put(container, Files.createDirectories(logFolder).resolve("0.log"));
    }
    kubeconfig = folder.resolve("kubeconfig");
    pods.writeKubeconfig(kubeconfig);
  }

  /// Names for so many containers.
  static List<String> containers(long count) {
    List<String> names = LogCorpus.CONTAINERS;
    return LongStream.range(0, count)
        .mapToObj(i -> names.get((int) (i % names.size())) + "-" + i)
        .toList();
  }

  /// Each container's log file, which nobody has written yet.
  Map<String, Path> logs() {
    return logs;
  }

  Path folder() {
    return folder;
  }

  /// Starts a new agent that has an empty buffer.
  ///
  /// @param elasticsearch where it ships to
  /// @param keys more of the section `elasticsearch` of its configuration, as a YAML flow mapping's
  ///   members; may be empty
  /// @param prefix command that it is run under; may be empty
  /// @param jvmOptions on top of the agent's own
  AgentRun start(URI elasticsearch, String keys, List<String> prefix, List<String> jvmOptions)
      throws IOException {
    Trees.delete(folder.resolve("buffer"));
    int opsPort = FreePorts.one();
    URI ops = URI.create("http://127.0.0.1:" + opsPort);
    Path config = folder.resolve("agent.yaml");
    Path log = folder.resolve("agent.log");
    Files.writeString(config, configuration(elasticsearch, keys, opsPort));
    long started = System.nanoTime();
    AgentProcess agent = AgentProcess.start(config, log, ops, prefix, jvmOptions, Map.of());
    return new AgentRun(agent, started);
  }

  private String configuration(URI elasticsearch, String keys, int opsPort) {
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
        elasticsearch: {urls: ["%s"]%s}
        ops:
          listen: "127.0.0.1:%d"
        """
        .formatted(
            BenchPods.NODE,
            folder.resolve("pods"),
            kubeconfig,
            folder.resolve("buffer"),
            elasticsearch,
            keys.isEmpty() ? "" : ", " + keys,
            opsPort);
  }

  @Override
  public void close() throws IOException {
    pods.close();
    Trees.delete(folder);
  }
}
