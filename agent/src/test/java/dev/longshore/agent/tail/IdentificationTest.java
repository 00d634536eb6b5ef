package dev.longshore.agent.tail;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.tail.Identification.Start;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Promise: no byte that somebody wrote is taken for a hole, whatever the file system says.
class IdentificationTest {
  private static final byte[] LINES =
      "2026-11-28T20:51:35Z stdout F paid\n".repeat(4_000).getBytes(US_ASCII);

  private final Identification identification = new Identification();

  /// @param dataAt what the file system says of any offset before it
  private record Written(byte[] content, long dataAt) implements Source {
    @Override
    public int readAt(long offset, byte[] into, int from, int length) {
      int count = Math.clamp(content.length - offset, 0, length);
      System.arraycopy(content, (int) offset, into, from, count);
      return count;
    }

    @Override
    public long sizeBytes() {
      return content.length;
    }

    @Override
    public long dataAt(long offset) {
      return Math.max(offset, dataAt);
    }

    @Override
    public void close() {}
  }

  private static byte[] behindNul(int count) {
    byte[] content = new byte[count + LINES.length];
    System.arraycopy(LINES, 0, content, count, LINES.length);
    return content;
  }

  @Test
  void linesThatTheFileSystemHasInMemoryAloneAreNotPassedOver() throws IOException {
    assertThat(identification.skipNul(new Written(LINES, 57_344), 0)).isEqualTo(new Start(0, true));
  }

  @Test
  void aHoleEndsWhereItsFirstLineBeginsThoughALaterPlaceIsNamed() throws IOException {
    int hole = 1 << 20;
    Written file = new Written(behindNul(hole), hole + 57_344);
    assertThat(identification.skipNul(file, 0)).isEqualTo(new Start(hole, true));
  }

  @Test
  void aHoleIsPassedOverInOneStep() throws IOException {
    int hole = 64 << 20;
    assertThat(identification.skipNul(new Written(behindNul(hole), hole), 0))
        .isEqualTo(new Start(hole, true));
    assertThat(identification.skipNul(new Written(new byte[hole], hole), 0))
        .isEqualTo(new Start(hole, true));
  }
}
