package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The buffer says which limit keeps it from taking a block, and who may read its files.
final class BufferLimitsTest {
  @TempDir Path folder;

  private final LogFile log = new LogFile(1);
  private final Block block = new Block(1 << 20);

  private Buffer open(Path dir, DataSize minFree) {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(16), minFree, false);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        new ManualClock(),
        new BufferMetrics(new SimpleMeterRegistry()));
  }

  @Test
  void belowTheFloorOfFreeSpaceIsNotFull() throws IOException {
    DataSize more = new DataSize(Files.getFileStore(folder).getUsableSpace() * 2);
    try (Buffer buffer = open(folder.resolve("buffer"), more)) {
      assertThat(buffer.room(1_000)).isNotInstanceOf(Room.Available.class);
      assertThat(buffer.room(1_000))
          .isInstanceOfSatisfying(
              Room.BelowMinFree.class,
              room -> {
                assertThat(room.minFreeBytes()).isEqualTo(more.bytes());
                assertThat(room.freeBytes()).isBetween(1L, more.bytes());
              });
    }
  }

  @Test
  void aBufferAtItsCapIsFull() {
    try (Buffer buffer = open(folder.resolve("buffer"), DataSize.ofBytes(0))) {
      while (buffer.room(900_000) instanceof Room.Available) {
        log.fill(block, 900, 1_000);
        buffer.append(block);
      }
      assertThat(buffer.room(900_000))
          .isInstanceOfSatisfying(
              Room.Full.class,
              room ->
                  assertThat(room.detail())
                      .contains(String.valueOf(buffer.diskBytes()), "buffer.maxSize is 16777216"));
    }
  }

  @Test
  void aRecordOfTheGreatestLengthFits() {
    try (Buffer buffer = open(folder.resolve("buffer"), DataSize.ofBytes(0))) {
      log.fill(block, 1, Block.MAX_RECORD_BYTES);
      buffer.append(block);

      assertThat(buffer.next(block)).isNotEqualTo(BlockSource.NONE);
      assertThat(log.wrote(block)).isTrue();
      assertThat(block.payloadBytes()).isGreaterThanOrEqualTo(Block.MAX_RECORD_BYTES);
    }
  }

  @Test
  void whatItRemembersOfSnapshotsCountsInTheMemoryBudgetUntilItIsClosed() {
    MemoryBudget budget = new MemoryBudget(16 << 20);
    MemoryBudget.Share snapshots = budget.share("snapshots", Buffer.SNAPSHOTS_RESERVE_BYTES);
    BufferConfig config = new BufferConfig(folder, DataSize.ofMiB(16), DataSize.ofBytes(0), false);
    try (Buffer buffer =
        Buffer.open(
            config, snapshots, new ManualClock(), new BufferMetrics(new SimpleMeterRegistry()))) {
      log.fill(block, 10, 1_000);
      buffer.append(block);
      long written = snapshots.usedBytes();
      assertThat(written).isPositive();
      assertThat(buffer.next(block)).isNotEqualTo(BlockSource.NONE);
      assertThat(snapshots.usedBytes()).isGreaterThan(written);
    }
    assertThat(snapshots.usedBytes()).isZero();
  }

  @Test
  void onlyTheOwnerMayReadItsFiles() throws IOException {
    Path dir = folder.resolve("longshore/buffer");
    try (Buffer buffer = open(dir, DataSize.ofBytes(0))) {
      for (int i = 0; i < 8; i++) {
        log.fill(block, 900, 1_000);
        buffer.append(block);
      }
      assertOwnerOnly(folder.resolve("longshore"));
    }
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path path : all.toList()) {
        Files.setPosixFilePermissions(
            path,
            PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
      }
    }
    try (Buffer buffer = open(dir, DataSize.ofBytes(0))) {
      assertThat(buffer.pendingBlocks()).isEqualTo(8);
      assertOwnerOnly(dir);
    }
  }

  private static void assertOwnerOnly(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(
                Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "rwx------" : "rw-------");
      }
    }
  }
}
