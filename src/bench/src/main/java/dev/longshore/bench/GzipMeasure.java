package dev.longshore.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The CPU time of `gzip -1` over files: how fast this machine is at a well-known work on the same
/// bytes.
final class GzipMeasure {
  private GzipMeasure() {}

  /// CPU seconds, user and system.
  ///
  /// @throws IOException when there is no bash or gzip
  static double cpuSeconds(List<Path> files) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "bash", "-c", "TIMEFORMAT='%3U %3S'; time gzip -1 -c -- \"$@\" >/dev/null", "gzip"));
    files.forEach(file -> command.add(file.toString()));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String times =
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("gzip failed: " + times);
    }
    String[] parts = times.split(" ", -1);
    return Double.parseDouble(parts[0]) + Double.parseDouble(parts[1]);
  }
}
