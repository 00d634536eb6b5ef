package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.Seeds;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.GenerationId;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is done to its files, at rest or in use, between whichever actions: the buffer opens
/// without help, and each record of a log whose file is still there is delivered, because what is
/// lost is read again from the position that the buffer commits.
///
/// `-Dlongshore.seeds=N` tries more seeds than the usual few; `-Dlongshore.seed=N` one alone.
final class BufferFaultModelTest {
  private static final int ACTIONS = 250;
  private static final int RECORD_BYTES = 1_000;

  @TempDir Path dir;

  static Stream<Long> seeds() {
    return Seeds.first(2);
  }

  private final Block block = new Block(1 << 20);
  private final ManualClock clock = new ManualClock();
  private final List<LogFile> logs = List.of(new LogFile(1), new LogFile(2), new LogFile(3));
  private final Map<GenerationId, BitSet> delivered = new HashMap<>();
  private final Map<GenerationId, Long> written = new HashMap<>();
  private final List<Long> handed = new ArrayList<>();

  private Buffer open() {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(96), DataSize.ofBytes(0), false);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        clock,
        new BufferMetrics(new SimpleMeterRegistry()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void deliversEachRecordWhateverIsDamaged(long seed) throws IOException {
    Random random = new Random(seed);
    Buffer buffer = open();
    int damages = 0;
    try {
      for (int i = 0; i < ACTIONS; i++) {
        switch (random.nextInt(16)) {
          case 0, 1, 2, 3, 4, 5, 6 -> append(buffer, random);
          case 7, 8, 9 -> take(buffer);
          case 10, 11 -> acknowledge(buffer, random);
          case 12 -> readAgain(buffer);
          case 13 -> maintain(buffer);
          case 14 -> {
            // Chronicle has those of this run mapped.
            damages += damage(random, List.of("earlier"), true);
          }
          default -> {
            buffer.close();
            damages += damage(random, List.of("earlier", "queue"), false);
            handed.clear();
            buffer = open();
            readAgainFromItsPositions(buffer);
          }
        }
      }
      for (int i = 0; i < 5; i++) {
        take(buffer);
        maintain(buffer);
        for (LogFile log : logs) {
          while (log.end() < written.getOrDefault(log.generation, 0L)) {
            append(buffer, log, 100);
            take(buffer);
          }
        }
      }
      assertThat(damages).isPositive();
      for (LogFile log : logs) {
        int records = (int) (written.getOrDefault(log.generation, 0L) / RECORD_BYTES);
        assertThat(delivered.getOrDefault(log.generation, new BitSet()).nextClearBit(0))
            .as("the first record of %s that was not delivered", log.generation)
            .isGreaterThanOrEqualTo(records);
      }
      handed.forEach(buffer::acknowledge);
      handed.clear();
      maintain(buffer);
      assertThat(buffer.pendingBlocks()).isZero();
    } finally {
      buffer.close();
    }
  }

  private void append(Buffer buffer, Random random) {
    append(buffer, logs.get(random.nextInt(logs.size())), 1 + random.nextInt(300));
  }

  private void append(Buffer buffer, LogFile log, int records) {
    long before = log.end();
    log.fill(block, records, RECORD_BYTES);
    if (!(buffer.room(block.payloadBytes()) instanceof Room.Available)) {
      log.resumeAt(before);
      handed.forEach(buffer::acknowledge);
      handed.clear();
      maintain(buffer);
      return;
    }
    buffer.append(block);
    written.merge(log.generation, log.end(), Math::max);
  }

  private void take(Buffer buffer) {
    for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
      LogFile log =
          logs.stream()
              .filter(one -> one.generation.equals(block.generation()))
              .findFirst()
              .orElseThrow();
      assertThat(log.wrote(block)).isTrue();
      int first = (int) (block.base() / RECORD_BYTES);
      delivered
          .computeIfAbsent(block.generation(), _ -> new BitSet())
          .set(first, first + block.records());
      handed.add(r);
    }
  }

  private void acknowledge(Buffer buffer, Random random) {
    for (int i = 0; i < 5 && !handed.isEmpty(); i++) {
      buffer.acknowledge(handed.remove(random.nextInt(handed.size())));
    }
  }

  private void readAgain(Buffer buffer) {
    handed.removeIf(
        reference -> {
          try {
            buffer.read(reference, block);
            return false;
          } catch (BlockGoneException e) {
            return true;
          }
        });
  }

  private void maintain(Buffer buffer) {
    clock.advance(Duration.ofSeconds(2));
    buffer.maintain();
    for (Position position : buffer.takeFallbacks()) {
      logs.stream()
          .filter(log -> log.generation.equals(position.generation()))
          .forEach(log -> log.resumeAt(position.resumeAt()));
    }
  }

  private void readAgainFromItsPositions(Buffer buffer) {
    Map<GenerationId, Long> resume = new HashMap<>();
    buffer.positions().forEach(p -> resume.put(p.generation(), p.resumeAt()));
    logs.forEach(log -> log.resumeAt(resume.getOrDefault(log.generation, 0L)));
  }

  /// @param inPlace whether names and lengths are left alone
  /// @return how much was done
  private int damage(Random random, List<String> folders, boolean inPlace) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : folders) {
      try (Stream<Path> in = Files.list(dir.resolve(folder))) {
        in.filter(file -> file.toString().endsWith(".cq4")).sorted().forEach(files::add);
      }
    }
    if (files.isEmpty()) {
      return 0;
    }
    Path file = files.get(random.nextInt(files.size()));
    long length = Math.max(1, Files.size(file));
    byte[] garbage = new byte[1 + random.nextInt(50_000)];
    switch (random.nextInt(inPlace ? 3 : 7)) {
      case 0 -> write(file, random.nextLong(length), new byte[1]);
      case 1 -> {
        random.nextBytes(garbage);
        write(file, random.nextLong(length), garbage);
      }
      case 2 -> write(file, random.nextLong(length), garbage);
      case 3 -> {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(random.nextLong(length));
        }
      }
      case 4 -> Files.delete(file);
      case 5 -> Files.write(dir.resolve("queue/holiday.cq4"), garbage);
      default -> Files.write(dir.resolve("queue/metadata.cq4t"), garbage);
    }
    return 1;
  }

  private static void write(Path file, long at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), at);
    }
  }
}
