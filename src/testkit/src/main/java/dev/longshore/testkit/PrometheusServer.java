package dev.longshore.testkit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/// A real Prometheus, Debian's package `prometheus`, as a process on ports of this machine. It
/// scrapes, each second, the metrics that a test sets, and evaluates the rule files that it is
/// given.
///
/// [#stop] and [#start] take it away and bring it back on the same port and data.
public final class PrometheusServer implements AutoCloseable {
  private static final int LOG_TAIL = 4_000;

  private final Path folder;
  private final int port;
  private final HttpServer metrics;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /// Values by series, as the text format writes a series: `up{pod="cart"}`.
  private final Map<String, Double> series = new ConcurrentSkipListMap<>();

  private Optional<Process> process = Optional.empty();

  private PrometheusServer(Path folder, int port, HttpServer metrics) {
    this.folder = folder;
    this.port = port;
    this.metrics = metrics;
  }

  /// Starts one, and waits until it is ready.
  ///
  /// @param folder for its data, its configuration and its log
  /// @param ruleFiles evaluated each second
  /// @param alertmanagers addresses (`host:port`) that it sends alerts to
  public static PrometheusServer start(
      Path folder, List<Path> ruleFiles, List<String> alertmanagers) throws IOException {
    return start(folder, ruleFiles, alertmanagers, "");
  }

  /// The same.
  ///
  /// @param prefix of the Alertmanagers' API; empty for none
  public static PrometheusServer start(
      Path folder, List<Path> ruleFiles, List<String> alertmanagers, String prefix)
      throws IOException {
    find("prometheus");
    HttpServer metrics =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    PrometheusServer server = new PrometheusServer(folder, FreePorts.one(), metrics);
    metrics.createContext(
        "/metrics",
        exchange -> {
          try (exchange) {
            byte[] body = server.exposition().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    metrics.start();
    Files.writeString(
        folder.resolve("prometheus.yml"), server.config(ruleFiles, alertmanagers, prefix));
    server.start();
    return server;
  }

  /// Where a program of Debian's packages `prometheus` and `prometheus-alertmanager` is.
  ///
  /// @param name `prometheus`, `promtool` or `amtool`
  /// @throws IllegalStateException when it is not installed, with what to do
  public static Path find(String name) {
    for (String folder : System.getenv().getOrDefault("PATH", "/usr/bin").split(":", -1)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    throw new IllegalStateException(
        name
            + " is not installed; run: apt-get install -y --no-install-recommends prometheus"
            + " prometheus-alertmanager");
  }

  private String config(List<Path> ruleFiles, List<String> alertmanagers, String prefix) {
    StringBuilder text = new StringBuilder();
    text.append("global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\nrule_files:\n");
    ruleFiles.forEach(file -> text.append("  - '").append(file).append("'\n"));
    if (!alertmanagers.isEmpty()) {
      text.append("alerting:\n  alertmanagers:\n    - api_version: v2\n");
      if (!prefix.isEmpty()) {
        text.append("      path_prefix: ").append(prefix).append('\n');
      }
      text.append("      static_configs:\n");
      text.append("        - targets: ").append(quoted(alertmanagers)).append('\n');
    }
    text.append("scrape_configs:\n  - job_name: dock\n    static_configs:\n      - targets: ");
    text.append(quoted(List.of("127.0.0.1:" + metrics.getAddress().getPort()))).append('\n');
    return text.toString();
  }

  private static List<String> quoted(List<String> texts) {
    return texts.stream().map(text -> "'" + text + "'").toList();
  }

  private String exposition() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(series)
        .forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
    return text.toString();
  }

  /// Sets what a series has at the next scrape.
  ///
  /// @param name as the text format writes it: `pod_ready{pod="cart-5c4b"}`
  public void set(String name, double value) {
    series.put(name, value);
  }

  /// Ends a series.
  public void remove(String name) {
    series.remove(name);
  }

  /// Starts it again after [#stop], and waits until it is ready.
  public void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            find("prometheus").toString(),
            "--config.file=" + folder.resolve("prometheus.yml"),
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port,
            "--rules.alert.resend-delay=1s",
            "--log.level=warn");
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    Process started = builder.start();
    process = Optional.of(started);
    started.getOutputStream().close();
    awaitReady(started);
  }

  private void awaitReady(Process started) throws IOException {
    HttpRequest ready =
        HttpRequest.newBuilder(url().resolve("/-/ready")).timeout(Duration.ofSeconds(5)).build();
    try {
      for (int tries = 0; tries < 300; tries++) {
        if (started.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IOException("prometheus ended with " + started.exitValue() + ": " + logTail());
        }
        if (answersReady(ready)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    throw new IOException("prometheus is not ready after 30 s: " + logTail());
  }

  private boolean answersReady(HttpRequest ready) throws InterruptedException {
    try {
      return http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // it does not listen yet
    }
  }

  /// Ends it; data and port stay.
  public void stop() {
    process.ifPresent(
        running -> {
          running.destroy();
          running.onExit().completeOnTimeout(running, 10, TimeUnit.SECONDS).join();
          running.destroyForcibly();
          running.onExit().join();
        });
    process = Optional.empty();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// The body of a page.
  ///
  /// @param path for example `/api/v1/rules`
  /// @throws IOException when it does not answer with status 200
  public String get(String path) throws IOException {
    try {
      HttpResponse<String> reply =
          http.send(
              HttpRequest.newBuilder(url().resolve(path)).timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (reply.statusCode() != 200) {
        throw new IOException(path + " answers " + reply.statusCode() + ": " + reply.body());
      }
      return reply.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// The end of its log.
  public String logTail() {
    try {
      String log = Files.readString(folder.resolve("log"));
      return log.substring(Math.max(0, log.length() - LOG_TAIL));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    stop();
    metrics.stop(0);
    http.close();
  }
}
