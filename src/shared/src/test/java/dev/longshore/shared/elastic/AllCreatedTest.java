package dev.longshore.shared.elastic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Only the exact bytes of "all created" are taken for it; any other byte anywhere is left to the
/// reader.
class AllCreatedTest {
  private static byte[] reply(int items) {
    String all = String.join(",", Collections.nCopies(items, "{\"create\":{\"status\":201}}"));
    return ("{\"errors\":false,\"items\":[" + all + "]}").getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 2_000})
  void knowsThatAllWereCreated(int items) {
    assertThat(AllCreated.matches(reply(items), items)).isTrue();
  }

  @Test
  void leavesAnotherNumberOfItemsToTheReader() {
    assertThat(AllCreated.matches(reply(3), 2)).isFalse();
    assertThat(AllCreated.matches(reply(3), 4)).isFalse();
    assertThat(
            AllCreated.matches(
                "{\"errors\":false,\"items\":[]}".getBytes(StandardCharsets.US_ASCII), 0))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void leavesEachOtherByteToTheReader(int items) {
    byte[] reply = reply(items);
    for (int i = 0; i < reply.length; i++) {
      byte before = reply[i];
      reply[i] ^= 1;
      assertThat(AllCreated.matches(reply, items)).as("byte %d", i).isFalse();
      reply[i] = before;
    }
  }
}
