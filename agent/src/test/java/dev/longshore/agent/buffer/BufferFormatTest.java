package dev.longshore.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.agent.event.Block;
import dev.longshore.agent.event.BlockSource;
import dev.longshore.agent.event.Position;
import dev.longshore.agent.event.TailChecksum;
import dev.longshore.shared.memory.MemoryBudget;
import dev.longshore.shared.units.DataSize;
import dev.longshore.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a position says of the log's content survives restarts; the previous format is read, and
/// what a later version wrote is left alone.
final class BufferFormatTest {
  @TempDir Path dir;

  private final LogFile log = new LogFile(1);
  private final Block block = new Block(1 << 17);
  private final TailChecksum tail = new TailChecksum();
  private final ManualClock clock = new ManualClock();

  private Buffer open() {
    BufferConfig config = new BufferConfig(dir, DataSize.ofMiB(64), DataSize.ofBytes(0), false);
    return Buffer.open(
        config,
        new MemoryBudget(16 << 20).share("snapshots", 0),
        clock,
        new BufferMetrics(new SimpleMeterRegistry()));
  }

  /// Appends a block whose position says what was read before it ended.
  private Position append(Buffer buffer) {
    log.fill(block, 70, 1_000);
    tail.update(block.payload(), 0, block.payloadBytes());
    block.tail(log.generation, tail);
    buffer.append(block);
    return block.positions().getFirst();
  }

  @Test
  void theChecksumOfTheLogSurvivesRestartsAndNewFiles() {
    Position last;
    try (Buffer buffer = open()) {
      append(buffer);
      last = append(buffer);
      assertThat(last.hasTail()).isTrue();
      assertThat(buffer.positions()).containsExactly(last);
    }
    for (int restart = 0; restart < 3; restart++) {
      try (Buffer buffer = open()) {
        assertThat(buffer.positions()).containsExactly(last);
        for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
          buffer.acknowledge(r);
        }
        Path file = files("queue").getLast();
        while (files("queue").getLast().equals(file)) {
          last = append(buffer);
          buffer.acknowledge(buffer.next(block));
          clock.advance(Duration.ofSeconds(2));
          buffer.maintain();
        }
        assertThat(buffer.positions()).containsExactly(last);
      }
    }
  }

  @Test
  void progressWithoutABlockCarriesItToo() {
    Position further = new Position(log.generation, 90_000, 80_000, 90_500, 77);
    try (Buffer buffer = open()) {
      append(buffer);
      buffer.commit(further);
    }
    try (Buffer buffer = open()) {
      assertThat(buffer.positions()).containsExactly(further);
    }
  }

  @Test
  void filesOfThePreviousFormatAreReadAndTheirPositionsHaveNoChecksum() throws IOException {
    Files.createDirectories(dir.resolve("queue"));
    try (InputStream in =
        new GZIPInputStream(
            Objects.requireNonNull(
                BufferFormatTest.class.getResourceAsStream("/buffer/entry-format-1.cq4.gz")))) {
      Files.copy(in, dir.resolve("queue/00040588.cq4"));
    }
    LogFile earlier = new LogFile(1, 1);
    LogFile other = new LogFile(2, 1);
    try (Buffer buffer = open()) {
      assertThat(buffer.damage()).isEqualTo(DamageReport.NONE);
      assertThat(buffer.positions())
          .containsExactlyInAnyOrder(
              new Position(log.generation, 400, 400), new Position(other.generation, 300, 250));
      List<Long> references = new ArrayList<>();
      for (long r = buffer.next(block); r != BlockSource.NONE; r = buffer.next(block)) {
        assertThat(earlier.wrote(block) || other.wrote(block)).isTrue();
        references.add(r);
      }
      assertThat(references).hasSize(2);
      log.resumeAt(400);
      Position next = append(buffer);
      assertThat(buffer.positions()).contains(next);
      references.forEach(buffer::acknowledge);
      buffer.maintain();
      assertThat(files("earlier")).isEmpty();
    }
  }

  @Test
  void filesOfALaterFormatAreRefusedAndNothingIsDeleted() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer);
    }
    Path file = files("queue").getFirst();
    setVersion(file, 3);
    byte[] before = Files.readAllBytes(file);
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(this::open)
          .isInstanceOf(BufferException.class)
          .hasMessageContaining(file.getFileName().toString())
          .hasMessageContaining("entry format 3")
          .hasMessageContaining("formats 1 to 2");
    }
    assertThat(files("earlier").getFirst()).hasBinaryContent(before);
    assertThat(files("damaged")).isEmpty();
  }

  /// A byte that flips in an entry's version is damage, not another version.
  @Test
  void aDamagedVersionIsNoOtherVersion() throws IOException {
    try (Buffer buffer = open()) {
      append(buffer);
    }
    Path file = files("queue").getFirst();
    int at = firstEntry(Files.readAllBytes(file));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThat(channel.write(ByteBuffer.wrap(new byte[] {'3'}), at + 3L)).isEqualTo(1);
    }
    try (Buffer buffer = open()) {
      assertThat(buffer.damage().regions()).isPositive();
    }
  }

  private static int firstEntry(byte[] content) {
    for (int at = 0; ; at += 4) {
      if (content[at] == 'L' && content[at + 1] == 'S' && content[at + 2] == 'Q') {
        return at;
      }
    }
  }

  /// Makes the file's first entry one of another version, with the checksum that it then has.
  private static void setVersion(Path file, int version) throws IOException {
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int at = firstEntry(content.array());
    content.put(at + 3, (byte) ('0' + version));
    CRC32C crc = new CRC32C();
    crc.update(content.array(), at, 4);
    int bodyBytes = content.getInt(at + 8);
    crc.update(content.array(), at + 8, 16 + bodyBytes);
    content.putInt(at + 4, (int) crc.getValue());
    Files.write(file, content.array());
  }

  private List<Path> files(String folder) {
    try (Stream<Path> files = Files.list(dir.resolve(folder))) {
      return files.filter(f -> f.toString().endsWith(".cq4")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
