package dev.longshore.bench;

import dev.longshore.shared.units.Durations;
import dev.longshore.testkit.Certificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The bulk sink as a process of its own, so that what it costs does not count as the agent's.
final class SinkProcess implements AutoCloseable {
  private static final Pattern TOTALS =
      Pattern.compile("requests=(\\d+) items=(\\d+) bytes=(\\d+)");

  private final Process process;
  private final BufferedReader output;
  private final URI url;

  private SinkProcess(Process process, BufferedReader output, URI url) {
    this.process = process;
    this.output = output;
    this.url = url;
  }

  /// How the sink is reached.
  ///
  /// @param delay how long it takes to answer
  /// @param certificates of its TLS; null for plain HTTP
  record Wire(Duration delay, @Nullable Certificates certificates) {
    static final Wire PLAIN = new Wire(Duration.ZERO, null);

    /// What the agent's section `elasticsearch` has to say of it, as a YAML flow mapping's members;
    /// empty for plain HTTP.
    String keys() {
      return certificates == null ? "" : "caFile: \"" + certificates.caFile() + "\"";
    }
  }

  /// What the sink counted.
  ///
  /// @param bytes of bulk bodies, compressed where they came so
  record Totals(long requests, long items, long bytes) {}

  /// One that answers at once, over plain HTTP.
  ///
  /// @param log file for its standard error
  static SinkProcess start(Path log) throws IOException {
    return start(log, Wire.PLAIN);
  }

  /// @param log file for its standard error
  static SinkProcess start(Path log, Wire wire) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.longshore.testkit.BulkSinkMain",
                "--port",
                "0",
                "--print-port"));
    if (wire.delay().isPositive()) {
      command.addAll(List.of("--delay", Durations.format(wire.delay())));
    }
    Certificates certificates = wire.certificates();
    if (certificates != null) {
      command.addAll(
          List.of(
              "--tls-certificate",
              certificates.certificateFile().toString(),
              "--tls-key",
              certificates.keyFile().toString()));
    }
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String port = lines.readLine();
    if (port == null) {
      throw new IOException("the sink did not start; see " + log);
    }
    String server = certificates == null ? "http://127.0.0.1:" : "https://localhost:";
    return new SinkProcess(process, lines, URI.create(server + port.strip()));
  }

  URI url() {
    return url;
  }

  /// Ends it.
  ///
  /// @return what it counted
  Totals stop() throws IOException {
    process.getOutputStream().close();
    String line = output.readLine();
    Matcher totals = TOTALS.matcher(line == null ? "" : line);
    if (!totals.matches()) {
      throw new IOException("the sink did not say what it counted, but: " + line);
    }
    return new Totals(
        Long.parseLong(totals.group(1)),
        Long.parseLong(totals.group(2)),
        Long.parseLong(totals.group(3)));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
