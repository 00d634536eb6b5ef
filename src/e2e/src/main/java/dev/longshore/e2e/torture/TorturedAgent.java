package dev.longshore.e2e.torture;

import dev.longshore.testkit.AgentProcess;
import dev.longshore.testkit.ProductJava;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The agent's process: with the product's class path and JVM flags, on the run's clock, at times
/// as PID 1 of a namespace of its own, as it is in a container. One at a time.
final class TorturedAgent implements AutoCloseable {
  private final Path config;
  private final Path clock;
  private final Path log;
  private final URI ops;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private volatile @Nullable Process started;
  private volatile int run;

  TorturedAgent(Path config, Path clock, Path log, URI ops) {
    this.config = config;
    this.clock = clock;
    this.log = log;
    this.ops = ops;
  }

  /// @param alone whether it gets a PID namespace of its own
  void start(boolean alone) throws IOException {
    Path root = ProjectFolder.find();
    Path jar = root.resolve("agent/target/longshore-agent.jar");
    if (!Files.exists(jar)) {
      throw new IOException("the agent is not built; run ./longshore build");
    }
    int next = run + 1;
    List<String> command = new ArrayList<>();
    if (alone) {
      command.addAll(List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + root.resolve("agent/src/main/jvm/agent.jvmflags"));
    command.add(AgentProcess.MEMORY);
    command.addAll(ProductJava.options());
    command.addAll(AgentProcess.withAotCache());
    command.add("-XX:ErrorFile=" + log.resolveSibling("hs_err_run" + next + ".log"));
    command.add("-cp");
    command.add(jar + ":" + classes());
    command.add(SkewedAgentMain.class.getName());
    command.add(config.toString());
    command.add(clock.toString());
    run = next;
    started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  private static Path classes() {
    return Path.of(
        SkewedAgentMain.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  /// How often it was started.
  int run() {
    return run;
  }

  boolean isAlive() {
    Process process = started;
    return process != null && process.isAlive();
  }

  /// How its process ended, for a message.
  String ending() {
    Process process = started;
    return process == null || process.isAlive()
        ? "it runs"
        : "it ended with " + process.exitValue();
  }

  /// A page of its ops port.
  ///
  /// @throws IOException when it does not answer with status 200
  String get(String path) throws IOException {
    try {
      var response =
          http.send(
              HttpRequest.newBuilder(ops.resolve(path)).timeout(Duration.ofSeconds(5)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(path + " answers " + response.statusCode());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// `java` itself, not what it runs under.
  private static ProcessHandle java(Process process) {
    return process.children().findFirst().orElse(process.toHandle());
  }

  /// Sends SIGKILL and waits until it is gone.
  void kill() {
    Process process = started;
    started = null;
    if (process != null) {
      ProcessHandle java = java(process);
      java.destroyForcibly();
      java.onExit().join();
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  /// Sends SIGTERM and waits.
  ///
  /// @return the exit code; -1 when it had to be killed
  int terminate(Duration within) throws InterruptedException {
    Process process = started;
    if (process == null) {
      return -1;
    }
    java(process).destroy();
    if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      return -1;
    }
    started = null;
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
    http.close();
  }
}
