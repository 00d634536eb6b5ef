package dev.longshore.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The bulk sink as a process of its own, so that what it costs does not count as the agent's.
final class SinkProcess implements AutoCloseable {
  private final Process process;
  private final URI url;

  private SinkProcess(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /// @param log file for its standard error
  static SinkProcess start(Path log) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.longshore.testkit.BulkSinkMain",
                "--port",
                "0",
                "--print-port")
            .redirectError(log.toFile())
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String port = lines.readLine();
    if (port == null) {
      throw new IOException("the sink did not start; see " + log);
    }
    return new SinkProcess(process, URI.create("http://127.0.0.1:" + port.strip()));
  }

  URI url() {
    return url;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
