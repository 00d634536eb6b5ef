package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.Seeds;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Between any two steps that the buffer takes on disk the process may end: the folder as it is
/// then opens, gives back what was appended and not acknowledged, each block once, and nothing that
/// was acknowledged.
///
/// `-Dlongshore.seeds=N` tries more seeds, `-Dlongshore.seed=N` one alone, `-Dlongshore.every=1`
/// each step of them.
final class BufferKillStepsTest {
  private static final int ACTIONS = 105;
  private static final int EVERY = Integer.getInteger("longshore.every", 5);

  @TempDir Path folder;

  static Stream<Long> seeds() {
    return Seeds.first(2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givesBackExactlyWhatItHeldWhereverItIsKilled(long seed) throws IOException {
    Path live = folder.resolve("live");
    Steps steps = new Steps(live, folder.resolve("killed"), seed);
    Random random = new Random(seed);
    List<LogFile> logs = List.of(new LogFile(1), new LogFile(2), new LogFile(3));
    Block block = new Block(1 << 20);
    ManualClock clock = new ManualClock();
    try (Buffer buffer = open(live, clock, steps)) {
      Map<Long, String> handed = new HashMap<>();
      for (int i = 0; i < ACTIONS; i++) {
        switch (random.nextInt(8)) {
          case 0, 1, 2, 3 -> {
            LogFile log = logs.get(random.nextInt(logs.size()));
            long before = log.end();
            log.fill(block, 1 + random.nextInt(400), 1_000);
            if (!(buffer.room(block.payloadBytes()) instanceof Room.Available)) {
              log.resumeAt(before);
              break;
            }
            String name = log.generation + "@" + before;
            steps.appending = name;
            buffer.append(block);
            steps.appending = "";
            steps.held.add(name);
          }
          case 4, 5 -> {
            long reference = buffer.next(block);
            if (reference != BlockSource.NONE) {
              handed.put(reference, block.generation() + "@" + block.base());
            }
          }
          case 6 -> {
            // One is never acknowledged: it is relocated from file to file.
            for (Map.Entry<Long, String> one : List.copyOf(handed.entrySet())) {
              if (!one.getValue().endsWith("@0")) {
                steps.acknowledging = one.getValue();
                buffer.acknowledge(one.getKey());
                steps.held.remove(one.getValue());
                steps.acknowledging = "";
                handed.remove(one.getKey());
              }
            }
          }
          default -> {
            clock.advance(Duration.ofSeconds(2));
            buffer.maintain();
          }
        }
      }
    }
    assertThat(steps.count).isGreaterThan(200);
    assertThat(steps.checked).isGreaterThan(200 / EVERY);
  }

  private static Buffer open(Path dir, ManualClock clock, FolderWatch watch) {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(24), DataSize.ofBytes(0), false);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        clock,
        new BufferMetrics(new SimpleMeterRegistry()),
        watch);
  }

  /// Kills the process, so to say, between two steps: opens a copy of the folder.
  private static final class Steps implements FolderWatch {
    final Set<String> held = new TreeSet<>();
    String appending = "";
    String acknowledging = "";
    int count;
    int checked;

    private final Path live;
    private final Path killed;
    private final Random random;
    private final Block block = new Block(1 << 20);

    Steps(Path live, Path killed, long seed) {
      this.live = live;
      this.killed = killed;
      random = new Random(seed);
    }

    @Override
    public void changed() {
      count++;
      if (random.nextInt(EVERY) == 0) {
        checked++;
        check();
      }
    }

    @Override
    public void forced(Path file) {}

    @Override
    public void forcedFolder(Path name) {}

    private void check() {
      try {
        BufferModelTest.copy(live, killed);
        try (Buffer buffer = open(killed, new ManualClock(), FolderWatch.NONE)) {
          assertThat(buffer.damage().files()).as("damaged at step %d", count).isZero();
          List<String> found = new ArrayList<>();
          for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
            found.add(block.generation() + "@" + block.base());
          }
          Set<String> maybe = new TreeSet<>(held);
          if (!appending.isEmpty()) {
            maybe.add(appending);
          }
          Set<String> surely = new TreeSet<>(held);
          surely.remove(acknowledging);
          assertThat(found)
              .as("step %d, appending '%s', acknowledging '%s'", count, appending, acknowledging)
              .doesNotHaveDuplicates()
              .containsAll(surely)
              .isSubsetOf(maybe);
          for (Position position : buffer.positions()) {
            assertThat(position.resumeAt()).isNotNegative();
          }
          assertThat(buffer.damage().generationsRolledBack()).isZero();
        }
        delete(killed);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
