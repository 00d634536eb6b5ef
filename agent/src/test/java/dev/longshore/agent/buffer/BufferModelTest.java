package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.Seeds;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.ContainerRef;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is done to it in whatever order, the buffer holds exactly the blocks that were appended
/// and not acknowledged, and positions exactly as committed, through closings and crashes.
///
/// `-Dlongshore.seeds=N` tries more seeds than the usual few; `-Dlongshore.seed=N` one alone.
final class BufferModelTest {
  private static final int ACTIONS = 400;

  @TempDir Path folder;

  static Stream<Long> seeds() {
    return Seeds.first(2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void holdsWhatTheReferenceHolds(long seed) throws IOException {
    try (Run run = new Run(folder, seed)) {
      for (int i = 0; i < ACTIONS; i++) {
        run.act();
      }
      run.reopen(false);
      run.drain();
      run.tidy();
      assertThat(run.buffer.pendingBlocks()).isZero();
      assertThat(run.buffer.diskBytes()).isLessThan(4 << 20);
      run.reopen(false);
      run.checkPositions();
    }
  }

  /// What the reference knows of a block.
  private record Appended(LogFile file, byte[] payload, int records) {}

  /// The buffer and its reference.
  private static final class Run implements AutoCloseable {
    private final Path folder;
    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final List<LogFile> files = new ArrayList<>();
    private final Block block = new Block(64);

    // The reference.
    private final Map<String, Appended> unacknowledged = new LinkedHashMap<>();
    private final Map<GenerationId, Position> positions = new HashMap<>();

    /// References that are handed out, by block.
    private final Map<Long, String> handed = new LinkedHashMap<>();

    private int incarnation;
    private Path dir;
    private Buffer buffer;

    Run(Path folder, long seed) {
      this.folder = folder;
      random = new Random(seed);
      for (int i = 0; i < 6; i++) {
        files.add(new LogFile(i));
      }
      dir = folder.resolve("buffer-0");
      buffer = open();
    }

    private Buffer open() {
      BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(48), DataSize.ofBytes(0), false);
      return Buffer.open(
          config,
          new MemoryBudget(16 << 20).share("snapshots", 0),
          clock,
          new BufferMetrics(new SimpleMeterRegistry()));
    }

    void act() throws IOException {
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3, 4, 5 -> append();
        case 6, 7, 8, 9 -> take();
        case 10, 11, 12, 13 -> acknowledge();
        case 14 -> readAgain();
        case 15, 16 -> tidy();
        case 17 -> commit();
        case 18 -> reopen(random.nextBoolean());
        default -> forget();
      }
      assertThat(buffer.pendingBlocks()).isEqualTo(unacknowledged.size());
    }

    private void append() {
      LogFile file = files.get(random.nextInt(files.size()));
      long before = file.end();
      int records = 1 + random.nextInt(40);
      int recordBytes = 1 + random.nextInt(random.nextInt(5) == 0 ? 25_000 : 500);
      file.fill(block, records, recordBytes);
      if (!(buffer.room(block.payloadBytes()) instanceof Room.Available)) {
        file.resumeAt(before);
        return;
      }
      buffer.append(block);
      unacknowledged.put(
          file.generation + "@" + before,
          new Appended(file, Arrays.copyOf(block.payload(), block.payloadBytes()), records));
      positions.put(file.generation, block.positions().getFirst());
    }

    private void take() {
      long reference = buffer.next(block);
      if (reference == BlockSource.NONE) {
        assertThat(handed).hasSameSizeAs(unacknowledged);
        return;
      }
      handed.put(reference, check());
    }

    /// Checks the block that was read and names it.
    private String check() {
      String name = block.generation() + "@" + block.base();
      Appended appended =
          Objects.requireNonNull(unacknowledged.get(name), () -> name + " was not to be there");
      assertThat(Arrays.copyOf(block.payload(), block.payloadBytes()))
          .as(name)
          .isEqualTo(appended.payload);
      assertThat(appended.file.wrote(block)).as(name).isTrue();
      return name;
    }

    private void acknowledge() {
      if (handed.isEmpty()) {
        return;
      }
      List<Long> references = new ArrayList<>(handed.keySet());
      long reference = references.get(random.nextInt(references.size()));
      buffer.acknowledge(reference);
      unacknowledged.remove(handed.remove(reference));
    }

    private void readAgain() {
      for (Map.Entry<Long, String> entry : handed.entrySet()) {
        buffer.read(entry.getKey(), block);
        assertThat(check()).isEqualTo(entry.getValue());
      }
    }

    void tidy() {
      clock.advance(Duration.ofSeconds(2));
      clock.jumpWallClock(Duration.ofDays(random.nextInt(2000) - 1000));
      buffer.maintain();
    }

    private void commit() {
      LogFile file = files.get(random.nextInt(files.size()));
      file.resumeAt(file.end() + 1 + random.nextInt(1000));
      Position position = new Position(file.generation, file.end(), file.end());
      buffer.commit(position);
      positions.put(file.generation, position);
    }

    private void forget() {
      LogFile file = files.get(random.nextInt(files.size()));
      boolean pending =
          unacknowledged.keySet().stream()
              .anyMatch(name -> name.startsWith(file.generation.toString()));
      if (!pending) {
        buffer.forget(file.generation);
        positions.remove(file.generation);
        file.resumeAt(0);
      }
    }

    /// Ends the run, in order or by leaving a copy of what a crash leaves, and begins another.
    void reopen(boolean crash) throws IOException {
      if (crash) {
        Path next = folder.resolve("buffer-" + ++incarnation);
        copy(dir, next);
        buffer.close();
        dir = next;
      } else {
        buffer.close();
      }
      buffer = open();
      handed.clear();
      assertThat(buffer.damage()).isEqualTo(DamageReport.NONE);
      checkPositions();
      Map<ContainerRef, Long> expected = new HashMap<>();
      unacknowledged
          .values()
          .forEach(a -> expected.merge(a.file.snapshot.container(), (long) a.records, Long::sum));
      Map<ContainerRef, Long> found = new HashMap<>();
      buffer.eachRecovered((container, records, bytes) -> found.put(container, records));
      assertThat(found).isEqualTo(expected);
    }

    void checkPositions() {
      assertThat(buffer.positions()).containsExactlyInAnyOrderElementsOf(positions.values());
    }

    void drain() {
      List<Long> references = new ArrayList<>();
      for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
        assertThat(buffer.recovered(r)).isTrue();
        handed.put(r, check());
        references.add(r);
      }
      assertThat(handed).hasSameSizeAs(unacknowledged);
      Collections.shuffle(references, random);
      references.forEach(buffer::acknowledge);
      handed.clear();
      unacknowledged.clear();
    }

    @Override
    public void close() {
      buffer.close();
    }
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
