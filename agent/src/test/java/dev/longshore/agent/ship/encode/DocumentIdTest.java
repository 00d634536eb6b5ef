package dev.longshore.agent.ship.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.agent.event.GenerationId;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// An id says where a record stands, and ids sort as records stand.
class DocumentIdTest {
  private static final GenerationId GENERATION = new GenerationId(42, 7);
  private static final long[] STARTS = {0, 1, 63, 64, 65, 4096, 1L << 30, 1L << 40, (1L << 54) - 1};
  private static final long[] SPANS = {
    1, 63, 64, 4096, (1 << 18) - 1, 1 << 18, 1 << 20, 1L << 33, (1L << 42) - 1
  };

  @Test
  void idsOfAGenerationSortByStartThenBySpan() {
    String previous = "";
    for (long start : STARTS) {
      for (long span : new long[] {1, 63, 64, 4096, (1 << 18) - 1}) {
        String id = id(2, start, span);

        assertThat(id).hasSize(DocumentId.BYTES).matches("[-_0-9A-Za-z]+").isGreaterThan(previous);
        assertThat(id).startsWith(GENERATION.toString());
        previous = id;
      }
    }
  }

  @Test
  void eachPlaceHasAnIdOfItsOwn() {
    Set<String> ids = new HashSet<>();
    for (long start : STARTS) {
      for (long span : SPANS) {
        ids.add(id(2, start, span));
      }
    }

    assertThat(ids).hasSize(STARTS.length * SPANS.length);
  }

  @Test
  void idsThatFollowEachOtherDifferAtTheirEnds() {
    assertThat(id(2, 100_018, 244).substring(0, 26))
        .isEqualTo(id(2, 100_262, 198).substring(0, 26));
  }

  @Test
  void whatWasQueuedByAnEarlierVersionKeepsItsIds() {
    assertThat(id(1, 100_018, 244)).isEqualTo(GENERATION + "------NPm-----2o");
    assertThat(id(2, 100_018, 244)).isEqualTo(GENERATION + "----------NPm-2o");
  }

  private static String id(int version, long start, long span) {
    byte[] id = new byte[DocumentId.BYTES];
    int written = DocumentId.write(version, GENERATION, start, span, id, 0);
    return new String(id, 0, written, StandardCharsets.US_ASCII);
  }
}
