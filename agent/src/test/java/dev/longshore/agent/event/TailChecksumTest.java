package dev.longshore.agent.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// The checksum before an offset is a function of the file's bytes alone, however they were read.
final class TailChecksumTest {
  private static final GenerationId GENERATION = new GenerationId(1, 2);

  private final byte[] file = new byte[5_000];
  private final TailChecksum tail = new TailChecksum();

  TailChecksumTest() {
    new Random(7).nextBytes(file);
  }

  private int expected(int offset) {
    CRC32C crc = new CRC32C();
    int from = Math.max(0, offset - TailChecksum.WINDOW_BYTES);
    crc.update(file, from, offset - from);
    return (int) crc.getValue();
  }

  @Test
  void isThatOfTheLastBytesHoweverTheyWereCut() {
    Random random = new Random(11);
    for (int round = 0; round < 50; round++) {
      int most = 1 + random.nextInt(700);
      tail.startAt(0);
      for (int at = 0; at < file.length; ) {
        int some = Math.min(file.length - at, random.nextInt(most + 1));
        tail.update(file, at, some);
        at += some;
        assertThat(tail.offset()).isEqualTo(at);
        assertThat(tail.isComplete()).isTrue();
        assertThat(tail.value()).isEqualTo(expected(at));
      }
    }
  }

  @Test
  void canStartInTheMiddleOfAFile() {
    int offset = 3_000;
    int from = (int) TailChecksum.windowStart(offset);
    tail.startAt(from);
    tail.update(file, from, offset - from);
    assertThat(tail.offset()).isEqualTo(offset);
    assertThat(tail.value()).isEqualTo(expected(offset));
    tail.update(file, offset, 10);
    assertThat(tail.value()).isEqualTo(expected(offset + 10));
  }

  @Test
  void coversAllOfAShortFile() {
    assertThat(TailChecksum.windowStart(100)).isZero();
    tail.startAt(0);
    tail.update(file, 0, 100);
    assertThat(tail.value()).isEqualTo(expected(100));
  }

  @Test
  void saysNothingWhereBytesAreMissing() {
    tail.startAt(1_000);
    tail.update(file, 1_000, TailChecksum.WINDOW_BYTES - 1);
    assertThat(tail.isComplete()).isFalse();
    assertThatThrownBy(tail::value).isInstanceOf(IllegalStateException.class);
    Position position = new Position(GENERATION, 1_255, 1_255);
    assertThat(position.withTail(tail)).isEqualTo(position);
    tail.update(file, 1_255, 1);
    assertThat(position.withTail(tail).hasTail()).isTrue();
  }

  @Test
  void tellsAnotherContentFromTheSame() {
    tail.startAt(0);
    tail.update(file, 0, 2_000);
    Position committed = new Position(GENERATION, 1_900, 2_000).withTail(tail);
    assertThat(tail.matches(committed)).isTrue();

    byte[] other = Arrays.copyOf(file, 2_000);
    other[other.length - TailChecksum.WINDOW_BYTES] ^= 1;
    tail.startAt(0);
    tail.update(other, 0, other.length);
    assertThat(tail.matches(committed)).isFalse();
  }

  @Test
  void goesWithTheFurtherOfTwoPositions() {
    tail.startAt(0);
    tail.update(file, 0, 500);
    Position before = new Position(GENERATION, 500, 300).withTail(tail);
    tail.update(file, 500, 500);
    Position after = new Position(GENERATION, 400, 1_000).withTail(tail);
    assertThat(before.max(after)).isEqualTo(after.withOffsets(500, 1_000));
    assertThat(after.max(before)).isEqualTo(after.withOffsets(500, 1_000));
    assertThat(after.max(new Position(GENERATION, 2_000, 2_000)).tailOffset()).isEqualTo(1_000);
  }
}
