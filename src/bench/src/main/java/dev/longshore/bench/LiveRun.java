package dev.longshore.bench;

import dev.longshore.shared.clock.Clock;
import dev.longshore.testkit.MemoryGroup;
import dev.longshore.testkit.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/// An agent with its defaults beside containers that log evenly: for a while nobody looks, then its
/// CPU is measured, and at the end every line must have been indexed.
///
/// @param containers how many
/// @param linesPerSecond of all of them together
/// @param warmUp how long they log before the measurement
/// @param measured how long it takes
/// @param wire what stands between the agent and the sink
/// @param compression whether bulk bodies go as gzip
record LiveRun(
    long containers,
    double linesPerSecond,
    Duration warmUp,
    Duration measured,
    SinkProcess.Wire wire,
    boolean compression) {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /// Of the chart's container.
  private static final long MEMORY_LIMIT_BYTES = 320L << 20;

  /// What was measured.
  ///
  /// @param cpuSeconds of the whole agent process, within the time that was measured
  /// @param seconds that time
  /// @param bytes of log that were written in it
  /// @param memoryBytes the most memory that the agent ever had
  /// @param memoryOf what says so: a cgroup, or the process
  /// @param residentBytes the most that the process had resident (`VmHWM`)
  /// @param wireBytesPerLine of bulk bodies, as they came to the sink
  /// @param gzipBytesPerCpuSecond of `gzip -1` over the same files
  record Live(
      double cpuSeconds,
      double seconds,
      long bytes,
      long memoryBytes,
      String memoryOf,
      long residentBytes,
      double wireBytesPerLine,
      double gzipBytesPerCpuSecond) {
    double cores() {
      return cpuSeconds / seconds;
    }

    double ratioToGzip() {
      return bytes / cpuSeconds / gzipBytesPerCpuSecond;
    }
  }

  Live run() throws IOException, InterruptedException {
    Clock clock = Clock.system();
    Path folder = ProjectFolder.find().resolve(".longshore/bench");
    try (BenchNode node = new BenchNode(folder, BenchNode.containers(containers));
        SinkProcess sink = SinkProcess.start(folder.resolve("sink.log"), wire);
        MemoryGroup group = MemoryGroup.limitedTo(MEMORY_LIMIT_BYTES);
        LineWriter writer = new LineWriter(node.logs().values(), linesPerSecond, clock);
        AgentRun agent = node.start(sink.url(), keys(), group.prefix(), List.of())) {
      writer.write(warmUp);
      ProcessCost before = agent.cost();
      long bytesBefore = writer.bytes();
      long started = clock.nanoTime();
      writer.write(measured);
      ProcessCost after = agent.cost();
      double seconds = (clock.nanoTime() - started) / 1e9;
      long bytes = writer.bytes() - bytesBefore;
      ProcessCost whole = agent.untilAllIndexed(writer.lines(), EVERY).cost();
      OptionalLong peak = group.peakBytes();
      agent.end();
      SinkProcess.Totals totals = sink.stop();
      return new Live(
          after.cpuSeconds() - before.cpuSeconds(),
          seconds,
          bytes,
          peak.orElse(whole.peakResidentBytes()),
          peak.isPresent() ? "the cgroup, limit 320 MiB" : "the process (VmHWM)",
          whole.peakResidentBytes(),
          (double) totals.bytes() / totals.items(),
          writer.bytes() / GzipMeasure.cpuSeconds(List.copyOf(node.logs().values())));
    }
  }

  private String keys() {
    String keys = wire.keys();
    return (keys.isEmpty() ? "" : keys + ", ") + "compression: " + compression;
  }
}
