package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that fails in one place costs what lies there and nothing else: it is read again from the
/// log, at the start and while running, and nothing waits for it.
final class BufferDiskFaultTest {
  private static final int RECORDS = 70;
  private static final int RECORD_BYTES = 1000;
  private static final long BLOCK_BYTES = RECORDS * RECORD_BYTES;

  @TempDir Path dir;

  private final FaultyDisk disk = new FaultyDisk();
  private final ManualClock clock = new ManualClock();
  private final LogFile log = new LogFile(1);
  private final Block block = new Block(1 << 17);
  private final List<Long> references = new ArrayList<>();

  private Buffer open() {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(64), DataSize.ofBytes(0), false);
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

  /// Takes all blocks that can be had, and says which of the log they are.
  private List<Long> take(Buffer buffer) {
    List<Long> numbers = new ArrayList<>();
    for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
      assertThat(log.wrote(block)).isTrue();
      numbers.add(block.base() / BLOCK_BYTES);
      references.add(r);
    }
    return numbers;
  }

  private void maintain(Buffer buffer) {
    clock.advance(Duration.ofMinutes(2));
    buffer.maintain();
  }

  private void acknowledgeAll(Buffer buffer) {
    references.forEach(buffer::acknowledge);
    references.clear();
  }

  private List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve(folder))) {
      return files
          .filter(f -> f.toString().contains(".cq4"))
          .filter(f -> !f.toString().endsWith("t"))
          .sorted()
          .toList();
    }
  }

  private Path current() throws IOException {
    return files("queue").getLast();
  }

  private Position at(long blocks) {
    return new Position(log.generation, blocks * BLOCK_BYTES, blocks * BLOCK_BYTES);
  }

  @Test
  void aPageThatCannotBeReadAtTheStartCostsTheBlockOnIt() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 10);
    }
    // Blocks lie one after the other behind Chronicle's first pages.
    disk.failReads(current(), placeOf(3) + 30_000);
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).containsExactly(0L, 1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L);
      assertThat(buffer.positions()).containsExactly(at(3));
      assertThat(buffer.damage().files()).isEqualTo(1);
      log.resumeAt(3 * BLOCK_BYTES);
      append(buffer, 7);
      assertThat(take(buffer)).hasSize(7).contains(3L);
      acknowledgeAll(buffer);
      maintain(buffer);
      assertThat(files("earlier")).isEmpty();
      assertThat(files("damaged")).hasSize(1);
    }
  }

  @Test
  void aPageThatCannotBeReadWhileRunningCostsTheBlockOnIt() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 10);
      disk.failReads(current(), placeOf(3) + 30_000);
      assertThat(take(buffer)).containsExactly(0L, 1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L);
      maintain(buffer);
      assertThat(buffer.takeFallbacks()).containsExactly(at(3));
      assertThat(buffer.takeUnreadable()).hasSize(1);
      log.resumeAt(3 * BLOCK_BYTES);
      append(buffer, 1);
      assertThat(take(buffer)).containsExactly(3L);
      acknowledgeAll(buffer);
      maintain(buffer);
      assertThat(buffer.pendingBlocks()).isZero();
      assertThat(files("damaged")).hasSize(1);
    }
  }

  @Test
  void aFileThatCannotBeOpenedAtTheStartIsSetAside() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 300);
    }
    assertThat(files("queue")).hasSizeGreaterThan(1);
    String failing = files("queue").getFirst().getFileName().toString();
    disk.unopenable.add(failing);
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).isNotEmpty().doesNotContain(0L).contains(299L);
      assertThat(buffer.positions()).containsExactly(at(0));
      assertThat(dir.resolve("earlier").resolve(failing)).doesNotExist();
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsFollowedByAnother() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 3);
      disk.unwritable.add(current().getFileName().toString());
      append(buffer, 3);
      assertThat(take(buffer)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
      maintain(buffer);
      assertThat(buffer.takeFallbacks()).isEmpty();
      assertThat(buffer.positions()).containsExactly(at(6));
    }
    references.clear();
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
      acknowledgeAll(buffer);
      maintain(buffer);
      assertThat(files("damaged")).isEmpty();
    }
  }

  /// A page of the mapping that is gone is a SIGBUS, for which the JVM throws an InternalError.
  @Test
  void aCurrentFileThatIsCutShortUnderTheMappingIsReadAgain() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 5);
      assertThat(take(buffer)).hasSize(5);
      append(buffer, 2);
      truncate(current());
      buffer.acknowledge(references.removeFirst());
      assertThat(take(buffer)).isEmpty();
      maintain(buffer);
      assertThat(buffer.takeFallbacks()).containsExactly(at(0));
      log.resumeAt(0);
      append(buffer, 7);
      assertThat(take(buffer)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
      acknowledgeAll(buffer);
      maintain(buffer);
      assertThat(buffer.pendingBlocks()).isZero();
    }
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).isEmpty();
      assertThat(buffer.positions()).containsExactly(at(7));
    }
  }

  @Test
  void aCurrentFileThatIsCutShortIsReadAgainWhenTheNextBlockIsAppended() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 5);
      truncate(current());
      append(buffer, 1);
      assertThat(take(buffer)).containsExactly(5L);
      maintain(buffer);
      assertThat(buffer.takeFallbacks()).containsExactly(at(0));
    }
  }

  private static void truncate(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileChannel ignored = channel.truncate(0);
    }
  }

  @Test
  void anAcknowledgementThatCannotBeWrittenIsWrittenLaterAndBlocksNoOther() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 4);
      assertThat(take(buffer)).hasSize(4);
      disk.readOnly = true;
      acknowledgeAll(buffer);
      assertThat(buffer.pendingBlocks()).isZero();
      buffer.maintain();
      disk.readOnly = false;
      maintain(buffer);
    }
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).isEmpty();
    }
  }

  @Test
  void allFilesAreNotReadAgainAndAgainWhileTheDiskFails() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 10);
      disk.failReads(current(), placeOf(3) + 30_000);
      take(buffer);
      disk.readOnly = true;
      disk.unwritable.add(current().getFileName().toString());
      buffer.maintain();
      int opened = disk.opened;
      for (int i = 0; i < 10; i++) {
        buffer.maintain();
      }
      assertThat(disk.opened - opened).isLessThan(10);
      disk.readOnly = false;
      maintain(buffer);
      assertThat(buffer.takeFallbacks()).containsExactly(at(3));
    }
  }

  @Test
  void aFileThatCannotBeSetAsideHoldsUpNoOther() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 300);
      Path first = files("queue").getFirst();
      disk.failReads(first, placeOf(3) + 30_000);
      take(buffer);
      maintain(buffer);
      Files.delete(dir.resolve("damaged"));
      Path inTheWay = Files.createFile(dir.resolve("damaged"));
      acknowledgeAll(buffer);
      maintain(buffer);
      maintain(buffer);
      assertThat(files("queue")).hasSize(2).contains(first);
      Files.delete(inTheWay);
      Files.createDirectory(inTheWay);
      maintain(buffer);
      maintain(buffer);
      assertThat(files("queue")).hasSize(1);
    }
  }

  @Test
  void whatCannotBeUsedAtTheStartSaysWhatIsWrongWithIt() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 1);
    }
    disk.readOnly = true;
    assertThatThrownBy(this::open)
        .isInstanceOf(BufferException.class)
        .hasMessageContaining("Input/output error")
        .hasMessageNotContainingAny("ext4", "local file system");
    disk.readOnly = false;
    try (Buffer buffer = open()) {
      assertThat(take(buffer)).containsExactly(0L);
    }
  }

  /// Where in the first file the block with this number begins.
  private long placeOf(int number) throws IOException {
    byte[] content = Files.readAllBytes(files("queue").getFirst());
    int seen = -1;
    for (int at = 0; at + 24 <= content.length; at += 4) {
      if (content[at] == 'L'
          && content[at + 1] == 'S'
          && content[at + 2] == 'Q'
          && content[at + 12] == EntryFormat.BLOCK) {
        seen++;
        if (seen == number) {
          return at;
        }
      }
    }
    throw new AssertionError("no block " + number);
  }

  @Test
  void aFolderThatIsRemovedOrReplacedWhileItIsUsedEndsItsUse() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer, 1);
      buffer.maintain();
      Files.move(dir, dir.resolveSibling(dir.getFileName() + "-moved"));
      assertThatThrownBy(buffer::maintain)
          .isInstanceOf(BufferException.class)
          .hasMessageContaining("was removed or replaced while the agent used it");

      Files.createDirectories(dir);
      Files.createFile(dir.resolve("lock"));
      assertThatThrownBy(buffer::maintain)
          .as("the lock of another agent, perhaps")
          .isInstanceOf(BufferException.class);
    }
  }
}
