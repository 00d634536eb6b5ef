package dev.longshore.testkit;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The agent as a process of its own, with the class path and the JVM flags that users get.
public final class AgentProcess implements AutoCloseable {
  private final Process process;
  private final Path log;
  private final URI ops;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private AgentProcess(Process process, Path log, URI ops) {
    this.process = process;
    this.log = log;
    this.ops = ops;
  }

  /// Starts `agent --config <config>`, with the AOT cache that the build made, if it did.
  ///
  /// @see #start(Path, Path, URI, List, List, Map)
  public static AgentProcess start(
      Path config, Path log, URI ops, List<String> prefix, Map<String, String> environment)
      throws IOException {
    Path cache = aotCache();
    List<String> options = Files.exists(cache) ? List.of("-XX:AOTCache=" + cache) : List.of();
    return start(config, log, ops, prefix, options, environment);
  }

  /// Where the build puts the agent's AOT cache: classes that are loaded and linked already, and
  /// what the JVM learnt of their methods.
  public static Path aotCache() {
    return ProjectFolder.find().resolve("agent/target/longshore-agent.aot");
  }

  /// The memory limit of the chart's container, from which the agent's flags take the heap.
  public static final String MEMORY = "-XX:MaxRAM=320m";

  /// Starts `agent --config <config>`.
  ///
  /// @param log file to which its standard error goes, appended
  /// @param ops where the configuration's `ops.listen` is reached
  /// @param prefix command that the agent is run under, for example `setpriv …`; may be empty
  /// @param jvmOptions on top of the agent's own
  /// @param environment variables on top of this process's
  public static AgentProcess start(
      Path config,
      Path log,
      URI ops,
      List<String> prefix,
      List<String> jvmOptions,
      Map<String, String> environment)
      throws IOException {
    Path root = ProjectFolder.find();
    Path jar = root.resolve("agent/target/longshore-agent.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException("the agent is not built; run ./longshore build");
    }
    List<String> command = new ArrayList<>(prefix);
    command.add(ProductJava.command());
    command.add("@" + root.resolve("agent/src/main/jvm/agent.jvmflags"));
    command.add(MEMORY);
    command.addAll(ProductJava.options());
    command.addAll(jvmOptions);
    command.add("-jar");
    command.add(jar.toString());
    command.add("--config");
    command.add(config.toString());
    ProcessBuilder builder = new ProcessBuilder(ProductJava.ignoringInterrupts(command));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new AgentProcess(ProductJava.startChild(builder), log, ops);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Its log so far.
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The body of a page of its ops port.
  ///
  /// @param path for example `/status`
  /// @throws IOException when it does not answer with status 200
  public String get(String path) throws IOException {
    try {
      var response =
          http.send(
              HttpRequest.newBuilder(ops.resolve(path)).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode() + ", " + response.body());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw new IOException(
          "the agent does not answer at " + ops.resolve(path) + ": " + FailureText.of(e), e);
    }
  }

  /// Sends SIGTERM and waits.
  ///
  /// @return the exit code
  /// @throws IOException when it is not gone in time; it is killed then
  public int terminate(Duration within) throws IOException {
    process.destroy();
    return awaitEnd(within);
  }

  /// Waits until it ends.
  ///
  /// @return the exit code
  /// @throws IOException when it is not gone in time; it is killed then
  public int awaitEnd(Duration within) throws IOException {
    try {
      if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException("the agent did not end within " + within);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IOException("interrupted", e);
    }
    return process.exitValue();
  }

  /// Sends SIGKILL and waits until it is gone.
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
    http.close();
  }

  @Override
  public void close() {
    kill();
  }
}
