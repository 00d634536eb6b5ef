package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is wanting beside the disk's own health, be it descriptors, inodes or a folder, is neither
/// taken for damage nor called a full buffer, and all goes on when it is there again.
final class BufferShortageTest {
  private static final int RECORDS = 70;
  private static final int RECORD_BYTES = 1000;
  private static final int READER_ASKS_FOR = 3 << 20;

  @TempDir Path dir;

  private final FaultyDisk disk = new FaultyDisk();
  private final ManualClock clock = new ManualClock();
  private final LogFile log = new LogFile(1);
  private final Block block = new Block(1 << 17);
  private boolean sync;

  private Buffer open() {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(16), DataSize.ofBytes(0), sync);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        clock,
        new BufferMetrics(new SimpleMeterRegistry()),
        disk);
  }

  private void append(Buffer buffer, int blocks) {
    for (int i = 0; i < blocks; i++) {
      log.fill(block, RECORDS, RECORD_BYTES);
      buffer.append(block);
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
    clock.advance(Duration.ofMinutes(2));
    buffer.maintain();
  }

  /// Appends and ships until there is no room.
  private Room shipUntilFull(Buffer buffer) {
    for (int i = 0; i < 400; i++) {
      Room room = buffer.room(READER_ASKS_FOR);
      if (!(room instanceof Room.Available)) {
        return room;
      }
      append(buffer, 1);
      take(buffer).forEach(buffer::acknowledge);
      maintain(buffer);
    }
    throw new AssertionError("there is always room");
  }

  @Test
  void aBlockIsNotDamagedBecauseNoDescriptorIsLeftToReadIt() {
    try (Buffer buffer = open()) {
      append(buffer, 3);
      disk.exhausted = true;
      assertThatThrownBy(() -> buffer.next(block))
          .isInstanceOf(BufferException.class)
          .hasMessageContaining("Too many open files");
      buffer.maintain();
      disk.exhausted = false;
      assertThat(take(buffer)).hasSize(3);
      assertThat(buffer.takeFallbacks()).isEmpty();
      assertThat(buffer.damage()).isEqualTo(DamageReport.NONE);
    }
  }

  @Test
  void aQueueFileIsNotDamagedBecauseNoDescriptorIsLeftAtTheStart() {
    try (Buffer buffer = open()) {
      append(buffer, 3);
    }
    disk.exhausted = true;
    assertThatThrownBy(this::open)
        .isInstanceOf(BufferException.class)
        .hasMessageContainingAll("buffer.dir", "oo many open files");
    disk.exhausted = false;
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).hasSize(3);
      assertThat(buffer.damage()).isEqualTo(DamageReport.NONE);
    }
  }

  /// A queue that can't open the next file would stand between two of them.
  @Test
  void theNextFileIsBegunWhenThereAreDescriptorsForIt() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 50);
      disk.exhausted = true;
      assertThatThrownBy(() -> append(buffer, 20))
          .isInstanceOf(BufferException.class)
          .hasMessageContaining("Too many open files");
      log.resumeAt(log.end() - (long) RECORDS * RECORD_BYTES);
      assertThat(files("queue")).hasSize(1);
      disk.exhausted = false;
      append(buffer, 10);
      assertThat(files("queue")).hasSize(2);
      assertThat(take(buffer).size()).isGreaterThan(60);
      assertThat(files("earlier")).as("given up").isEmpty();
    }
  }

  private List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve(folder))) {
      return files.filter(f -> f.toString().endsWith(".cq4")).sorted().toList();
    }
  }

  @Test
  void aDiskThatCannotBeForcedIsNotCalledAFullBuffer() {
    try (Buffer buffer = open()) {
      append(buffer, 1);
      disk.unforceable = true;
      assertThat(shipUntilFull(buffer))
          .isInstanceOfSatisfying(
              Room.Failed.class,
              it -> assertThat(it.detail()).contains("can't be deleted", "Input/output error"));
      assertThat(buffer.pendingBlocks()).isZero();
      disk.unforceable = false;
      maintain(buffer);
      maintain(buffer);
      assertThat(buffer.room(READER_ASKS_FOR)).isInstanceOf(Room.Available.class);
    }
  }

  /// A file of which the disk said once that it does not have it may be on no disk, whatever is
  /// said next: a system gives up a page that it could not write, and has nothing to write then.
  @Test
  void noFileIsDeletedOnTheWordOfOneThatCouldNotBeForced() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 100);
      List<Path> before = files("queue");
      assertThat(before).hasSizeGreaterThan(1);
      List<Long> taken = take(buffer);
      taken.subList(0, 99).forEach(buffer::acknowledge);
      disk.unforceable = true;
      maintain(buffer);
      disk.unforceable = false;
      assertThat(files("queue").getLast())
          .as("goes on in another file")
          .isNotEqualTo(before.getLast());
      maintain(buffer);
      maintain(buffer);
      assertThat(before.getFirst()).doesNotExist();
    }
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).hasSize(1);
      assertThat(buffer.damage()).isEqualTo(DamageReport.NONE);
      assertThat(buffer.positions()).allMatch(it -> it.resumeAt() == log.end());
    }
  }

  @Test
  void aBlockThatCouldNotBeForcedIsInTheQueueOnce() {
    sync = true;
    try (Buffer buffer = open()) {
      append(buffer, 1);
      disk.unforceable = true;
      assertThatThrownBy(() -> append(buffer, 1)).isInstanceOf(BufferException.class);
      disk.unforceable = false;
      clock.advance(Duration.ofMinutes(1));
      log.resumeAt(log.end() - (long) RECORDS * RECORD_BYTES);
      append(buffer, 1);
      assertThat(take(buffer)).hasSize(2);
      assertThat(buffer.pendingBlocks()).isEqualTo(2);
    }
  }

  @Test
  void aSpareThatSomebodyDeletesIsMadeAnew() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 1);
      Files.delete(dir.resolve("spare"));
      append(buffer, 99);
      assertThat(files("queue")).hasSizeGreaterThan(1);
      assertThat(take(buffer)).hasSize(100);
    }
  }

  @Test
  void aFolderOfEvidenceThatSomebodyDeletesIsMadeAnewWhenThereIsSome() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 1);
      Files.delete(dir.resolve("damaged"));
      append(buffer, 99);
      Path first = files("queue").getFirst();
      disk.failReads(first, 200_000);
      take(buffer).forEach(buffer::acknowledge);
      maintain(buffer);
      assertThat(buffer.takeFallbacks()).hasSize(1);
      maintain(buffer);
      maintain(buffer);
      assertThat(first).doesNotExist();
      assertThat(dir.resolve("damaged")).isDirectory();
      assertThat(buffer.room(READER_ASKS_FOR)).isInstanceOf(Room.Available.class);
    }
  }

  @Test
  void foldersThatStandInThePlaceOfFilesDoNotKeepTheBufferFromOpening() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 3);
    }
    for (String file : List.of("spare", "queue/metadata.cq4t")) {
      Files.delete(dir.resolve(file));
      Files.createDirectories(dir.resolve(file).resolve("in it"));
    }
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).hasSize(3);
      append(buffer, 1);
    }
  }

  /// As an inode is that the disk can't read: it has a name, and nothing can be asked of it.
  @Test
  void aFileThatCannotBeAskedForItsLengthStopsNothing() throws IOException {
    try (Buffer buffer = open()) {
      Path loop = dir.resolve("damaged/00040590.cq4");
      Files.createSymbolicLink(loop, loop);
      for (int i = 0; i < 100; i++) {
        append(buffer, 1);
        take(buffer).forEach(buffer::acknowledge);
        maintain(buffer);
        assertThat(buffer.room(READER_ASKS_FOR)).isInstanceOf(Room.Available.class);
      }
    }
    try (Buffer buffer = open()) {
      append(buffer, 1);
      assertThat(take(buffer)).hasSize(1);
    }
  }

  @Test
  void aFolderOfQueueFilesThatIsRemovedEndsTheUseOfTheBuffer() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 1);
      Files.move(dir.resolve("queue"), dir.resolve("moved"));
      assertThatThrownBy(buffer::maintain)
          .isInstanceOf(BufferException.class)
          .hasMessageContaining("was removed or replaced while the agent used it");
    }
  }
}
