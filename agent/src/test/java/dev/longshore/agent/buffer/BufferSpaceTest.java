package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The buffer keeps to its cap, survives a full disk, and gives back what it no longer needs.
final class BufferSpaceTest {
  private static final int RECORDS = 256;
  private static final int RECORD_BYTES = 1000;

  /// What the reading thread wants room for before it reads.
  private static final int READER_ASKS_FOR = 3 << 20;

  @TempDir Path folder;

  private final ManualClock clock = new ManualClock();
  private final LogFile log = new LogFile(1);
  private final Block block = new Block(1 << 16);

  private Buffer open(Path dir, int maxMiB) {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(maxMiB), DataSize.ofBytes(0), false);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        clock,
        new BufferMetrics(new SimpleMeterRegistry()));
  }

  private boolean append(Buffer buffer) {
    long before = log.end();
    log.fill(block, RECORDS, RECORD_BYTES);
    if (!(buffer.room(block.payloadBytes()) instanceof Room.Available)) {
      log.resumeAt(before);
      return false;
    }
    try {
      buffer.append(block);
      return true;
    } catch (BufferException e) {
      assertThat(e.reason()).isIn(BufferException.Reason.FULL, BufferException.Reason.DISK_FULL);
      log.resumeAt(before);
      return false;
    }
  }

  private List<Long> take(Buffer buffer) {
    List<Long> references = new ArrayList<>();
    for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
      assertThat(log.wrote(block)).isTrue();
      references.add(r);
    }
    return references;
  }

  private void maintain(Buffer buffer) {
    clock.advance(Duration.ofSeconds(2));
    buffer.maintain();
  }

  @Test
  void pausesAtTheCapAndGoesOnByItself() throws IOException {
    try (Buffer buffer = open(folder, 32)) {
      int blocks = fillUp(buffer);
      assertThat(blocks).isGreaterThan(80);
      assertThat(allocated(folder)).isLessThanOrEqualTo(32 << 20);
      take(buffer).forEach(buffer::acknowledge);
      maintain(buffer);
      assertThat(append(buffer)).isTrue();
    }
  }

  private int fillUp(Buffer buffer) throws IOException {
    int blocks = 0;
    while (append(buffer)) {
      blocks++;
      assertThat(allocated(folder)).isLessThanOrEqualTo(32 << 20);
    }
    return blocks;
  }

  @Test
  void holdsAlmostNothingWhenAllIsAcknowledged() throws IOException {
    try (Buffer buffer = open(folder, 64)) {
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
          assertThat(append(buffer)).isTrue();
        }
        take(buffer).forEach(buffer::acknowledge);
        maintain(buffer);
        assertThat(allocated(folder)).isLessThan(4 << 20);
        // Chronicle unmaps on a thread of its own.
        await().untilAsserted(() -> assertThat(mappedDeletedFiles()).isEmpty());
        await().untilAsserted(() -> assertThat(openDeletedFiles()).isEmpty());
      }
    }
  }

  private List<String> mappedDeletedFiles() throws IOException {
    return Files.readString(Path.of("/proc/self/maps"), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.contains(folder.toString()) && line.endsWith("(deleted)"))
        .toList();
  }

  private List<String> openDeletedFiles() throws IOException {
    List<String> deleted = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
        if (Files.isSymbolicLink(descriptor)) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.contains(folder.toString()) && target.endsWith("(deleted)")) {
            deleted.add(target);
          }
        }
      }
    }
    return deleted;
  }

  @Test
  void oneStuckBlockDoesNotHoldBackTheRest() throws IOException {
    long stuckBase = log.end();
    try (Buffer buffer = open(folder, 32)) {
      assertThat(append(buffer)).isTrue();
      long stuck = buffer.next(block);
      for (int i = 0; i < 600; i++) {
        if (!append(buffer)) {
          maintain(buffer);
          assertThat(append(buffer)).as("block %d", i).isTrue();
        }
        take(buffer).forEach(buffer::acknowledge);
        buffer.maintain();
      }
      assertThat(allocated(folder)).isLessThan(30 << 20);
      buffer.read(stuck, block);
      assertThat(block.base()).isEqualTo(stuckBase);
      assertThat(log.wrote(block)).isTrue();
      assertThat(buffer.recovered(stuck)).isFalse();
      assertThat(buffer.oldestTimestamps())
          .isEqualTo(Map.of(log.snapshot.container(), LogFile.timestampAt(stuckBase)));
    }
    try (Buffer again = open(folder, 32)) {
      assertThat(again.pendingBlocks()).isEqualTo(1);
      long stuck = again.next(block);
      assertThat(again.recovered(stuck)).isTrue();
      assertThat(block.base()).isEqualTo(stuckBase);
      assertThat(again.positions()).allMatch(p -> p.resumeAt() == log.end());
      again.acknowledge(stuck);
      maintain(again);
      assertThat(again.oldestTimestamps()).isEmpty();
    }
  }

  /// Each file keeps a few blocks that nobody acknowledges.
  @ParameterizedTest
  @ValueSource(ints = {16, 22, 32})
  void aFewStuckBlocksDoNotMakeASmallBufferFull(int mebibytes) throws IOException {
    try (Buffer buffer = open(folder, mebibytes)) {
      int blocks = 2 * (mebibytes << 20) / (RECORDS * RECORD_BYTES);
      int stuckEvery = blocks / 10;
      for (int i = 0; i < blocks; i++) {
        if (!(buffer.room(READER_ASKS_FOR) instanceof Room.Available)) {
          maintain(buffer);
        }
        assertThat(buffer.room(READER_ASKS_FOR))
            .as("before block %d", i)
            .isInstanceOf(Room.Available.class);
        assertThat(append(buffer)).isTrue();
        List<Long> taken = take(buffer);
        if (i % stuckEvery != 0) {
          taken.forEach(buffer::acknowledge);
        }
        maintain(buffer);
      }
    }
  }

  @Test
  void refusesAFolderThatIsHeld() {
    try (Buffer buffer = open(folder, 32)) {
      assertThat(buffer.pendingBlocks()).isZero();
      assertThatThrownBy(() -> open(folder, 32))
          .isInstanceOf(BufferException.class)
          .hasMessageContaining("held by another");
    }
    open(folder, 32).close();
  }

  @Test
  void saysWhatIsWrongWithTheFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("buffer"));
    assertThatThrownBy(() -> open(file, 32))
        .isInstanceOf(BufferException.class)
        .hasMessageContaining("buffer.dir " + file);
    assertThatThrownBy(() -> open(Path.of("/proc/longshore"), 32))
        .isInstanceOf(BufferException.class)
        .hasMessage("buffer.dir /proc/longshore can't be used: no such file: /proc/longshore");
  }

  /// Needs the right to mount: a tmpfs is a disk that is really full.
  @Test
  @Tag("root")
  void survivesAFullDisk() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk.toString());
    try {
      Path dir = disk.resolve("buffer");
      try (Buffer buffer = open(dir, 512)) {
        int blocks = 0;
        while (append(buffer)) {
          blocks++;
        }
        assertThat(blocks).isGreaterThan(30);
        assertThat(take(buffer)).hasSize(blocks);
      }
      fillTheRest(disk);
      // The disk has not one free block: it opens all the same, ships, and tidies up.
      try (Buffer buffer = open(dir, 512)) {
        int more = 0;
        while (append(buffer)) {
          more++;
        }
        assertThat(more).as("what fits into the spare").isLessThan(8);
        List<Long> references = take(buffer);
        assertThat(references).hasSizeGreaterThan(30);
        references.forEach(buffer::acknowledge);
        maintain(buffer);
        maintain(buffer);
        assertThat(append(buffer)).isTrue();
        assertThat(take(buffer)).hasSize(1);
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  /// Needs the right to mount.
  @Test
  @Tag("root")
  void pausesAndGoesOnWhileAnotherWriterFillsTheDisk() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk.toString());
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger timesFull = new AtomicInteger();
    Thread other =
        Thread.ofPlatform().unstarted(() -> fillAndEmpty(disk.resolve("other"), ended, timesFull));
    try {
      int appended = 0;
      int delivered = 0;
      int paused = 0;
      try (Buffer buffer = open(disk.resolve("buffer"), 512)) {
        other.start();
        while (appended < 400 || paused == 0 || timesFull.get() < 5) {
          assertThat(paused).as("goes on by itself").isLessThan(1_000_000);
          if (append(buffer)) {
            appended++;
          } else {
            paused++;
          }
          if (appended % 20 == 0) {
            List<Long> references = take(buffer);
            references.forEach(buffer::acknowledge);
            delivered += references.size();
            maintain(buffer);
          }
        }
      }
      ended.set(true);
      other.join();
      Files.delete(disk.resolve("other"));
      try (Buffer again = open(disk.resolve("buffer"), 512)) {
        assertThat(again.damage()).isEqualTo(DamageReport.NONE);
        assertThat(again.positions()).allMatch(position -> position.resumeAt() == log.end());
        // Without room even an acknowledgement waits for some, and is forgotten by a restart.
        assertThat(delivered + take(again).size()).isGreaterThanOrEqualTo(appended);
        assertThat(append(again)).isTrue();
      }
    } finally {
      ended.set(true);
      other.join();
      run("umount", disk.toString());
    }
  }

  /// Needs the right to mount.
  @Test
  @Tag("root")
  void aDiskWithoutInodesIsNotCalledAFullBuffer() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=30", "tmpfs", disk.toString());
    try (Buffer buffer = open(disk.resolve("buffer"), 64)) {
      assertThat(append(buffer)).isTrue();
      List<Path> others = takeAllInodes(disk);
      // The spare becomes the next file, and no other can be made.
      while (buffer.room(READER_ASKS_FOR) instanceof Room.Available) {
        log.fill(block, RECORDS, RECORD_BYTES);
        try {
          buffer.append(block);
        } catch (BufferException e) {
          assertThat(e).hasMessageContaining("No space left");
          log.resumeAt(log.end() - (long) RECORDS * RECORD_BYTES);
        }
      }
      assertThat(buffer.room(READER_ASKS_FOR))
          .isInstanceOfSatisfying(
              Room.Failed.class,
              it -> assertThat(it.detail()).contains("no room for the next queue file"));
      Files.delete(others.getFirst());
      maintain(buffer);
      assertThat(append(buffer)).isTrue();
    } finally {
      run("umount", disk.toString());
    }
  }

  private static List<Path> takeAllInodes(Path disk) {
    List<Path> files = new ArrayList<>();
    try {
      while (true) {
        files.add(Files.createFile(disk.resolve("somebody-else-" + files.size())));
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
    return files;
  }

  private static void fillAndEmpty(Path file, AtomicBoolean ended, AtomicInteger timesFull) {
    byte[] some = new byte[16 << 10];
    while (!ended.get()) {
      try (var out = Files.newOutputStream(file)) {
        while (!ended.get()) {
          out.write(some);
        }
      } catch (IOException e) {
        timesFull.incrementAndGet();
      }
    }
  }

  private static void fillTheRest(Path disk) throws IOException {
    byte[] some = new byte[4096];
    try (var out = Files.newOutputStream(disk.resolve("somebody-else"))) {
      while (true) {
        out.write(some);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as("%s: %s; this test needs to run as root, with CAP_SYS_ADMIN", List.of(command), output)
        .isZero();
  }

  private static long allocated(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files::iterator) {
        bytes += Disk.allocatedBytes(file);
      }
      return bytes;
    }
  }
}
