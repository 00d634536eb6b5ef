package dev.longshore.testkit;

import dev.longshore.shared.clock.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Alerting as a process of its own, with the class path and the JVM flags that users get.
public final class AlertingProcess implements AutoCloseable {
  private static final String NAME = "alerting";
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final ProductProcess process;
  private final URI api;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private AlertingProcess(ProductProcess process, URI api) {
    this.process = process;
    this.api = api;
  }

  /// Starts `alerting --config <config>`, with the AOT cache that the build made, if it did.
  ///
  /// @param log file to which its output goes, appended
  /// @param api where the configuration's `api.listen` is reached, with `api.prefix`
  public static AlertingProcess start(Path config, Path log, URI api) throws IOException {
    return start(config, log, api, List.of());
  }

  /// The same under another command.
  ///
  /// @param prefix command that it is run under, for example `nsenter --net=…`; may be empty
  public static AlertingProcess start(Path config, Path log, URI api, List<String> prefix)
      throws IOException {
    return start(config, log, api, prefix, List.of(), Map.of());
  }

  /// Where the build puts alerting's AOT cache: classes that are loaded and linked already, and
  /// what the JVM learnt of their methods.
  public static Path aotCache() {
    return ProductProcess.aotCache(NAME);
  }

  /// Starts `alerting --config <config>`.
  ///
  /// @param jvmOptions on top of alerting's own
  /// @param environment variables on top of this process's
  public static AlertingProcess start(
      Path config, Path log, URI api, List<String> jvmOptions, Map<String, String> environment)
      throws IOException {
    return start(config, log, api, List.of(), jvmOptions, environment);
  }

  private static AlertingProcess start(
      Path config,
      Path log,
      URI api,
      List<String> prefix,
      List<String> jvmOptions,
      Map<String, String> environment)
      throws IOException {
    return new AlertingProcess(
        ProductProcess.start(NAME, config, log, prefix, jvmOptions, environment), api);
  }

  /// Waits until it serves.
  ///
  /// @throws IOException when it ends before, or takes longer than a minute; its log is in the
  ///   message
  public AlertingProcess awaitReady() throws IOException {
    Clock clock = Clock.system();
    long deadline = clock.nanoTime() + READY.toNanos();
    while (clock.nanoTime() - deadline < 0) {
      if (process.ends(BETWEEN_LOOKS)) {
        throw new IOException("alerting ended with " + process.exitValue() + ":\n" + log());
      }
      try {
        if (send("GET", "/-/ready", "").statusCode() == 200) {
          return this;
        }
      } catch (IOException e) {
        // Not yet.
      }
    }
    throw new IOException("alerting does not serve within " + READY + ":\n" + log());
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

  /// The body of a page.
  ///
  /// @throws IOException when it does not answer with status 200
  public String get(String path) throws IOException {
    return body(send("GET", path, ""), path);
  }

  /// @throws IOException when it does not answer with status 200
  public String post(String path, String json) throws IOException {
    return body(send("POST", path, json), path);
  }

  private static String body(HttpResponse<String> response, String path) throws IOException {
    if (response.statusCode() != 200) {
      throw new IOException(path + " answers " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  /// Any request.
  public HttpResponse<String> send(String method, String path, String body) throws IOException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(api + path))
              .timeout(Duration.ofSeconds(30))
              .header("Content-Type", "application/json")
              .method(
                  method,
                  body.isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// Sends a signal, by its name: `HUP`.
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  /// `kill -9`.
  public void kill() {
    process.kill();
  }

  /// SIGTERM.
  ///
  /// @return the exit code
  /// @throws IOException when it takes longer than 20 s; it is killed then
  public int terminate() throws IOException {
    return terminate(Duration.ofSeconds(20));
  }

  /// The same for one that takes longer, such as one that writes down what the JVM learnt.
  public int terminate(Duration within) throws IOException {
    return process.terminate(within);
  }

  /// Waits until it ends by itself.
  ///
  /// @throws IOException when that takes longer; it is killed then
  public int awaitEnd(Duration within) throws IOException {
    return process.awaitEnd(within);
  }

  @Override
  public void close() {
    process.kill();
    http.shutdownNow();
  }
}
