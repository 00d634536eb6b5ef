package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.GenerationId;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// An id says where a record stands, and ids sort as records stand.
class DocumentIdTest {
  private static final GenerationId GENERATION = new GenerationId(42, 7);

  @Test
  void idsOfAGenerationSortByStartThenBySpan() {
    String previous = "";
    for (long start : new long[] {0, 1, 63, 64, 65, 4096, 1L << 30, 1L << 40, (1L << 54) - 1}) {
      for (long span : new long[] {1, 63, 64, 1 << 20, 1L << 33, (1L << 42) - 1}) {
        String id = id(start, span);

        assertThat(id).hasSize(DocumentId.BYTES).matches("[-_0-9A-Za-z]+").isGreaterThan(previous);
        assertThat(id).startsWith(GENERATION.toString());
        previous = id;
      }
    }
  }

  private static String id(long start, long span) {
    byte[] id = new byte[DocumentId.BYTES];
    int written = DocumentId.write(GENERATION, start, span, id, 0);
    return new String(id, 0, written, StandardCharsets.US_ASCII);
  }
}
