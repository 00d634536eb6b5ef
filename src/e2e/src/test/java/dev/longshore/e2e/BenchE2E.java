package dev.longshore.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each row of the bench ships everything that it wrote, and writes the figures that it promises.
/// How large they are is not judged here.
final class BenchE2E {
  @TempDir Path folder;

  @Test
  void writesTheFiguresOfEachRowIntoOneFile() throws Exception {
    Path json = Files.writeString(folder.resolve("figures.json"), "{\"chain\": {\"lines\": 7}}");

    var bench =
        CommandLine.longshore(
            Duration.ofMinutes(5),
            Map.of(),
            "bench",
            "--all",
            "--scale",
            "tiny",
            "--without",
            "chain",
            "--json",
            json.toString());

    assertThat(bench.exit()).as(bench.output()).isZero();
    assertThat(bench.output()).contains("aim: at least 1.50", "aim: at most 0.05");
    JsonNode figures = new ObjectMapper().readTree(Files.readString(json));
    assertThat(figures.at("/chain/lines").asLong()).as("what was in the file").isEqualTo(7);

    JsonNode throughput = figures.path("throughput");
    assertThat(throughput.path("lines").asLong()).isEqualTo(20_000);
    assertPositive(throughput, "bytesPerCpuSecond", "ratioToGzip", "wallSeconds", "records");
    assertThat(throughput.path("peakResidentBytes").asLong())
        .isBetween(20_000_000L, 1_000_000_000L);

    JsonNode steady = figures.path("steady");
    assertThat(steady.path("lines").asLong()).isBetween(1L, 30_000L);
    assertPositive(steady, "gzipBytesPerCpuSecond", "ratioToGzip");
    assertThat(steady.at("/aims/ratioToGzip/atLeast").asDouble()).isEqualTo(1.5);

    JsonNode rate = figures.path("rate");
    assertPositive(rate, "cores", "memoryBytes", "compressedCores", "compressedMemoryBytes");
    assertThat(rate.path("wireBytesPerLine").asDouble())
        .as("bytes of a document")
        .isGreaterThan(216);
    assertThat(rate.path("compressedWireBytesPerLine").asDouble())
        .isBetween(1.0, rate.path("wireBytesPerLine").asDouble() / 2);
    assertThat(rate.path("memoryOf").asText()).isNotEmpty();

    JsonNode trickle = figures.path("trickle");
    assertThat(trickle.path("containers").asLong()).isEqualTo(20);
    assertPositive(trickle, "memoryBytes");
    assertThat(trickle.path("corePercent").asDouble()).isNotNegative();

    JsonNode start = figures.path("start");
    assertPositive(start, "seconds", "cpuSeconds", "ratioToJvm");

    JsonNode backlog = figures.path("backlog");
    assertPositive(backlog.at("/microsPerLine/2MB"), "2", "4");
    assertThat(backlog.path("dearestToCheapest").asDouble()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void saysWhichOptionsARowHas() throws Exception {
    var help = CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "bench", "--rate", "--help");
    var wrong =
        CommandLine.longshore(Duration.ofMinutes(1), Map.of(), "bench", "--rate", "--for", "soon");

    assertThat(help.output()).contains("--for TIME", "(5m)", "--json FILE");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.output()).contains("longshore bench: --for 'soon'");
  }

  private static void assertPositive(JsonNode row, String... keys) {
    for (String key : keys) {
      assertThat(row.path(key).asDouble()).as(key).isPositive();
    }
  }
}
