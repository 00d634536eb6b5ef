package dev.longshore.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.clock.Clock;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What filters leave out of recorded lines is what they leave out of a container's.
final class FilterCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @TempDir Path folder;

  private int run(String... words) throws InterruptedException {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Commands(Map.of(), Clock.system(), stream, stream).run(List.of(words));
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void filterSaysWhatRulesLeaveOutOfRecordedLines() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("longshore.yml"),
            """
            filters:
              - {name: keep-errors, levels: [error], namespaces: ['*'], action: keep}
              - {name: health, workloads: [storefront], contains: GET /healthz}
            """);
    String time = "2026-11-23T05:48:55.123456789Z stdout F ";
    Path lines =
        Files.writeString(
            folder.resolve("0.log"),
            time
                + "GET /healthz 200\n"
                + time
                + "ERROR GET /healthz 500\n"
                + time
                + "{\"level\":\"info\",\"msg\":\"GET /healthz 200\"}\n"
                + time
                + "paid with password=hunter2\n");

    int code =
        run(
            "filter",
            "--config",
            config.toString(),
            lines.toString(),
            "--workload",
            "storefront",
            "--lines");

    assertThat(code).isEqualTo(Commands.OK);
    assertThat(text())
        .containsPattern("health +" + time + "GET /healthz 200")
        .containsPattern("ship +" + time + "ERROR GET /healthz 500")
        .containsPattern("ship +paid with password=\\[redacted\\]")
        .containsPattern("health +drop +2 ")
        .contains("2 of 4 records would be shipped.");
  }

  @Test
  void filterReadsAFileThatRotationHasCompressed() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("longshore.yml"), "filters: [{name: health, contains: GET /healthz}]\n");
    Path lines = folder.resolve("0.log.20261123-054855.gz");
    try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(lines))) {
      String time = "2026-11-23T05:48:55.123456789Z stdout F ";
      gzip.write((time + "GET /healthz\n" + time + "paid\n").getBytes(StandardCharsets.UTF_8));
    }

    assertThat(run("filter", "--config", config.toString(), lines.toString()))
        .isEqualTo(Commands.OK);
    assertThat(text()).contains("1 of 2 records would be shipped.");
  }

  /// A file is read piece by piece: the day's log of a container is larger than a command's heap.
  @Test
  void filterCountsTheRecordsOfALargeFile() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("longshore.yml"), "filters: [{name: health, contains: GET /healthz}]\n");
    Path lines = folder.resolve("0.log");
    String time = "2026-11-23T05:48:55.123456789Z stdout F ";
    String paid = time + "paid " + "x".repeat(701) + "\n";
    try (var log = Files.newBufferedWriter(lines)) {
      for (int i = 0; i < 2_000; i++) {
        log.write(i % 2 == 0 ? paid : time + "GET /healthz\n");
      }
      log.write(time + "paid " + "x".repeat(600_000) + "\n" + time + "the last one");
    }

    assertThat(run("filter", "--config", config.toString(), lines.toString()))
        .isEqualTo(Commands.OK);
    assertThat(text()).contains("1,002 of 2,002 records would be shipped.");
  }
}
