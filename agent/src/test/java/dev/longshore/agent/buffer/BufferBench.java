package dev.longshore.agent.buffer;

import dev.longshore.agent.event.Block;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.units.DataSize;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Appends, reads and acknowledges blocks as fast as one thread can, and prints bytes per second
/// and resident memory. Arguments: folder, MiB in all, KiB a block.
final class BufferBench {
  private BufferBench() {}

  public static void main(String[] arguments) throws IOException {
    long totalBytes = Long.parseLong(arguments[1]) << 20;
    int records = (Integer.parseInt(arguments[2]) << 10) / 200;
    LogFile log = new LogFile(1);
    Block block = new Block(1 << 19);
    Block back = new Block(1 << 19);
    log.fill(block, records, 200);
    report("before");
    BufferConfig config =
        new BufferConfig(Path.of(arguments[0]), DataSize.ofGiB(1), DataSize.ofBytes(0), false);
    Clock clock = Clock.system();
    try (Buffer buffer = Buffer.open(config, clock, new BufferMetrics(new SimpleMeterRegistry()))) {
      report("open");
      for (int round = 0; round < 3; round++) {
        long begun = clock.nanoTime();
        long cpu = cpuNanos();
        long bytes = 0;
        while (bytes < totalBytes) {
          buffer.append(block);
          long reference = buffer.next(back);
          buffer.acknowledge(reference);
          bytes += block.payloadBytes();
          if ((bytes / block.payloadBytes()) % 16 == 0) {
            buffer.maintain();
          }
        }
        double seconds = (clock.nanoTime() - begun) / 1e9;
        double cpuSeconds = (cpuNanos() - cpu) / 1e9;
        System.out.printf(
            "round %d: %.0f MB/s wall, %.0f MB per CPU second%n",
            round, bytes / 1e6 / seconds, bytes / 1e6 / cpuSeconds);
        report("after");
      }
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void report(String when) throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("VmHWM") || l.startsWith("VmRSS") || l.startsWith("Rss"))
            .map(l -> l.replaceAll("\\s+", " "))
            .toList();
    System.out.println(when + " " + lines);
  }
}
