package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` at any moment loses no block that was appended, and gives none back that was
/// acknowledged; the next process opens the folder at once. Each kill is a process of its own;
/// [BufferKillStepsTest] ends the writing between any two steps.
///
/// `-Dlongshore.kills=N` kills more often.
final class BufferKillTest {
  private static final int KILLS = Integer.getInteger("longshore.kills", 2);
  private static final int RECORD_BYTES = 700;

  /// So long Chronicle would wait for a lock, or a header, that a killed process left.
  private static final long CHRONICLE_WAITS_NANOS = Duration.ofSeconds(10).toNanos();

  @TempDir Path dir;

  private final Block block = new Block(1 << 16);

  @Test
  void losesNothingWhenItIsKilled() throws Exception {
    Random random = new Random(11);
    LogFile log = new LogFile(1);
    Set<Long> acknowledged = new HashSet<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Progress progress = runAndKill(1 + random.nextInt(120));
      acknowledged.addAll(progress.acknowledged);
      long begun = Clock.system().nanoTime();
      try (Buffer buffer = open(dir)) {
        assertThat(Clock.system().nanoTime() - begun).isLessThan(CHRONICLE_WAITS_NANOS);
        long resume = resumeAt(buffer, log);
        assertThat(resume).isGreaterThanOrEqualTo(progress.appendedTo);
        TreeMap<Long, Long> found = new TreeMap<>();
        for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
          assertThat(log.wrote(block)).isTrue();
          assertThat(acknowledged).doesNotContain(block.base());
          found.put(block.base(), block.base() + (long) block.records() * RECORD_BYTES);
        }
        progress.lengths.forEach(
            (base, end) -> {
              if (!acknowledged.contains(base) && !progress.maybe.contains(base)) {
                assertThat(found).containsEntry(base, end);
              }
            });
        assertThat(buffer.damage().isOnlyTorn()).isTrue();
      }
    }
  }

  /// What the process said before it died.
  private record Progress(
      long appendedTo, TreeMap<Long, Long> lengths, Set<Long> acknowledged, Set<Long> maybe) {}

  private Progress runAndKill(int lines) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (argument.startsWith("--") || argument.startsWith("-Dchronicle")) {
        command.add(argument);
      }
    }
    command.addAll(
        List.of(
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            dir.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    long appendedTo = 0;
    TreeMap<Long, Long> lengths = new TreeMap<>();
    Set<Long> acknowledged = new HashSet<>();
    Set<Long> maybe = new HashSet<>();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      int seen = 0;
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("appended")) {
          appendedTo = Long.parseLong(words[2]);
          lengths.put(Long.parseLong(words[1]), appendedTo);
        } else if (words[0].equals("acknowledging")) {
          maybe.add(Long.parseLong(words[1]));
        } else if (words[0].equals("acknowledged")) {
          acknowledged.add(Long.parseLong(words[1]));
        }
        if (++seen == lines) {
          process.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(process.waitFor()).isEqualTo(128 + 9);
    return new Progress(appendedTo, lengths, acknowledged, maybe);
  }

  private static long resumeAt(Buffer buffer, LogFile log) {
    return buffer.positions().stream()
        .filter(p -> p.generation().equals(log.generation))
        .mapToLong(Position::resumeAt)
        .findFirst()
        .orElse(0);
  }

  private static Buffer open(Path dir) {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(64), DataSize.ofBytes(0), false);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        Clock.system(),
        new BufferMetrics(new SimpleMeterRegistry()));
  }

  /// The process that is killed: appends, acknowledges two of three, and says so line by line.
  static final class Writer {
    public static void main(String[] arguments) {
      LogFile log = new LogFile(1);
      Random random = new Random();
      Block block = new Block(1 << 16);
      try (Buffer buffer = open(Path.of(arguments[0]))) {
        log.resumeAt(resumeAt(buffer, log));
        while (true) {
          log.fill(block, 1 + random.nextInt(400), RECORD_BYTES);
          if (buffer.room(block.payloadBytes()) instanceof Room.Available) {
            long base = block.base();
            buffer.append(block);
            System.out.println("appended " + base + " " + log.end());
          } else {
            log.resumeAt(block.base());
            buffer.maintain();
          }
          long reference = buffer.next(block);
          if (reference != BlockSource.NONE && random.nextInt(3) != 0) {
            System.out.println("acknowledging " + block.base());
            buffer.acknowledge(reference);
            System.out.println("acknowledged " + block.base());
          }
          if (random.nextInt(20) == 0) {
            buffer.maintain();
          }
        }
      }
    }
  }
}
