package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.Seeds;
import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.GenerationId;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/// The power may fail at any step. With `buffer.sync` no block is lost whose append had returned.
/// Without it blocks may be, but positions never say that they are there: their lines are read
/// again.
///
/// What is not forced is gone in one half of the runs; in the other half each page of it is there
/// or not, at random.
final class BufferPowerLossTest {
  private static final int ACTIONS = 60;
  private static final int PAGE_BYTES = 4096;

  @TempDir Path folder;

  private final Block block = new Block(1 << 20);

  static Stream<Long> seeds() {
    return Seeds.first(2);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void losesNothingThatWasAppendedWithSync(long seed) throws IOException {
    run(seed, true);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void statesNoPositionPastWhatItLostWithoutSync(long seed) throws IOException {
    run(seed, false);
  }

  private void run(long seed, boolean sync) throws IOException {
    Random random = new Random(seed);
    Path live = folder.resolve("live");
    List<LogFile> logs = List.of(new LogFile(1), new LogFile(2), new LogFile(3));
    Map<GenerationId, Position> committed = new HashMap<>();
    Set<String> done = new TreeSet<>();
    ManualClock clock = new ManualClock();
    try (Power power = new Power(live, random);
        Buffer buffer = open(live, sync, clock, power)) {
      Map<Long, String> handed = new HashMap<>();
      for (int i = 0; i < ACTIONS; i++) {
        switch (random.nextInt(8)) {
          case 0, 1, 2, 3 -> {
            LogFile log = logs.get(random.nextInt(logs.size()));
            long before = log.end();
            log.fill(block, 1 + random.nextInt(1_000), 1_000);
            if (buffer.room(block.payloadBytes()) instanceof Room.Available) {
              buffer.append(block);
              committed.put(log.generation, block.positions().getFirst());
            } else {
              log.resumeAt(before);
            }
          }
          case 4, 5 -> {
            for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
              handed.put(r, name(block.generation(), block.base()));
            }
          }
          case 6 -> {
            for (Map.Entry<Long, String> one : List.copyOf(handed.entrySet())) {
              // In some runs one is never acknowledged: it is relocated from file to file.
              if (seed < 3 || !one.getValue().equals(name(logs.getFirst().generation, 0))) {
                buffer.acknowledge(one.getKey());
                done.add(one.getValue());
                handed.remove(one.getKey());
              }
            }
          }
          default -> {
            clock.advance(Duration.ofSeconds(2));
            buffer.maintain();
          }
        }
        if (random.nextInt(5) == 0) {
          Path after = folder.resolve("after-" + i);
          power.fails(after, seed % 2 == 0);
          check(after, logs, committed, done, sync);
          BufferKillStepsTest.delete(after);
        }
      }
      // Those that acknowledge all let files go, which forces what stays.
      assertThat(sync || seed > 2 || power.forcedFiles > 0).isTrue();
    }
  }

  private static String name(GenerationId generation, long base) {
    return generation + "@" + base;
  }

  private static Buffer open(Path dir, boolean sync, ManualClock clock, FolderWatch watch) {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(24), DataSize.ofBytes(0), sync);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        clock,
        new BufferMetrics(new SimpleMeterRegistry()),
        watch);
  }

  /// Each record of a log is acknowledged, or in the buffer, or after the position from which the
  /// log is read again.
  private static void check(
      Path dir,
      List<LogFile> logs,
      Map<GenerationId, Position> committed,
      Set<String> done,
      boolean sync)
      throws IOException {
    Block block = new Block(1 << 20);
    try (Buffer buffer = open(dir, sync, new ManualClock(), FolderWatch.NONE)) {
      Map<GenerationId, List<long[]>> found = new HashMap<>();
      Map<GenerationId, Position> positions = new HashMap<>();
      buffer.positions().forEach(p -> positions.put(p.generation(), p));
      for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
        LogFile of =
            logs.stream().filter(l -> l.generation.equals(block.generation())).findFirst().get();
        assertThat(of.wrote(block)).isTrue();
        found
            .computeIfAbsent(block.generation(), _ -> new ArrayList<>())
            .add(new long[] {block.base(), block.base() + block.records() * 1_000L});
      }
      for (LogFile log : logs) {
        Position position = positions.getOrDefault(log.generation, Position.start(log.generation));
        if (sync && committed.containsKey(log.generation)) {
          assertThat(position).isEqualTo(committed.get(log.generation));
        }
        List<long[]> there = found.getOrDefault(log.generation, List.of());
        for (long at = 0; at < position.resumeAt(); ) {
          long here = at;
          long end =
              there.stream().filter(b -> b[0] == here).mapToLong(b -> b[1]).findFirst().orElse(-1);
          if (end < 0) {
            assertThat(done).contains(name(log.generation, at));
            end = nextAfter(at, log, done, there);
          }
          at = Math.min(end, Math.max(end, at + 1_000));
        }
      }
    }
  }

  /// Where the next block begins that is acknowledged or there.
  private static long nextAfter(long at, LogFile log, Set<String> done, List<long[]> there) {
    for (long next = at + 1_000; next < log.end(); next += 1_000) {
      long candidate = next;
      if (done.contains(name(log.generation, next))
          || there.stream().anyMatch(b -> b[0] == candidate)) {
        return next;
      }
    }
    return log.end();
  }

  /// A disk of which only what was forced is sure to be there after the power failed.
  private static final class Power implements FolderWatch, AutoCloseable {
    private final Path live;
    private final Random random;

    /// Open, so that no inode is used twice.
    private final Map<Object, FileChannel> inodes = new HashMap<>();

    private final Map<Object, byte[]> content = new HashMap<>();
    private final Map<Path, Map<String, Object>> names = new HashMap<>();
    int forcedFiles;

    Power(Path live, Random random) {
      this.live = live;
      this.random = random;
    }

    @Override
    public void changed() {
      try (Stream<Path> all = Files.walk(live)) {
        for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
          Object inode = inode(file);
          if (!inodes.containsKey(inode)) {
            inodes.put(inode, FileChannel.open(file));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Object inode(Path file) throws IOException {
      return Files.getAttribute(file, "unix:ino");
    }

    @Override
    public void forced(Path file) {
      try {
        changed();
        content.put(inode(file), Files.readAllBytes(file));
        forcedFiles++;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void forcedFolder(Path name) {
      changed();
      try {
        names.put(live.relativize(name), list(name));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Map<String, Object> list(Path name) throws IOException {
      Map<String, Object> found = new HashMap<>();
      try (Stream<Path> in = Files.list(name)) {
        for (Path file : (Iterable<Path>) in.filter(Files::isRegularFile)::iterator) {
          found.put(file.getFileName().toString(), inode(file));
        }
      }
      return found;
    }

    /// Writes what the disk has after the power failed into a folder.
    ///
    /// @param nothing whether nothing is there that was not forced
    void fails(Path into, boolean nothing) throws IOException {
      changed();
      boolean newNames = !nothing && random.nextBoolean();
      for (String name : List.of("", "queue", "earlier", "damaged")) {
        Path from = live.resolve(name);
        Path to = Files.createDirectories(into.resolve(name));
        Map<String, Object> listed =
            newNames ? list(from) : names.getOrDefault(Path.of(name), Map.of());
        for (Map.Entry<String, Object> file : listed.entrySet()) {
          Files.write(to.resolve(file.getKey()), after(file.getValue(), nothing));
        }
      }
    }

    private byte[] after(Object inode, boolean nothing) throws IOException {
      FileChannel channel = inodes.get(inode);
      if (channel == null) {
        return new byte[0];
      }
      byte[] forced = content.getOrDefault(inode, new byte[0]);
      byte[] now = new byte[(int) channel.size()];
      int ignored = channel.read(ByteBuffer.wrap(now), 0);
      byte[] after = new byte[now.length];
      System.arraycopy(forced, 0, after, 0, Math.min(forced.length, after.length));
      for (int page = 0; page < now.length && !nothing; page += PAGE_BYTES) {
        if (random.nextBoolean()) {
          System.arraycopy(now, page, after, page, Math.min(PAGE_BYTES, now.length - page));
        }
      }
      return after;
    }

    @Override
    public void close() throws IOException {
      for (FileChannel channel : inodes.values()) {
        channel.close();
      }
    }
  }
}
