package dev.longshore.testkit;

import dev.longshore.shared.net.FailureText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The agent as a process of its own, with the class path and the JVM flags that users get.
public final class AgentProcess implements AutoCloseable {
  private static final String NAME = "agent";

  private final ProductProcess process;
  private final URI ops;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private AgentProcess(ProductProcess process, URI ops) {
    this.process = process;
    this.ops = ops;
  }

  /// Starts `agent --config <config>`.
  ///
  /// @see #start(Path, Path, URI, List, List, Map)
  public static AgentProcess start(
      Path config, Path log, URI ops, List<String> prefix, Map<String, String> environment)
      throws IOException {
    return start(config, log, ops, prefix, List.of(), environment);
  }

  /// The options with which the agent uses its AOT cache; none where there is no cache of it.
  public static List<String> withAotCache() throws IOException {
    return ProductProcess.withAotCache(NAME);
  }

  /// Where the build puts the agent's AOT cache: classes that are loaded and linked already, and
  /// what the JVM learnt of their methods.
  public static Path aotCache() {
    return ProductProcess.aotCache(NAME);
  }

  /// The memory limit of the chart's container, from which the agent's flags take the heap.
  public static final String MEMORY = "-XX:MaxRAM=320m";

  /// Starts `agent --config <config>`, with the AOT cache that the build made, if it did.
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
    List<String> options = new ArrayList<>(List.of(MEMORY));
    options.addAll(jvmOptions);
    return new AgentProcess(
        ProductProcess.start(NAME, config, log, prefix, options, environment), ops);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Its log so far.
  public String log() {
    return process.log();
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
    return process.terminate(within);
  }

  /// Waits until it ends.
  ///
  /// @return the exit code
  /// @throws IOException when it is not gone in time; it is killed then
  public int awaitEnd(Duration within) throws IOException {
    return process.awaitEnd(within);
  }

  /// Sends SIGKILL and waits until it is gone.
  public void kill() {
    process.kill();
    http.close();
  }

  @Override
  public void close() {
    kill();
  }
}
