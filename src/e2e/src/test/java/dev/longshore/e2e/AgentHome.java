package dev.longshore.e2e;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A folder with the configuration, the buffer and the log of an agent that is started, ended and
/// started again.
final class AgentHome {
  private final Path config;
  private final Path log;
  private final URI ops;

  /// @param yaml the configuration, without `buffer` and `ops`
  AgentHome(Path folder, String yaml) throws IOException {
    int port = FreePorts.one();
    this.config = folder.resolve("agent.yaml");
    this.log = folder.resolve("agent.log");
    this.ops = URI.create("http://127.0.0.1:" + port);
    Files.writeString(
        config,
        yaml
            + """
            buffer:
              dir: "%s"
              minFree: 64MiB
            ops:
              listen: "127.0.0.1:%d"
            """
                .formatted(folder.resolve("buffer"), port));
  }

  /// Where its `ops.listen` is reached.
  URI ops() {
    return ops;
  }

  AgentProcess start() throws IOException {
    return start(List.of());
  }

  /// @param prefix command under which it runs
  AgentProcess start(List<String> prefix) throws IOException {
    return AgentProcess.start(config, log, ops, prefix, Map.of());
  }

  /// @param prefix command under which it runs
  /// @param jvmOptions on top of the agent's own
  AgentProcess start(List<String> prefix, List<String> jvmOptions) throws IOException {
    return AgentProcess.start(config, log, ops, prefix, jvmOptions, Map.of());
  }

  /// @param environment variables of the process, on top of this one's
  AgentProcess start(Map<String, String> environment) throws IOException {
    return AgentProcess.start(config, log, ops, List.of(), environment);
  }
}
