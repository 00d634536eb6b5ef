package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever happens to its files, the buffer opens, delivers what has a right checksum, and commits
/// no position beyond a block that it lost.
final class BufferDamageTest {
  private static final int GENERATIONS = 3;
  private static final int RECORD_BYTES = 1000;

  @TempDir Path dir;

  private final Block block = new Block(1 << 16);

  private SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private Buffer open() {
    registry = new SimpleMeterRegistry();
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(64), DataSize.ofBytes(0), false);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        new ManualClock(),
        new BufferMetrics(registry));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void deliversOrReadsAgainWhateverIsDamaged(long seed) throws IOException {
    Random random = new Random(seed);
    List<LogFile> logs = fill(300);
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times; i++) {
      damage(random);
    }
    Set<String> delivered = checkDelivered(logs);
    damage(random);
    delivered.addAll(checkDelivered(logs));
  }

  @Test
  void opensWhenAllFilesAreGarbage() throws IOException {
    List<LogFile> logs = fill(50);
    for (Path file : queueFiles()) {
      byte[] garbage = new byte[100_000];
      new Random(7).nextBytes(garbage);
      Files.write(file, garbage);
    }
    assertThat(checkDelivered(logs)).isEmpty();
  }

  @Test
  void opensWhenAllFilesAreEmpty() throws IOException {
    List<LogFile> logs = fill(50);
    for (Path file : queueFiles()) {
      Files.write(file, new byte[0]);
    }
    assertThat(checkDelivered(logs)).isEmpty();
    try (Buffer buffer = open()) {
      assertThat(buffer.positions()).allMatch(position -> position.resumeAt() == 0);
    }
  }

  @Test
  void opensWithGarbageForMetadataAndStrangersInTheFolder() throws IOException {
    List<LogFile> logs = fill(50);
    Files.write(dir.resolve("queue/metadata.cq4t"), new byte[] {1, 2, 3, 4, 5, 6, 7});
    Files.write(dir.resolve("queue/holiday.cq4"), new byte[] {1, 2, 3});
    Files.write(dir.resolve("spare"), new byte[] {1, 2, 3});
    Set<String> delivered = checkDelivered(logs);
    assertThat(delivered).hasSize(50);
  }

  @Test
  void readsALostBlockAgainThoughLaterFilesStateMore() throws IOException {
    List<LogFile> logs = fill(300);
    Path oldest = queueFiles().getFirst();
    // In the middle of the first file's first megabyte lies a block of some generation.
    flip(oldest, 600_000);
    Set<String> delivered = checkDelivered(logs);
    assertThat(delivered).hasSize(299);
    try (Buffer buffer = open()) {
      long behind = buffer.positions().stream().filter(p -> p.resumeAt() < endOf(logs, p)).count();
      assertThat(behind).isEqualTo(1);
    }
  }

  @Test
  void countsTheFilesThatItFindsDamaged() throws IOException {
    List<LogFile> ignored = fill(300);
    flip(queueFiles().getFirst(), 600_000);
    try (Buffer buffer = open()) {
      assertThat(damagedFiles()).isEqualTo(1);
      assertThat(buffer.damage().isOnlyTorn()).isFalse();
    }
  }

  @Test
  void countsAFileThatIsMissingAsDamaged() throws IOException {
    List<LogFile> ignored = fill(300);
    Files.delete(queueFiles().getFirst());
    try (Buffer buffer = open()) {
      assertThat(damagedFiles()).isEqualTo(1);
      assertThat(buffer.damage().isOnlyTorn()).isFalse();
    }
  }

  @Test
  void takesWhatAKilledProcessWasWritingForNoDamage() throws IOException {
    List<LogFile> ignored = fill(50);
    Path last = queueFiles().getLast();
    byte[] content = Files.readAllBytes(last);
    int end = content.length;
    while (content[end - 1] == 0) {
      end--;
    }
    write(last, end - 500L, new byte[500]);
    try (Buffer buffer = open()) {
      assertThat(buffer.damage().tornTails()).isEqualTo(1);
      assertThat(buffer.damage().isOnlyTorn()).isTrue();
      assertThat(damagedFiles()).isZero();
    }
  }

  private double damagedFiles() {
    return registry.get("longshore.agent.buffer.damaged.files").counter().count();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void readsAgainWhatLayInAFileThatIsMissing(int missing) throws IOException {
    List<LogFile> logs = fill(300);
    assertThat(queueFiles()).hasSizeGreaterThan(2);
    Files.delete(queueFiles().get(missing));
    try (Buffer buffer = open()) {
      assertThat(buffer.damage().files()).isEqualTo(missing == queueFiles().size() - 1 ? 0 : 1);
      assertThat(buffer.positions())
          .hasSize(GENERATIONS)
          .allMatch(position -> position.resumeAt() < endOf(logs, position));
    }
    Set<String> delivered = checkDelivered(logs);
    assertThat(delivered).hasSizeBetween(1, 299);
  }

  @Test
  void readsAllAgainWhenTheOldestFilesAreMissing() throws IOException {
    List<LogFile> logs = fill(300);
    Files.delete(queueFiles().getFirst());
    Files.delete(queueFiles().getFirst());
    Set<String> delivered = checkDelivered(logs);
    assertThat(delivered).hasSizeBetween(1, 299);
    try (Buffer buffer = open()) {
      assertThat(buffer.positions()).allMatch(position -> position.resumeAt() == 0);
    }
  }

  @Test
  void aFileThatIsGoneBecauseItWasDoneIsNoDamage() throws IOException {
    try (Buffer buffer = open()) {
      LogFile log = new LogFile(0);
      for (int i = 0; i < 300; i++) {
        log.fill(block, 70, RECORD_BYTES);
        buffer.append(block);
        long reference = buffer.next(block);
        if (i < 200) {
          buffer.acknowledge(reference);
        }
      }
      buffer.maintain();
    }
    try (Buffer again = open()) {
      assertThat(again.damage()).isEqualTo(DamageReport.NONE);
      assertThat(again.pendingBlocks()).isEqualTo(100);
    }
  }

  @Test
  void aFileThatAKilledProcessHadOnlyBegunIsNoDamage() throws IOException {
    List<LogFile> logs = fill(50);
    Path last = queueFiles().getLast();
    Path next = last.resolveSibling(String.format("%08d.cq4", QueueFiles.number(last) + 1));
    Files.write(next, new byte[1 << 20]);
    Set<String> delivered = checkDelivered(logs);
    assertThat(delivered).hasSize(50);
    try (Buffer buffer = open()) {
      assertThat(buffer.damage()).isEqualTo(DamageReport.NONE);
      assertThat(buffer.pendingBlocks()).isEqualTo(50);
    }
  }

  private static long endOf(List<LogFile> logs, Position position) {
    return logs.stream()
        .filter(log -> log.generation.equals(position.generation()))
        .findFirst()
        .orElseThrow()
        .end();
  }

  /// Queues blocks that fill some files, all unacknowledged.
  private List<LogFile> fill(int blocks) {
    List<LogFile> logs = new ArrayList<>();
    for (int i = 0; i < GENERATIONS; i++) {
      logs.add(new LogFile(i));
    }
    try (Buffer buffer = open()) {
      for (int i = 0; i < blocks; i++) {
        logs.get(i % GENERATIONS).fill(block, 70, RECORD_BYTES);
        buffer.append(block);
      }
    }
    return logs;
  }

  /// Opens, takes all, and checks that nothing is lost: each offset of a log is in a block that was
  /// delivered or is read again.
  private Set<String> checkDelivered(List<LogFile> logs) {
    Set<String> delivered = new HashSet<>();
    try (Buffer buffer = open()) {
      for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
        LogFile log =
            logs.stream()
                .filter(l -> l.generation.equals(block.generation()))
                .findFirst()
                .orElseThrow();
        assertThat(log.wrote(block)).isTrue();
        delivered.add(block.generation() + "@" + block.base());
      }
      for (LogFile log : logs) {
        long resume =
            buffer.positions().stream()
                .filter(p -> p.generation().equals(log.generation))
                .mapToLong(Position::resumeAt)
                .findFirst()
                .orElse(0);
        for (long at = 0; at < resume; at += 70 * RECORD_BYTES) {
          assertThat(delivered).contains(log.generation + "@" + at);
        }
      }
    }
    return delivered;
  }

  private void damage(Random random) throws IOException {
    List<Path> files = queueFiles();
    Path file = files.get(random.nextInt(files.size()));
    long size = Files.size(file);
    if (size == 0) {
      return;
    }
    switch (random.nextInt(5)) {
      case 0 -> flip(file, random.nextLong(size));
      case 1 -> {
        for (int i = 0; i < 30; i++) {
          flip(file, random.nextLong(size));
        }
      }
      case 2 -> write(file, random.nextLong(size), new byte[random.nextInt(200_000)]);
      case 3 -> {
        byte[] garbage = new byte[random.nextInt(200_000)];
        random.nextBytes(garbage);
        write(file, random.nextLong(size), garbage);
      }
      default -> {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(random.nextLong(size));
        }
      }
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      if (channel.read(one, at) == 1) {
        one.put(0, (byte) (one.get(0) ^ 0x55)).rewind();
        channel.write(one, at);
      }
    }
  }

  private static void write(Path file, long at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }

  private List<Path> queueFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("earlier", "queue")) {
      try (Stream<Path> in = Files.list(dir.resolve(folder))) {
        in.filter(f -> f.toString().endsWith(".cq4")).sorted().forEach(files::add);
      }
    }
    return files;
  }
}
