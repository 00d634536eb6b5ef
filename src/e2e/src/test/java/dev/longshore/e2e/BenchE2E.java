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

/// The bench ships everything that it wrote, and writes the figures that it promises. How large
/// they are is not judged here.
final class BenchE2E {
  @TempDir Path folder;

  @Test
  void writesItsFiguresAsJson() throws Exception {
    Path json = folder.resolve("figures.json");

    var bench =
        CommandLine.longshore(
            Duration.ofMinutes(3),
            Map.of(),
            "bench",
            "--lines",
            "40000",
            "--json",
            json.toString());

    assertThat(bench.exit()).as(bench.output()).isZero();
    JsonNode throughput = new ObjectMapper().readTree(Files.readString(json)).path("throughput");
    assertThat(throughput.path("lines").asLong()).isEqualTo(40_000);
    assertThat(throughput.path("bytesPerCpuSecond").asDouble()).isPositive();
    assertThat(throughput.path("ratioToGzip").asDouble()).isPositive();
    assertThat(throughput.path("peakResidentBytes").asLong())
        .isBetween(20_000_000L, 1_000_000_000L);
  }
}
