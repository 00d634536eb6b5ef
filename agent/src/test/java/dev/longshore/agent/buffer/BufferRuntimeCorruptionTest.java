package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockGoneException;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.Position;
import dev.longshore.shared.clock.Clock;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A block that becomes unreadable while the buffer is open is read again from the log, at once
/// where somebody asks and no later than after a restart; or it is counted as lost.
final class BufferRuntimeCorruptionTest {
  private static final int RECORDS = 70;
  private static final int RECORD_BYTES = 1000;
  private static final int BLOCK_BYTES = RECORDS * RECORD_BYTES;

  @TempDir Path dir;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LogFile log = new LogFile(1);
  private final Block block = new Block(1 << 17);

  private Buffer open(boolean sync) {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(64), DataSize.ofBytes(0), sync);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        new ManualClock(),
        new BufferMetrics(registry));
  }

  private void append(Buffer buffer, int blocks) {
    for (int i = 0; i < blocks; i++) {
      log.fill(block, RECORDS, RECORD_BYTES);
      buffer.append(block);
    }
  }

  private List<Long> takeBases(Buffer buffer, List<Long> references) {
    List<Long> bases = new ArrayList<>();
    for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
      assertThat(log.wrote(block)).isTrue();
      bases.add(block.base());
      references.add(r);
    }
    return bases;
  }

  @Test
  void readsAnUnreadableBlockAgainAtOnce() throws IOException {
    List<Long> references = new ArrayList<>();
    try (Buffer buffer = open(false)) {
      append(buffer, 10);
      damageBlock(3);
      assertThat(takeBases(buffer, references)).hasSize(9).doesNotContain(3L * BLOCK_BYTES);

      buffer.maintain();
      assertThat(buffer.takeFallbacks())
          .containsExactly(new Position(log.generation, 3L * BLOCK_BYTES, 3L * BLOCK_BYTES));
      assertThat(buffer.damage().generationsRolledBack()).isEqualTo(1);
      assertThat(buffer.damage().blocksLost()).isZero();
      log.resumeAt(3L * BLOCK_BYTES);
      append(buffer, 1);
      assertThat(takeBases(buffer, references)).containsExactly(3L * BLOCK_BYTES);
      references.forEach(buffer::acknowledge);
      buffer.maintain();
      assertThat(buffer.pendingBlocks()).isZero();
    }
  }

  @Test
  void readsItAgainAfterARestartWhenNobodyAsked() throws IOException {
    try (Buffer buffer = open(false)) {
      append(buffer, 10);
      damageBlock(3);
      List<Long> references = new ArrayList<>();
      List<Long> bases = takeBases(buffer, references);
      assertThat(bases).hasSize(9);
      // What is read on commits no progress past the gap, and the gap outlives its file.
      append(buffer, 5);
      takeBases(buffer, references);
      references.forEach(buffer::acknowledge);
      buffer.maintain();
      assertThat(buffer.pendingBlocks()).isZero();
      assertThat(buffer.positions()).allMatch(p -> p.resumeAt() == 3L * BLOCK_BYTES);
    }
    try (Buffer again = open(false)) {
      assertThat(again.positions())
          .containsExactly(new Position(log.generation, 3L * BLOCK_BYTES, 3L * BLOCK_BYTES));
    }
  }

  @Test
  void countsWhatNothingReadsAgainAsLost() throws IOException {
    try (Buffer buffer = open(false)) {
      append(buffer, 10);
      damageBlock(3);
      buffer.forget(log.generation);
      assertThat(takeBases(buffer, new ArrayList<>())).hasSize(9);
      buffer.maintain();
      assertThat(buffer.takeFallbacks()).isEmpty();
      assertThat(buffer.damage().blocksLost()).isEqualTo(1);
      assertThat(registry.get("longshore.agent.buffer.lost").counter().count()).isEqualTo(1);
      assertThat(buffer.pendingBlocks()).isEqualTo(9);
    }
  }

  @Test
  void tellsTheRecordsOfABlockThatNobodySawBefore() throws IOException {
    try (Buffer buffer = open(false)) {
      append(buffer, 10);
      damageBlock(3);
      takeBases(buffer, new ArrayList<>());
      assertThat(buffer.takeUnreadable())
          .containsExactly(
              new UnreadableBlock(log.snapshot.container(), RECORDS, block.payloadBytes(), false));
      assertThat(buffer.takeUnreadable()).isEmpty();
    }
  }

  @Test
  void tellsWhoHasABlockThatItIsGone() throws IOException {
    try (Buffer buffer = open(false)) {
      append(buffer, 10);
      List<Long> references = new ArrayList<>();
      assertThat(takeBases(buffer, references)).hasSize(10);
      damageBlock(3);
      long broken = references.get(3);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> buffer.read(broken, block))
            .isInstanceOfSatisfying(
                BlockGoneException.class,
                gone -> {
                  assertThat(gone.container()).isEqualTo(log.snapshot.container());
                  assertThat(gone.records()).isEqualTo(RECORDS);
                  assertThat(gone.isLost()).isFalse();
                });
      }
      assertThat(buffer.takeUnreadable()).isEmpty();
      buffer.maintain();
      assertThat(buffer.takeFallbacks()).hasSize(1);
      assertThat(buffer.goneBlocks()).isEqualTo(1);
      references.forEach(buffer::acknowledge);
      assertThat(buffer.pendingBlocks()).isZero();
      assertThat(buffer.goneBlocks()).as("nobody asks for it any more").isZero();
    }
  }

  /// A relocated block commits nothing, so there is no gap to read again from.
  @Test
  void readsAllOfTheFileAgainWhenARelocatedBlockIsUnreadable() throws IOException {
    try (Buffer buffer = open(false)) {
      append(buffer, 1);
      long stuck = buffer.next(block);
      for (int i = 0; i < 1000; i++) {
        append(buffer, 1);
        List<Long> references = new ArrayList<>();
        takeBases(buffer, references);
        references.forEach(buffer::acknowledge);
        buffer.maintain();
      }
      assertThat(registry.get("longshore.agent.buffer.relocated").counter().count()).isPositive();
      damage(0, true);
      assertThatThrownBy(() -> buffer.read(stuck, block)).isInstanceOf(BlockGoneException.class);
      buffer.maintain();
      assertThat(buffer.takeFallbacks()).containsExactly(Position.start(log.generation));
      assertThat(buffer.damage().blocksLost()).isZero();
    }
  }

  @Test
  void opensAtOnceWithAStaleLockInTheMetadata() throws IOException {
    try (Buffer buffer = open(true)) {
      append(buffer, 3);
    }
    // Whoever held it last was process 1, as the next one is.
    Path metadata = dir.resolve("queue/metadata.cq4t");
    byte[] content = Files.readAllBytes(metadata);
    for (int at = 64; at + 8 <= content.length; at += 8) {
      ByteBuffer.wrap(content).putLong(at, ProcessHandle.current().pid());
    }
    Files.write(metadata, content);
    Files.writeString(dir.resolve("lock"), "1", StandardCharsets.UTF_8);
    long begun = Clock.system().nanoTime();
    try (Buffer buffer = open(true)) {
      assertThat(Clock.system().nanoTime() - begun).isLessThan(5_000_000_000L);
      assertThat(takeBases(buffer, new ArrayList<>())).hasSize(3);
      assertThat(buffer.damage()).isEqualTo(DamageReport.NONE);
    }
  }

  /// Flips a byte in the middle of the block with this number.
  private void damageBlock(int number) throws IOException {
    damage(number, false);
  }

  /// Flips a byte in the middle of the block with this number, among those that were relocated or
  /// those that were not, in the oldest file.
  private void damage(int number, boolean relocated) throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(dir.resolve("queue"))) {
      file = files.filter(f -> QueueFiles.number(f) >= 0).sorted().findFirst().orElseThrow();
    }
    List<Integer> places = new ArrayList<>();
    long ignored =
        new FileScan(FolderWatch.NONE)
            .scan(
                file,
                entry -> {
                  switch (entry) {
                    case Entry.Queued block when block.origin() >= 0 == relocated ->
                        places.add(block.position());
                    case Entry.Damaged damaged -> throw new AssertionError("before: " + damaged);
                    case Entry.Unreadable it -> throw new AssertionError("before", it.cause());
                    default -> {
                      // Stays as it is.
                    }
                  }
                });
    assertThat(ignored).isPositive();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      int at = places.get(number) + BLOCK_BYTES / 2;
      assertThat(channel.read(one, at)).isEqualTo(1);
      one.put(0, (byte) (one.get(0) ^ 0x55)).rewind();
      assertThat(channel.write(one, at)).isEqualTo(1);
    }
  }
}
