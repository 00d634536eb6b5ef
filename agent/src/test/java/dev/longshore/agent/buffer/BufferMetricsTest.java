package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.ops.Meters;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The metrics come out under the names that dashboards and alerts use.
final class BufferMetricsTest {
  @TempDir Path dir;

  @Test
  void namesItsMetricsAsPrometheusDoes() {
    Meters meters = new Meters();
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(16), DataSize.ofBytes(0), false);
    try (Buffer buffer =
        Buffer.open(
            config,
            new MemoryBudget(16 << 20).share("snapshots", 0),
            new ManualClock(),
            new BufferMetrics(meters.registry()))) {
      assertThat(buffer.pendingBlocks()).isZero();
      assertThat(
              meters
                  .scrape()
                  .lines()
                  .filter(line -> line.startsWith("# TYPE longshore_agent_buffer"))
                  .map(line -> line.substring("# TYPE ".length())))
          .containsExactlyInAnyOrder(
              "longshore_agent_buffer_appended_blocks_total counter",
              "longshore_agent_buffer_appended_bytes_total counter",
              "longshore_agent_buffer_acknowledged_blocks_total counter",
              "longshore_agent_buffer_relocated_blocks_total counter",
              "longshore_agent_buffer_refused_blocks_total counter",
              "longshore_agent_buffer_damaged_bytes_total counter",
              "longshore_agent_buffer_damaged_files_total counter",
              "longshore_agent_buffer_unreadable_blocks_total counter",
              "longshore_agent_buffer_lost_blocks_total counter",
              "longshore_agent_buffer_pending_blocks gauge",
              "longshore_agent_buffer_pending_payload_bytes gauge",
              "longshore_agent_buffer_disk_bytes gauge",
              "longshore_agent_buffer_disk_max_bytes gauge",
              "longshore_agent_buffer_volume_free_bytes gauge",
              "longshore_agent_buffer_volume_size_bytes gauge");
    }
  }
}
